"""Every act on the road stands in Wagtail's log of the page, named in Chinese."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from cms.bulletins import actions as bulletin_actions
from cms.items.actions import withdraw_item
from cms.review.moves import LOG_ACTION
from tests.builders import Office, decide

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


def acts(page) -> list[tuple[str, str, int]]:
    entries = PageLogEntry.objects.filter(page_id=page.pk, action=LOG_ACTION).order_by("pk")
    return [(e.data["step"], e.data["verdict"], e.user_id) for e in entries]


def test_each_act_is_logged_once_with_its_person(office: Office) -> None:
    item = office.submitted()
    withdraw_item(item_id=item.pk, person=office.officer)
    pooled = office.pooled()
    assert acts(item) == [
        ("submit", "submit", office.officer.pk),
        ("submit", "withdraw", office.officer.pk),
    ]
    assert acts(pooled) == [
        ("submit", "submit", office.officer.pk),
        ("sign", "pass", office.signatory.pk),
        ("screen", "pass", office.editor.pk),
        ("clear", "pass", office.reviewer.pk),
    ]


def test_history_of_an_issue_reads_chinese(office: Office, client: Client) -> None:
    issue = office.issue()
    bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer, "return", "第二条数据有误")
    client.force_login(office.editor)
    shown = client.get(reverse("wagtailadmin_pages:history", args=[issue.pk])).content.decode()
    assert "保密审查：退改" in shown
    assert "第二条数据有误" not in shown
