"""联合报送: every unit that was asked agrees to exactly this text, and each gets its line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cms.items import actions, actions_joint, joint
from cms.items.models import ItemPage, JointAnswer, JointUnit
from cms.review.actions import Refused
from cms.review.models import Decision
from cms.review.rules import Part, Step, Verdict
from infoflow.units.roles import Role
from scoring.adoptions.models import FactLine
from scoring.adoptions.rules import FactKind
from tests import builders
from tests.builders import Office, decide, fresh


class Partner:
    """A unit that is asked, with its people."""

    def __init__(self, name: str = "") -> None:
        self.unit = builders.unit(name)
        self.officer = builders.person(Role.OFFICER, at=self.unit)
        self.signatory = builders.person(Role.SIGNATORY, at=self.unit)


@pytest.fixture
def partner(db: None) -> Partner:
    return Partner("联合单位甲")


def with_joint(office: Office, *partners: Partner, title: str = "联合报送的稿件") -> ItemPage:
    item = office.draft(title)
    draft = replace(actions.Draft.of(item), joint=tuple(p.unit.pk for p in partners))
    return actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)


def sent(office: Office, *partners: Partner) -> ItemPage:
    item = with_joint(office, *partners)
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    return ItemPage.objects.get(pk=item.pk)


def speak(item: ItemPage, partner: Partner, *, agreed: bool = True, reason: str = "") -> None:
    actions_joint.answer(
        item_id=item.pk,
        unit_id=partner.unit.pk,
        person=fresh(partner.signatory),
        agreed=agreed,
        reason=reason,
        seen_digest=joint.submitted_text(item).joint_digest(),
    )


def test_a_partner_sees_just_this_item_and_only_once_it_was_sent(
    office: Office, partner: Partner
) -> None:
    office.submitted("与联合单位无关的")
    item = with_joint(office, partner)
    for who in (partner.officer, partner.signatory):
        assert not ItemPage.objects.visible_to(fresh(who)).exists()
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    for who in (partner.officer, partner.signatory):
        assert list(ItemPage.objects.visible_to(fresh(who))) == [item]
        assert [a.item for a in joint.waiting_for(fresh(who))] == [item]
        assert not ItemPage.objects.editable_by(fresh(who)).exists()
    assert not ItemPage.objects.visible_to(fresh(Partner().officer)).exists()


def test_no_signature_before_every_partner_agreed(office: Office, partner: Partner) -> None:
    second = Partner("联合单位乙")
    item = sent(office, partner, second)
    with pytest.raises(Refused, match="联合单位甲、联合单位乙"):
        decide(item, office.signatory)
    speak(item, partner)
    with pytest.raises(Refused, match="联合报送单位联合单位乙还没有同意"):
        decide(item, office.signatory)
    assert not Decision.objects.filter(step=Step.SIGN).exists()
    speak(item, second)
    decide(item, office.signatory)
    assert Decision.objects.get(step=Step.SIGN).verdict == Verdict.PASS


@pytest.mark.screens
def test_who_screened_a_text_does_not_speak_for_a_unit_in_it(
    office: Office, partner: Partner
) -> None:
    editor = builders.person(Role.OFFICER, Role.EDITOR, at=partner.unit)
    item = sent(office, partner)
    speak(item, partner)
    decide(item, office.signatory)
    decide(item, editor, Verdict.RETURN, "请修改")
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    partner.signatory = editor
    with pytest.raises(Refused, match="编辑"):
        speak(item, partner)


@pytest.mark.screens
def test_a_changed_text_needs_a_new_word(office: Office, partner: Partner) -> None:
    item = sent(office, partner)
    speak(item, partner)
    actions.withdraw_item(item_id=item.pk, person=fresh(office.officer))
    changed = replace(actions.Draft.of(item), body="<p>改过的正文</p>")
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=changed)
    assert joint.submitted_text(item).body != "<p>改过的正文</p>"  # they read no draft
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    item = ItemPage.objects.get(pk=item.pk)
    [line] = joint.lines_of(item)
    assert line.answer is not None
    assert not line.agreed
    assert joint.waiting_for(fresh(partner.officer)).count() == 1
    with pytest.raises(Refused, match="还没有同意"):
        decide(item, office.signatory)
    speak(item, partner)
    decide(item, office.signatory)


@pytest.mark.screens
def test_the_word_stays_when_the_text_is_sent_again_unchanged(
    office: Office, partner: Partner
) -> None:
    second = Partner()
    item = sent(office, partner, second)
    speak(item, partner)
    actions.withdraw_item(item_id=item.pk, person=fresh(office.officer))
    fewer = replace(actions.Draft.of(item), joint=(partner.unit.pk,))
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=fewer)
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    item = ItemPage.objects.get(pk=item.pk)
    assert [line.agreed for line in joint.lines_of(item)] == [True]
    assert not ItemPage.objects.visible_to(fresh(second.officer)).exists()
    dropped = JointUnit.objects.get(unit=second.unit)
    assert dropped.dropped_by == office.officer
    decide(item, office.signatory)


def test_declining_needs_a_reason_and_blocks_until_the_mind_changes(
    office: Office, partner: Partner
) -> None:
    item = sent(office, partner)
    with pytest.raises(Refused, match="填写理由"):
        speak(item, partner, agreed=False)
    speak(item, partner, agreed=False, reason="数据与我单位口径不一致")
    assert not joint.waiting_for(fresh(partner.officer)).exists()
    with pytest.raises(Refused, match="还没有同意"):
        decide(item, office.signatory)
    speak(item, partner)
    speak(item, partner)  # the same word twice is one word
    assert JointAnswer.objects.count() == 2
    decide(item, office.signatory)


@pytest.mark.screens
def test_who_may_not_speak(office: Office, partner: Partner) -> None:
    item = sent(office, partner)
    digest = joint.submitted_text(item).joint_digest()
    stranger = Partner()
    for person, unit, words in (
        (office.signatory, partner.unit, "只有被邀请单位"),
        (stranger.officer, partner.unit, "只有被邀请单位"),
        (stranger.officer, stranger.unit, "已取消邀请"),
    ):
        with pytest.raises(Refused, match=words):
            actions_joint.answer(
                item_id=item.pk,
                unit_id=unit.pk,
                person=fresh(person),
                agreed=True,
                seen_digest=digest,
            )
    with pytest.raises(Refused, match="修改了稿件"):
        actions_joint.answer(
            item_id=item.pk,
            unit_id=partner.unit.pk,
            person=fresh(partner.officer),
            agreed=True,
            seen_digest="0" * 64,
        )
    speak(item, partner)
    decide(item, office.signatory)
    with pytest.raises(Refused, match="不用答复"):
        speak(item, partner, agreed=False, reason="太晚")


@pytest.mark.screens
def test_who_spoke_for_a_partner_takes_no_later_step(office: Office, partner: Partner) -> None:
    item = sent(office, partner)
    speak(item, partner)
    assert (partner.signatory.pk, Part.SIGNATORY) in item.earlier_acts()


def test_every_unit_gets_its_line(office: Office, partner: Partner) -> None:
    item = sent(office, partner)
    speak(item, partner)
    for who in (office.signatory, office.editor, office.reviewer):
        decide(item, who)
    office.issued(ItemPage.objects.get(pk=item.pk))
    for kind in (FactKind.SUBMISSION, FactKind.ADOPTION):
        lines = FactLine.objects.filter(kind=kind, fact__item=item).order_by("position")
        assert [(line.unit, line.quantity) for line in lines] == [
            (office.unit, 1),
            (partner.unit, 1),
        ]
