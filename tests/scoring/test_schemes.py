"""Schemes: written, published, versioned and ended by scorers on Wagtail's pages."""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_fact
from scoring.adoptions.rules import FactKind
from scoring.schemes.actions import create_scheme, end_scheme, new_version, publish_scheme
from scoring.schemes.clauses.points_table import PointsTable, Row
from scoring.schemes.models import Scheme
from scoring.schemes.specs import spec_of
from tests.builders import Office, fresh, person, refusal_under_office, superior_bulletin

pytestmark = pytest.mark.django_db

ADD = "wagtailsnippets_schemes_scheme:add"
EDIT = "wagtailsnippets_schemes_scheme:edit"
LIST = "wagtailsnippets_schemes_scheme:list"


@pytest.fixture
def page(client: Client, office: Office) -> Client:
    client.force_login(office.scorer)
    return client


@pytest.fixture
def bulletin(db: None) -> Bulletin:
    return superior_bulletin()


def written(
    bulletin: Bulletin,
    *,
    name: str = "计分办法",
    start: date = date(2026, 1, 1),
    end: date | None = date(2026, 12, 31),
    points: str = "4",
) -> Scheme:
    rows = [{"kind": "adoption", "target": f"bulletin:{bulletin.pk}", "form": "", "points": points}]
    return create_scheme(name=name, valid_from=start, valid_until=end, rows=rows)


def rows_of(scheme: Scheme) -> tuple[Row, ...]:
    """The rows of the scheme's only clause, as the engine takes them."""
    (clause,) = spec_of(scheme).blocks
    assert isinstance(clause, PointsTable)
    return clause.rows


def used(office: Office, bulletin: Bulletin) -> Scheme:
    scheme = publish_scheme(scheme_id=written(bulletin).pk)
    record_fact(
        kind=FactKind.ADOPTION,
        date=date(2026, 2, 3),
        title="某信息",
        bulletin=bulletin,
        form="single",
        units=[office.unit],
        key=f"t:{uuid.uuid4()}",
        person=office.scorer,
    )
    return scheme


def data(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    """What the browser sends for a scheme with one points table."""
    sent = {
        "name": "2026年计分办法",
        "document": "某办发〔2026〕1号",
        "valid_from": "2026-01-01",
        "valid_until": "",
        "rounding": "half_up",
        "period": "quarter",
        "blocks-count": "1",
        "blocks-0-deleted": "",
        "blocks-0-order": "0",
        "blocks-0-type": "points_table",
        "blocks-0-id": "",
        "blocks-0-value-rows-count": str(len(rows)),
        "blocks-0-value-joint": "full",
        "blocks-0-value-joint_remainder": "first",
    }
    for n, row in enumerate(rows):
        prefix = f"blocks-0-value-rows-{n}"
        sent |= {f"{prefix}-deleted": "", f"{prefix}-order": str(n), f"{prefix}-id": ""}
        filled = {"kind": "adoption", "target": "all", "form": "", "points": "4"} | row
        sent |= {f"{prefix}-value-{name}": value for name, value in filled.items()}
    return sent | fields


PUBLISH = {"action-publish": "action-publish"}


def shown_text(response) -> str:
    """The page as a person reads it: messages inside blocks arrive as escaped JSON."""
    return html.unescape(response.content.decode()).encode().decode("unicode_escape", "ignore") + (
        response.content.decode()
    )


def test_scorer_writes_and_publishes(page: Client, bulletin: Bulletin) -> None:
    response = page.post(
        reverse(ADD),
        data({"target": f"bulletin:{bulletin.pk}"}, {"target": "level:3", "points": "2.50"})
        | PUBLISH,
    )
    assert response.status_code == 302, response.context["form"].errors
    scheme = Scheme.objects.get()
    assert scheme.live
    assert (scheme.name, scheme.version) == ("2026年计分办法", 1)
    assert [row.hundredths for row in rows_of(scheme)] == [400, 250]
    assert [(row.kind, row.bulletin_id, row.level, row.form) for row in rows_of(scheme)] == [
        ("adoption", bulletin.pk, None, ""),
        ("adoption", None, 3, ""),
    ]


def test_draft_is_not_in_force(page: Client) -> None:
    page.post(reverse(ADD), data({}))
    scheme = Scheme.objects.get()
    assert not scheme.live
    assert not Scheme.objects.in_force_on(date(2026, 5, 1)).exists()
    page.post(reverse(EDIT, args=[scheme.pk]), data({}) | PUBLISH)
    assert Scheme.objects.in_force_on(date(2026, 5, 1)).get() == scheme


@pytest.mark.screens
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"points": "abc"}, "分值请填数字"),
        ({"points": "-1"}, "分值不能是负数"),
        ({"points": "1.234"}, "分值最多两位小数"),
        ({"points": "99999"}, "分值不能超过9999.99"),
        ({"kind": "submission", "target": "level:3"}, "报送不分刊物"),
        ({"kind": "forwarding", "form": "single"}, "只有采用才分采用形式"),
        ({"target": "bulletin:999999"}, "选择一个有效的选项"),
    ],
)
def test_bad_row_is_named_at_the_field(page: Client, row: dict[str, str], message: str) -> None:
    response = page.post(reverse(ADD), data(row) | PUBLISH)
    assert response.status_code == 200
    assert "blocks" in response.context["form"].errors
    assert message in shown_text(response)
    assert not Scheme.objects.exists()


