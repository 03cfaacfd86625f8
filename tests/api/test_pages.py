"""Are the pages whole: both languages, no foreign links, every name escaped, usable without a script?"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import pages
from api.language import WORDS, english, negotiated
from tests.api.conftest import ROOT, TINY

ENGLISH = {"Accept-Language": "en"}
HAN = re.compile(r"[㐀-鿿]")


def keys() -> Iterator[str]:
    """Every sentence that the pages look up."""
    for template in sorted((ROOT / "api" / "templates").glob("*.html")):
        for double, single in re.findall(r'_\((?:"(.*?)"|\'(.*?)\')\)', template.read_text("utf-8")):
            yield double or single
    for module in ("figures.py", "pages.py"):
        yield from re.findall(r'say\(language, "(.*?)"\)', (ROOT / "api" / module).read_text("utf-8"))
    yield from pages.KINDS.values()
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


def pages_of(plan: str) -> list[str]:
    here = f"/jobs/{plan}"
    weeks = [f"{here}/week?kind={kind}" for kind in ("class", "teacher", "room", "course", "pupil")]
    return ["/", here, *weeks, f"{here}/findings", "/policies", "/policies/yueyang"]


@pytest.mark.slow
def test_the_pages_point_nowhere_else_and_label_every_field(served: TestClient, plan: str) -> None:
    for path in pages_of(plan):
        answer = served.get(path)
        assert answer.status_code == 200, path
        links = Links(answer.text)
        assert not [target for target in links.targets if not target.startswith(("/", "?", "#")) or target.startswith("//")]
        assert not links.handlers
        assert set(links.fields) <= links.labels


@pytest.mark.slow
def test_every_link_of_the_pages_leads_somewhere(served: TestClient, plan: str) -> None:
    seen: set[str] = set()
    for path in pages_of(plan):
        links = Links(served.get(path).text)
        seen |= {target for target in links.targets if target.startswith("/") and not target.startswith("/language")}
    posts = {"/jobs", "/check", f"/jobs/{plan}/audit", f"/jobs/{plan}/delete"}
    assert not [target for target in seen - posts if served.get(target).status_code != 200]


@pytest.mark.slow
def test_the_english_pages_speak_english(served: TestClient, plan: str) -> None:
    """Names of people and things stay as they are; the words around them do not."""
    first = served.get("/", headers=ENGLISH)
    assert first.headers["content-language"] == "en"
    told = re.sub(r"<ul class=\"jobs\">.*?</ul>", "", first.text, flags=re.DOTALL)
    assert HAN.findall(re.sub(r"<[^>]+>", "", told)) == list("中文")
    assert "Pupils placed" in served.get(f"/jobs/{plan}", headers=ENGLISH).text


@pytest.mark.slow
def test_a_week_shows_what_the_plan_says(served: TestClient, plan: str) -> None:
    meetings = served.get(f"/api/v1/jobs/{plan}/result").json()["timetable"]["meetings"]
    taught = sum("wang" in meeting["staff"] for meeting in meetings)
    page = served.get(f"/jobs/{plan}/week?kind=teacher&id=wang").text
    # Once in the table, once in the list of days for phones.
    assert page.count('class="entry') == 2 * taught > 0


@pytest.mark.slow
def test_a_table_is_audited_on_the_page(served: TestClient, plan: str) -> None:
    table = ("改过的<b>表.csv", (TINY / "tables" / "drawn.csv").read_bytes())
    page = served.post(f"/jobs/{plan}/audit", files={"table": table})
    assert page.status_code == 200
    assert "<b>" not in page.text
    assert "<blockquote" in page.text


def test_a_sample_can_be_checked_on_the_page(client: TestClient) -> None:
    page = client.post("/check", data={"sample": "tiny", "time_limit": "60"}, files={"scenario": ("", b"")})
    assert page.status_code == 200
    assert "数据可以使用" in page.text


def test_faults_are_a_table_on_the_page(client: TestClient) -> None:
    page = client.post("/jobs", files={"scenario": ("<i>名单.xlsx", b"junk")}, headers={"Accept": "text/html"})
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
