"""Do the pages work in a browser: with a mouse, with the keyboard, on a phone, without JavaScript?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.service.people import PASSWORD

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, gone again with the last test of this file; it has no sandbox of its own where tests run as root."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def enter(page: Page, address: str) -> None:
    """As the office would."""
    page.goto(address)
    page.locator("#login").fill("office")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def ask(page: Page, seconds: int) -> None:
    """Imports the tiny school into a new term, and asks for a plan."""
    page.get_by_label("或者选一所示例学校").select_option("tiny")
    page.get_by_role("button", name="读取并预览").click()
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("求解选项").click()
    page.get_by_label("最长用时（秒）").fill(str(seconds))
    page.get_by_role("button", name="开始排课").click()


@pytest.fixture(scope="module")
def solved(address: str, browser: Browser) -> str:
    """Address of a finished plan, made on the page as a person would."""
    page = browser.new_page(locale="zh-CN")
    complaints = heard(page)
    enter(page, address)
    ask(page, 3)
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
def context(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The browser of the office."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    enter(page, address)
    page.close()
    yield context
    context.close()


def test_no_page_is_wider_than_the_screen(context: BrowserContext, address: str, solved: str) -> None:
    page = context.new_page()
    complaints = heard(page)
    for url in (address, f"{address}/welcome", solved, f"{solved}/week", f"{solved}/findings", f"{address}/policies/helan"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), url
    assert complaints == []


def test_a_week_is_a_table_on_a_desk_and_a_list_of_days_on_a_phone(context: BrowserContext, solved: str) -> None:
    page = context.new_page()
    page.goto(f"{solved}/week")
    wide = page.viewport_size is not None and page.viewport_size["width"] > 720
    expect(page.locator("table.week")).to_be_visible(visible=wide)
    expect(page.locator(".days")).to_be_visible(visible=not wide)


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


def test_a_plan_is_published_and_withdrawn(context: BrowserContext, solved: str) -> None:
    page = context.new_page()
    page.goto(solved)
    page.get_by_label("公示说明").fill("开学公示")
    page.get_by_role("button", name="公示这个方案").click()
    expect(page.get_by_text("已公示第")).to_be_visible()
    page.locator(".status a").click()
    expect(page.get_by_role("link", name="学生")).to_have_count(0)
    page.go_back()
    page.get_by_text("撤回公示").click()
    page.get_by_label("原因").fill("有误")
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("已公示第")).to_have_count(0)


def test_the_keyboard_reaches_everything(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    enter(page, address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"scenario", "sample", "读取并预览", "退出登录"} <= set(reached)
    page.close()


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    """The page of a running job reloads itself until the plan is there."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    enter(page, address)
    page.get_by_label("Or choose a sample school").select_option("tiny")
    page.get_by_role("button", name="Read and preview").click()
    page.get_by_role("button", name="Import").click()
    page.get_by_text("Options").click()
    page.get_by_label("Time limit (seconds)").fill("2")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="Figures")).to_be_visible(timeout=60_000)
    context.close()


def test_a_running_plan_can_be_stopped(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="zh-CN")
    enter(page, address)
    ask(page, 60)
    # From the first plan on there is something to keep; what is said of it may have changed by the next look.
    expect(page.locator("#message")).to_contain_text(re.compile("得到一份完整课表|方案有改进"), timeout=60_000)
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("heading", name="数字")).to_be_visible(timeout=60_000)
    page.close()
