"""Are the pages whole: both languages, no foreign links, every name escaped, usable without a script?"""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.language import WORDS, english, negotiated
from api.service.planned import KINDS
from api.store.people import Role
from tests.api.conftest import ROOT, browser_of

ENGLISH = {"Accept-Language": "en"}
HAN = re.compile(r"[㐀-鿿]")


def keys() -> Iterator[str]:
    """Every sentence that the pages look up."""
    for template in sorted((ROOT / "api" / "templates").glob("*.html")):
        for double, single in re.findall(r'_\((?:"(.*?)"|\'(.*?)\')\)', template.read_text("utf-8")):
            yield double or single
    for module in ("figures.py", "pages.py"):
        yield from re.findall(r'say\(language, "(.*?)"\)', (ROOT / "api" / module).read_text("utf-8"))
    yield from KINDS.values()
    yield from WORDS.values()


def test_every_sentence_has_its_english() -> None:
    assert len(set(keys())) > 80
    assert not [key for key in keys() if english().gettext(key) == key]


def test_the_catalogue_holds_nothing_else() -> None:
    catalogue = set(re.findall(r'^msgid "(.+)"$', (ROOT / "api" / "locales" / "en.po").read_text("utf-8"), re.MULTILINE))
    assert catalogue <= set(keys())


def test_every_placeholder_survives_translation() -> None:
    for key in keys():
        assert set(re.findall(r"\{\w+\}", key)) == set(re.findall(r"\{\w+\}", english().gettext(key)))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("zh-CN,en;q=0.5", "zh"),
        ("en;q=0.3,zh;q=0.2", "en"),
        ("fr,en;q=0.1", "en"),
        ("de", "zh"),
        ("en;q=0", "zh"),
    ],
)
def test_the_language_follows_the_reader(header: str, language: str) -> None:
    assert negotiated(header) == language


