"""Do the pages that explain the project say what is? Examples are typed in and compared, counts are counted again."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.policy import counties
from tests.test_citations import CORE, PENDING_CORE, clauses

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.zh.md")

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
"""On a line of its own: any lines. Within a line: any text."""
FIGURE = re.compile(r"\d+(?:\\\.\d+)?")
"""A number in an escaped pattern."""
END = "\0"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; the words after its language say how to treat it."""

    page: str
    number: int
    language: str
    words: frozenset[str]
    text: str


@dataclass(frozen=True)
class Typed:
    """A command and what the page says it prints."""

    command: str
    printed: str


def blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text("utf-8")
    for number, (language, words, inside) in enumerate(FENCE.findall(text)):
        yield Block(page, number, language, frozenset(words.split()), inside)


def typed(text: str) -> list[Typed]:
    """The commands of a block: each begins with `$ `, the lines below are its output."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not parts[0], "a console block begins with a command"
    return [Typed(*part.partition("\n")[::2]) for part in parts[1:]]


def pattern(printed: str, figures_vary: bool) -> re.Pattern[str]:
    """What may stand for the printed text. With `figures_vary` any number but 0 may stand for another number but 0."""
    lines = []
    for line in printed.splitlines():
        if line == ANYTHING:
            lines.append(r"(?:[^\n]*\n)*?")
            continue
        told = re.escape(line).replace(ANYTHING, r"[^\n]*")
        lines.append((FIGURE.sub(_any_figure, told) if figures_vary else told) + r"\n")
    return re.compile("".join(lines))


def _any_figure(figure: re.Match[str]) -> str:
    return "0" if figure[0] == "0" else r"\d+(?:\.\d+)?"


def printed_by(commands: list[str], folder: Path) -> list[str]:
    """What each command prints, one after the other in one shell in which `oneplusx` is at hand."""
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    (folder / "tests").symlink_to(ROOT / "tests")
    script = "".join(f"{command}\ncode=$?; printf '\\0'; (exit $code)\n" for command in commands)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "120"}
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100
    )
    return ended.stdout.decode("utf-8").split(END)[: len(commands)]


def console_blocks() -> Iterator[object]:
    for page in PAGES:
        for block in blocks(page):
            if block.language == "console":
                marks = [pytest.mark.slow] if "slow" in block.words else []
                yield pytest.param(block, id=f"{page}-{block.number}", marks=marks)


@pytest.mark.parametrize("block", list(console_blocks()))
def test_an_example_prints_what_the_page_says(block: Block, tmp_path: Path) -> None:
    steps = typed(block.text)
    outputs = printed_by([step.command for step in steps], tmp_path)
    for step, output in zip(steps, outputs, strict=True):
        expected = pattern(step.printed, "figures-vary" in block.words)
        assert expected.fullmatch(output), f"$ {step.command}\n{output}\nis not what {block.page} says:\n{step.printed}"


def test_an_ellipsis_stands_for_lines_or_for_words_and_nothing_else_may_differ() -> None:
    page = pattern("a\n…\nb … c\n", figures_vary=False)
    assert page.fullmatch("a\nb x c\n")
    assert page.fullmatch("a\n1\n2\nb x y c\n")
    assert not page.fullmatch("a\nb x d\n")
    assert not page.fullmatch("b x c\n")


def test_where_figures_vary_a_zero_must_stay_a_zero() -> None:
    page = pattern("12 placed, 0 unplaced, 81.8 %\n", figures_vary=True)
    assert page.fullmatch("11 placed, 0 unplaced, 90 %\n")
    assert not page.fullmatch("12 placed, 1 unplaced, 81.8 %\n")
    assert not page.fullmatch("12 placed, 0 unplaced, high %\n")


def stands(link: str) -> bool:
    """Whether there is such a file, and in it the heading that is named after `#`."""
    name, _, heading = link.partition("#")
    if not (ROOT / name).exists():
        return False
    headings = re.findall(r"^#+ (.*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE) if heading else []
    return not heading or heading in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not stands(link)] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_script_on_the_page_is_the_one_the_tests_run(page: str) -> None:
    shown = [block.text for block in blocks(page) if block.language == "python"]
    assert shown == [(ROOT / "tests" / "api" / "http_line.py").read_text("utf-8")]


def test_both_pages_show_the_same_examples() -> None:
    """Word for word they differ, in what they run they do not."""

    def commands(page: str) -> list[str]:
        texts = [block.text for block in blocks(page) if block.language == "console"]
        return [step.command.removesuffix(" --language en") for text in texts for step in typed(text)]

    assert commands("README.md") == commands("README.zh.md")


def test_the_architecture_page_counts_the_clauses_rightly() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    told = {row[0]: tuple(map(int, row[1:])) for row in cells if all(cell.isdigit() for cell in row[1:])}
    core = [clause for clause in clauses() if clause.id in CORE]
    by_county = {county: [clause for clause in core if clause.county == county] for county in counties()}
    counted = {
        county: (
            len(mine),
            sum(clause.rule is not None for clause in mine),
            sum(clause.rule is None and clause.fact is not None for clause in mine),
            sum(clause.pending is not None for clause in mine),
        )
        for county, mine in by_county.items()
    }
    assert told == counted | {feature: (number,) for feature, number in PENDING_CORE.items()}