@pytest.mark.screens
def test_two_rows_for_the_same_are_refused(page: Client) -> None:
    response = page.post(reverse(ADD), data({}, {"points": "5"}) | PUBLISH)
    assert "与第1行重复" in shown_text(response)
    assert not Scheme.objects.exists()


@pytest.mark.screens
@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"valid_from": "1899-01-01"}, "valid_from", "1949年10月1日"),
        ({"valid_until": "2025-01-01"}, "valid_until", "截止日期不能早于施行日期"),
        ({"blocks-count": "0"}, "blocks", "请至少写一条条款"),
    ],
)
def test_bad_scheme_is_named_at_the_field(
    page: Client, fields: dict[str, str], field: str, message: str
) -> None:
    response = page.post(reverse(ADD), data({}) | fields | PUBLISH)
    assert response.status_code == 200
    assert message in "".join(response.context["form"].errors[field])
    assert not Scheme.objects.exists()


def test_overlap_is_refused_on_the_page(page: Client, bulletin: Bulletin) -> None:
    publish_scheme(scheme_id=written(bulletin, end=None).pk)
    response = page.post(
        reverse(ADD), data({}, valid_from="2026-06-01", valid_until="2026-06-30") | PUBLISH
    )
    message = "".join(response.context["form"].errors["valid_from"])
    assert "《计分办法（第1版）》（2026-01-01至长期）时间重叠" in message
    assert Scheme.objects.count() == 1


def test_overlap_is_refused_on_every_other_path(bulletin: Bulletin, office: Office) -> None:
    publish_scheme(scheme_id=written(bulletin).pk)
    other = written(bulletin, name="另一办法", start=date(2026, 12, 31), end=None)

    def save_as_live() -> None:
        other.live = True
        other.save()

    paths: list[Callable[[], object]] = [
        lambda: publish_scheme(scheme_id=other.pk, person=office.scorer),
        lambda: other.get_latest_revision().publish(),
        lambda: other.publish(other.get_latest_revision()),
        save_as_live,
    ]
    for path in paths:
        with pytest.raises(ValidationError, match="时间重叠"):
            path()
        assert not Scheme.objects.get(pk=other.pk).live
    other = Scheme.objects.get(pk=other.pk)
    other.valid_from = date(2027, 1, 1)
    other.save_revision()
    assert publish_scheme(scheme_id=other.pk).live


def test_used_version_is_closed(page: Client, office: Office, bulletin: Bulletin) -> None:
    scheme = used(office, bulletin)
    shown = page.get(reverse(EDIT, args=[scheme.pk])).content.decode()
    assert "本版办法已用于计分，不能修改" in shown
    assert 'name="action-publish"' not in shown
    for sent in (data({"points": "9"}), data({"points": "9"}) | PUBLISH):
        response = page.post(reverse(EDIT, args=[scheme.pk]), sent)
        assert "新建版本" in "".join(response.context["form"].non_field_errors())
    scheme.blocks[0].value["rows"][0]["points"] = "9"
    with pytest.raises(ValidationError, match="不能修改"):
        scheme.save_revision().publish()
    later = Scheme.objects.get(pk=scheme.pk)
    later.valid_from = date(2026, 1, 2)
    with pytest.raises(ValidationError, match="不能修改"):
        later.save()
    stored = Scheme.objects.get(pk=scheme.pk)
    assert rows_of(stored)[0].hundredths == 400


