"""The duty screen in a real browser: it refreshes itself and never touches what is being typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from scoring.duty import screen
from scoring.duty.models import LogEntry

from .builders import Room
from .test_screen import client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(screen, "REFRESH_SECONDS", 0.3)
    return Room()


@pytest.fixture
def page(room: Room, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The screen of the second person on duty, on a phone."""
    context = browser.new_context(
        base_url=live_server.url, locale="zh-CN", viewport={"width": 390, "height": 800}
    )
    cookie = client_of(room.second).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/duty/")
    yield page
    context.close()


def test_five_entries_arrive_while_somebody_types(room: Room, page: Page) -> None:
    room.entry("先前的一件")
    expect(page.locator("[data-region=entries]")).to_contain_text("先前的一件")
    content = page.locator("#id_content")
    content.click()
    marked = "() => { const f = document.getElementById('id_content'); f.marked = true; }"
    page.evaluate(marked)
    for n in range(5):
        content.press_sequentially(f"第{n}段")
        before = content.bounding_box()
        room.entry(f"新来的第{n}件")
        expect(page.locator("[data-region=entries]")).to_contain_text(f"新来的第{n}件")
        after = content.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 1
    assert page.evaluate(
        "() => [document.activeElement.id, document.activeElement.marked,"
        " document.activeElement.value, document.activeElement.selectionStart]"
    ) == ["id_content", True, "第0段第1段第2段第3段第4段", 15]
    assert page.locator("li.duty-fresh").count() == 6
    assert page.title().startswith("(6)")
    page.fill("#id_unit_name", "南关镇")
    page.fill("#id_caller", "李文")
    page.click("button[value=save]")
    expect(page.locator(".say-success")).to_contain_text("已记入值班日志")
    expect(page.locator("#id_content")).to_have_value("")
    assert LogEntry.objects.filter(content="第0段第1段第2段第3段第4段").count() == 1
    page.click("#duty-seen")
    expect(page.locator("li.duty-fresh")).to_have_count(0)


def test_the_server_goes_away_and_comes_back(room: Room, page: Page) -> None:
    status = page.locator("#duty-status")
    expect(status).to_contain_text("已更新")
    page.fill("#id_content", "断线前写的")
    page.context.set_offline(True)
    expect(status).to_contain_text("连接中断，正在重试")
    room.entry("断线时来的")
    page.context.set_offline(False)
    expect(page.locator("[data-region=entries]")).to_contain_text("断线时来的")
    expect(status).to_contain_text("已更新")
    assert page.input_value("#id_content") == "断线前写的"
    # A reload of the window keeps it too, until it is saved or thrown away.
    page.reload()
    expect(page.locator("#duty-restored")).to_be_visible()
    assert page.input_value("#id_content") == "断线前写的"
    page.click("#duty-clear")
    page.reload()
    assert page.input_value("#id_content") == ""


def test_words_that_somebody_marks_stay_marked(room: Room, page: Page) -> None:
    room.entry("请抄下这一段")
    part = page.locator("[data-region=entries] .duty-text")
    expect(part).to_have_text("请抄下这一段")
    part.evaluate("element => window.getSelection().selectAllChildren(element)")
    room.entry("随后来的")
    expect(page.locator("#duty-status")).to_contain_text("暂不更新")
    assert page.evaluate("() => String(window.getSelection())") == "请抄下这一段"
    page.evaluate("() => window.getSelection().removeAllRanges()")
    expect(page.locator("[data-region=entries]")).to_contain_text("随后来的")
