"""Do the pages work in a browser: with a mouse, with the keyboard, on a phone, without JavaScript?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, gone again with the last test of this file; it has no sandbox of its own where tests run as root."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def solved(address: str, browser: Browser) -> str:
    """Address of a finished plan, made on the page as a person would."""
    page = browser.new_page(locale="zh-CN")
    complaints = heard(page)
    page.goto(address)
    page.get_by_label("或者选一所示例学校").select_option("tiny")
    page.get_by_text("求解选项").click()
    page.get_by_label("最长用时（秒）").fill("3")
    page.get_by_role("button", name="开始排课").click()
    expect(page.get_by_role("heading", name="数字")).to_be_visible(timeout=60_000)
    assert complaints == []
    url = page.url
    page.close()
    return url


def heard(page: Page) -> list[str]:
    """Errors and warnings of the browser: breaches of the content policy are among them."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    yield context
    context.close()


def test_no_page_is_wider_than_the_screen(context: BrowserContext, address: str, solved: str) -> None:
    page = context.new_page()
    complaints = heard(page)
    for url in (address, solved, f"{solved}/week", f"{solved}/findings", f"{address}/policies/helan"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), url
    assert complaints == []


def test_a_week_is_a_table_on_a_desk_and_a_list_of_days_on_a_phone(context: BrowserContext, solved: str) -> None:
    page = context.new_page()
    page.goto(f"{solved}/week")
    wide = page.viewport_size is not None and page.viewport_size["width"] > 720
    expect(page.locator("table.week")).to_be_visible(visible=wide)
    expect(page.locator(".days")).to_be_visible(visible=not wide)


def test_a_job_is_deleted_only_after_a_question(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(address)
    page.get_by_label("或者选一所示例学校").select_option("tiny")
    page.get_by_text("求解选项").click()
    page.get_by_label("最长用时（秒）").fill("1")
    page.get_by_role("button", name="开始排课").click()
    page.get_by_text("删除这次排课").wait_for(timeout=60_000)
    url = page.url
    expect(page.get_by_role("button", name="确认删除")).to_be_hidden()
    page.get_by_text("删除这次排课").click()
    page.get_by_role("button", name="确认删除").click()
    page.wait_for_url(f"{address}/")
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 404
    page.close()


def test_choosing_a_teacher_shows_their_week(context: BrowserContext, solved: str) -> None:
    page = context.new_page()
    page.goto(f"{solved}/week")
    page.get_by_role("link", name="教师").click()
    page.wait_for_url("**/week?kind=teacher", wait_until="load")
    page.get_by_role("combobox", name="教师").select_option("wang")
    expect(page.get_by_role("heading", name="王芳")).to_be_visible()


def test_a_workbook_and_a_calendar_can_be_downloaded(context: BrowserContext, solved: str, tmp_path: Path) -> None:
    page = context.new_page()
    page.goto(solved)
    with page.expect_download() as download:
        page.get_by_role("link", name="工作簿").click()
    download.value.save_as(tmp_path / "plan.xlsx")
    assert (tmp_path / "plan.xlsx").read_bytes()[:2] == b"PK"
    page.goto(f"{solved}/week")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载日历").click()
    download.value.save_as(tmp_path / "week.ics")
    assert (tmp_path / "week.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_the_language_can_be_changed_where_one_is(context: BrowserContext, solved: str) -> None:
    page = context.new_page()
    page.goto(f"{solved}/week?kind=room")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Show")).to_be_visible()
    assert page.url == f"{solved}/week?kind=room"


def test_the_keyboard_reaches_everything(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"scenario", "sample", "求解选项", "开始排课", "只检查数据"} <= set(reached)
    page.close()


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    """The page of a running job reloads itself until the plan is there."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Or choose a sample school").select_option("tiny")
    page.get_by_text("Options").click()
    page.get_by_label("Time limit (seconds)").fill("2")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="Figures")).to_be_visible(timeout=60_000)
    context.close()


def test_a_running_plan_can_be_stopped(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(address)
    page.get_by_label("或者选一所示例学校").select_option("tiny")
    page.get_by_text("求解选项").click()
    page.get_by_label("最长用时（秒）").fill("60")
    page.get_by_role("button", name="开始排课").click()
    expect(page.locator("#message")).to_contain_text("得到一份完整课表", timeout=60_000)
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("heading", name="数字")).to_be_visible(timeout=60_000)
    page.close()