def test_new_version_is_a_draft_copy(page: Client, office: Office, bulletin: Bulletin) -> None:
    scheme = used(office, bulletin)
    assert (
        "复制为新版本的草稿"
        in page.get(reverse("scheme_version", args=[scheme.pk])).content.decode()
    )
    page.post(reverse("scheme_version", args=[scheme.pk]))
    copy = Scheme.objects.get(version=2)
    assert (copy.name, copy.live) == (scheme.name, False)
    assert spec_of(copy).blocks == spec_of(scheme).blocks
    assert new_version(scheme_id=scheme.pk, person=office.scorer).version == 3


def test_scheme_is_ended_and_followed(page: Client, office: Office, bulletin: Bulletin) -> None:
    scheme = used(office, bulletin)
    url = reverse("scheme_end", args=[scheme.pk])
    for bad, message in (
        ("", "请填写截止日期"),
        ("2025-12-31", "截止日期不能早于施行日期"),
        ("1899-01-01", "1949年"),
        ("昨天", "日期请按"),
    ):
        response = page.post(url, {"last_day": bad})
        assert message in "".join(response.context["form"].errors["last_day"])
    assert page.post(url, {"last_day": "2026-06-30"}).status_code == 302
    scheme.refresh_from_db()
    assert (scheme.live, scheme.valid_until) == (True, date(2026, 6, 30))
    follower = written(bulletin, name="下半年办法", start=date(2026, 7, 1), end=None)
    assert publish_scheme(scheme_id=follower.pk).live


@pytest.mark.screens
@pytest.mark.parametrize("role", [r for r in Role if r != Role.SCORER])
def test_only_scorers_write_and_publish(
    client: Client, office: Office, bulletin: Bulletin, role: Role
) -> None:
    stranger = person(role, at=office.unit)
    scheme = written(bulletin)
    client.force_login(stranger)
    edit = reverse(EDIT, args=[scheme.pk])
    for url, sent in (
        (reverse(ADD), data({}) | PUBLISH),
        (edit, data({"points": "9"}) | PUBLISH),
        (reverse("scheme_version", args=[scheme.pk]), {}),
        (reverse("scheme_end", args=[scheme.pk]), {"last_day": "2026-06-30"}),
    ):
        assert client.post(url, sent).status_code == refusal_under_office(role)
    for act in (
        lambda: publish_scheme(scheme_id=scheme.pk, person=fresh(stranger)),
        lambda: new_version(scheme_id=scheme.pk, person=fresh(stranger)),
        lambda: end_scheme(scheme_id=scheme.pk, last_day=date(2026, 6, 30), person=fresh(stranger)),
    ):
        with pytest.raises(Refused):
            act()
    stored = Scheme.objects.get()
    assert not stored.live
    assert rows_of(stored)[0].hundredths == 400


@pytest.mark.screens
def test_reader_sees_the_clauses_in_words(
    client: Client, office: Office, bulletin: Bulletin
) -> None:
    scheme = written(bulletin)
    publish_scheme(scheme_id=scheme.pk)
    client.force_login(office.editor)
    shown = client.get(
        reverse("wagtailsnippets_schemes_scheme:inspect", args=[scheme.pk])
    ).content.decode()
    assert "《晋政信息·普刊》（省级）" in shown
    assert "不区分" in shown
    assert "每个署名单位各计满分" in shown


@pytest.mark.screens
def test_list_costs_the_same_with_2_and_40_rows(page: Client, bulletin: Bulletin) -> None:
    def fill(years: range) -> None:
        for year in years:
            written(bulletin, name=f"{year}年", start=date(year, 1, 1), end=date(year, 12, 31))

    fill(range(1960, 1962))
    page.get(reverse(LIST))
    with CaptureQueriesContext(connection) as few:
        assert page.get(reverse(LIST)).status_code == 200
    fill(range(1962, 2000))
    with CaptureQueriesContext(connection) as many:
        assert len(page.get(reverse(LIST)).context["object_list"]) == 40
    assert len(many) == len(few)