class Links(HTMLParser):
    """What a page points to, and what of it lacks a label."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.fields: list[str] = []
        self.labels: set[str] = set()
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        self.targets += [value for name in ("href", "src", "action", "formaction") if (value := of.get(name)) is not None]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag == "label" and (target := of.get("for")):
            self.labels.add(target)
        if tag in {"input", "select"} and of.get("type") not in {"hidden", "checkbox"}:
            self.fields.append(of.get("id") or "")


def pages_of(served: TestClient, plan: str) -> list[str]:
    here, term = f"/plans/{plan}", served.get(f"/api/v1/plans/{plan}").json()["term"]
    weeks = [f"{here}/week?kind={kind}" for kind in ("class", "teacher", "room", "course", "pupil")]
    return ["/", f"/terms/{term}", here, *weeks, f"{here}/findings", "/policies", "/policies/yueyang"]


@pytest.mark.slow
def test_the_pages_point_only_to_what_is_there_and_label_every_field(served: TestClient, plan: str) -> None:
    seen: set[str] = set()
    for path in pages_of(served, plan):
        answer = served.get(path)
        assert answer.status_code == 200, path
        links = Links(answer.text)
        assert not [target for target in links.targets if not target.startswith(("/", "?", "#")) or target.startswith("//")]
        assert not links.handlers
        assert set(links.fields) <= links.labels
        seen |= {target for target in links.targets if target.startswith("/") and not target.startswith("/language")}
    posts = {target for target in seen if served.get(target).status_code == 405}
    assert {re.sub(r"/[a-z0-9]{20}", "/…", target.partition("?")[0]) for target in posts} == {
        "/sign-out",
        "/preview",
        "/terms/…/solve",
        "/plans/…/publish",
        "/plans/…/audit",
    }
    assert not [target for target in seen - posts if served.get(target).status_code != 200]


@pytest.mark.slow
def test_the_english_pages_speak_english(served: TestClient, plan: str) -> None:
    """Names of people and things stay as they are; the words around them do not."""
    first = served.get("/", headers=ENGLISH)
    assert first.headers["content-language"] == "en"
    told = re.sub(r"<ul class=\"jobs\">.*?</ul>|office 某", "", first.text, flags=re.DOTALL)
    assert HAN.findall(re.sub(r"<[^>]+>", "", told)) == list("中文")
    assert "Pupils placed" in served.get(f"/plans/{plan}", headers=ENGLISH).text


@pytest.mark.slow
def test_a_week_shows_what_the_plan_says(served: TestClient, plan: str) -> None:
    meetings = served.get(f"/api/v1/plans/{plan}/timetable").json()["meetings"]
    taught = sum("wang" in meeting["staff"] for meeting in meetings)
    page = served.get(f"/plans/{plan}/week?kind=teacher&id=wang").text
    # Once in the table, once in the list of days for phones.
    assert page.count('class="entry') == 2 * taught > 0


def field(name: str, page: str) -> str:
    return str(html.unescape(re.findall(rf'name="{name}" value="(.*?)"', page)[0]))


@pytest.mark.slow
def test_a_school_is_previewed_imported_published_and_withdrawn_on_pages(
    client: TestClient, served: TestClient, plan: str
) -> None:
    page = client.post("/preview", data={"sample": "tiny"}, files={"scenario": ("", b"")}).text
    assert "会新建的学期" in page
    kept = client.post("/import", data={"facts": field("facts", page)}, files={"none": ("", b"")}, follow_redirects=False)
    term = kept.headers["location"]
    assert "开始排课" in client.get(term).text
    again = client.post(
        "/preview", data={"sample": "tiny", "term": term.removeprefix("/terms/")}, files={"scenario": ("", b"")}
    ).text
    assert "没有改动" in again
    late = {"facts": field("facts", again), "term": term.removeprefix("/terms/")}
    assert client.post("/import", data=late, files={"none": ("", b"")}).status_code == 409, (
        "a version was seen, and must be named"
    )
    job = client.post(f"{term}/solve", data={"time_limit": "5"}, follow_redirects=False).headers["location"]
    assert "排队中" in client.get(job).text
    assert "没有得到方案" in client.post(f"{job}/stop").text

    term = "/terms/" + str(served.get(f"/api/v1/plans/{plan}").json()["term"])
    guardian = browser_of(served.app, Role.GUARDIAN)
    assert guardian.get(f"{term}/week").status_code == 404
    order = {"seen": "0", "reason": "开学"}
    assert "已公示第 1 版" in served.post(f"/plans/{plan}/publish", data=order).text
    assert served.post(f"/plans/{plan}/publish", data=order).status_code == 409, "somebody else was quicker"
    teacher = browser_of(served.app, Role.TEACHER)
    for who, asked, names in (
        (guardian, "", ["赵一鸣"]),
        (guardian, "?kind=pupil&id=202401", ["赵一鸣"]),
        (guardian, "?kind=class", []),
        (teacher, "?kind=pupil&id=202403", []),
    ):
        week = who.get(f"{term}/week{asked}").text
        assert 'class="entry' in week
        assert [name for name in ("赵一鸣", "李思琪", "张雨桐") if name in week] == names, "own children, and nobody else's"
    assert "公示的课表" in guardian.get("/").text
    assert "已撤回" in served.post(f"{term}/withdraw", data={"seen": "1", "reason": "有误"}).text
    assert guardian.get(f"{term}/week").status_code == 404


@pytest.mark.slow
def test_nobody_is_offered_or_shown_what_is_not_theirs(served: TestClient, plan: str) -> None:
    term = served.get(f"/api/v1/plans/{plan}").json()["term"]
    for role in set(Role) - {Role.OFFICE, Role.LEADER}:
        somebody = browser_of(served.app, role)
        home = somebody.get("/").text
        assert "/preview" not in home
        assert f'href="/terms/{term}"' not in home
        for path in (f"/terms/{term}", f"/plans/{plan}", f"/plans/{plan}/week", f"/plans/{plan}/files/xlsx"):
            assert somebody.get(path).status_code == 403, (role, path)
    leader = browser_of(served.app, Role.LEADER)
    page = leader.get(f"/plans/{plan}")
    assert page.status_code == 200
    assert "/publish" not in page.text
    assert leader.post(f"/plans/{plan}/publish", data={"seen": "0", "reason": "x"}).status_code == 403


def test_faults_are_a_table_on_the_page(client: TestClient) -> None:
    page = client.post("/preview", files={"scenario": ("<i>名单.xlsx", b"junk")}, headers={"Accept": "text/html"})
    assert page.status_code == 422
    assert '<table class="faults">' in page.text
    assert "&lt;i&gt;名单.xlsx" in page.text


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\r\nX: y"]
)
def test_the_language_link_leads_back_here_and_nowhere_else(client: TestClient, back: str) -> None:
    answer = client.get("/language/en", params={"back": back}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_chosen_language_is_remembered(client: TestClient) -> None:
    assert "English" in client.get("/").text
    assert "中文" in client.get("/language/en?back=/policies").text
    assert client.get("/").headers["content-language"] == "en"


def test_the_static_files_are_small_and_ours() -> None:
    files = list(Path(ROOT / "api" / "static").iterdir())
    assert {path.name for path in files} == {"style.css", "progress.js", "choose.js", "icon.svg"}
    assert all(path.stat().st_size < 15_000 for path in files)
