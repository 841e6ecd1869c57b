"""The gate itself: digests, clearances, triggers, what is shown when a text differs."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms.bulletins.models import EntrySource, IssueEntry, IssueNumber, IssuePage
from cms.items.models import ItemPage
from cms.review import gate, rules
from cms.review.models import AppendOnlyError, Clearance, Decision
from cms.review.rules import Verdict
from infoflow.units.roles import Role
from tests.builders import Office, decide, person

pytestmark = pytest.mark.django_db


def test_digest_of_a_stored_revision_is_that_of_the_page(office: Office) -> None:
    item = office.pooled()
    issue = office.issued(item, office.pooled("第二篇"), merged=True)
    for page in (item, issue):
        revision = page.get_latest_revision()
        assert page.digest_of(revision) == revision.as_object().digest()
        assert page.digest_of(revision) == type(page).objects.get(pk=page.pk).digest()


@pytest.mark.screens
def test_order_of_entries_is_part_of_the_digest(office: Office) -> None:
    issue = office.issue(office.pooled("甲"), office.pooled("乙"))
    revision = issue.get_latest_revision()
    before = issue.digest_of(revision)
    content = dict(revision.content)
    first, second = content["entries"]
    first["sort_order"], second["sort_order"] = second["sort_order"], first["sort_order"]
    assert rules.digest(IssuePage.stored_gate_content(content)) != before


@pytest.mark.screens
@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "关于重点工作进展的情况。"), ("body", "<p>改</p>"), ("form", "brief")],
)
def test_every_part_that_readers_see_is_in_the_digest(
    office: Office, field: str, value: str
) -> None:
    item = office.draft()
    before = item.digest()
    setattr(item, field, value)
    assert item.digest() != before


def test_one_changed_character_needs_a_new_clearance(office: Office) -> None:
    item = office.pooled()
    ItemPage.objects.filter(pk=item.pk).update(body=item.body.replace("。", ".", 1))
    item = ItemPage.objects.get(pk=item.pk)
    assert not item.is_readable()
    revision = item.save_revision()
    assert gate.clearance_of(item, revision) is None


def test_overwritten_revision_is_not_passed(office: Office) -> None:
    """Autosave can rewrite a revision in place: the reviewer's decision must not reach it."""
    item = office.screened()
    revision = item.get_latest_revision()
    content = revision.content
    content["body"] = "<p>送审之后换掉的正文</p>"
    type(revision).objects.filter(pk=revision.pk).update(content=content)
    with pytest.raises(Exception, match="送审后有改动"):
        decide(item, office.reviewer)
    assert not Clearance.objects.filter(page_id=item.pk).exists()
    assert not Decision.objects.filter(page_id=item.pk, step="clear").exists()


def test_changed_live_text_is_not_shown_and_is_found(office: Office, client: Client) -> None:
    issue = office.issued()
    entry = IssueEntry.objects.get(page=issue)
    IssueEntry.objects.filter(pk=entry.pk).update(body="<p>偷换的正文</p>")
    client.force_login(person(Role.LEADER))
    response = client.get(reverse("issue_page", args=[issue.pk]))
    assert response.status_code == 409
    assert "偷换的正文" not in response.content.decode()
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_gate", stdout=out, stderr=err)
    assert stopped.value.code == 1
    assert str(issue.pk) in err.getvalue()
    assert "偷换" not in err.getvalue()


def test_verify_gate_is_content_with_an_honest_database(office: Office) -> None:
    office.issued()
    out = StringIO()
    call_command("verify_gate", stdout=out)
    assert "闸门完好" in out.getvalue()


def test_changed_pool_item_cannot_be_composed(office: Office) -> None:
    item = office.pooled()
    ItemPage.objects.filter(pk=item.pk).update(body="<p>改过</p>")
    with pytest.raises(Exception, match="不一致"):
        office.issue(item)
    assert not IssuePage.objects.exists()


def test_missing_trigger_is_an_error_of_check_until_it_is_put_back() -> None:
    assert not [error for error in run_checks() if error.id == "review.E001"]
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON wagtailcore_page"
        cursor.execute(f"DROP TRIGGER infoflow_gate_update{table}")
    errors = [error for error in run_checks() if error.id == "review.E001"]
    assert len(errors) == 1
    assert "infoflow_gate_update" in errors[0].msg
    call_command("install_gate", stdout=StringIO())
    assert gate.missing_triggers() == []


def test_migrate_puts_the_triggers_back() -> None:
    gate.remove()
    assert set(gate.PAGE_TRIGGERS) <= set(gate.missing_triggers())
    call_command("migrate", verbosity=0, skip_checks=True)
    assert gate.missing_triggers() == []


def test_page_triggers_watch_type_and_revision(office: Office) -> None:
    """A live cleared page cannot be pointed at another revision."""
    item = office.pooled()
    other = item.save_revision()
    with pytest.raises(IntegrityError, match=gate.GATE_MARK), transaction.atomic():
        Page.objects.filter(pk=item.pk).update(live_revision=other)


@pytest.mark.parametrize("model", [Clearance, Decision, IssueNumber])
def test_records_only_grow(office: Office, model: Any) -> None:
    office.issued()
    row = model.objects.first()
    assert row is not None
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        model.objects.update(pk=row.pk)
    table = model._meta.db_table
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
        with (
            pytest.raises(IntegrityError, match=gate.APPEND_MARK),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_adopted_item_cannot_be_deleted(office: Office, client: Client) -> None:
    from infoflow.units.models import User

    item = office.pooled()
    office.issued(item)
    client.force_login(User.objects.create_superuser("root", password="x" * 12, name="超级"))
    response = client.post(reverse("wagtailadmin_pages:delete", args=[item.pk]))
    assert response.status_code == 302
    assert ItemPage.objects.filter(pk=item.pk).exists()
    folder = item.get_parent().get_parent()
    response = client.post(reverse("wagtailadmin_pages:delete", args=[folder.pk]))
    assert response.status_code == 302
    with pytest.raises(Exception, match="protected"), transaction.atomic():
        ItemPage.objects.get(pk=item.pk).delete()
    assert EntrySource.objects.filter(item=item).exists()


@pytest.mark.screens
def test_closed_and_refused_items_stay_closed(office: Office) -> None:
    closed = office.signed("不采用的稿件")
    decide(closed, office.editor, Verdict.CLOSE, "常规工作")
    refused = office.screened("不通过的稿件")
    decide(refused, office.reviewer, Verdict.REFUSE, "涉及内部事项")
    from cms.review.actions import Refused, submit

    for item in (closed, refused):
        with pytest.raises(Refused, match="已办结"):
            submit(page_id=item.pk, person=office.officer)
        assert not ItemPage.objects.get(pk=item.pk).live


def test_check_is_red_as_a_command_too() -> None:
    """`manage.py check`, as a newcomer or a deployment runs it."""
    call_command("check", stdout=StringIO(), stderr=StringIO())
    gate.remove()
    with pytest.raises(SystemCheckError, match="发布闸门缺失"):
        call_command("check", stdout=StringIO(), stderr=StringIO())
    gate.install()
