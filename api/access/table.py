"""What does the table of permissions say? Read once, and refused as a whole where a line cannot be understood."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from starlette.routing import compile_path

from api.store.people import Role

FILE = Path(__file__).with_name("permissions.toml")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Reach(StrEnum):
    """How far a role may go in what it does."""

    SCHOOL = "school"
    OWN = "own"


class BadTable(Exception):
    """The table cannot be understood; every fault in it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one thing."""

    part: str
    """The part of the table it stands in: what a program's token may be limited to."""
    anyone: bool
    everybody: bool
    reach: Mapping[Role, Reach]


@dataclass(frozen=True, slots=True)
class Line:
    """One route and who may use it."""

    method: str
    path: str
    """As the routes say it: `/api/v1/accounts/{account}`."""
    rule: Rule
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Table:
    """All lines. What no line names is closed."""

    lines: tuple[Line, ...]
    fields: Mapping[str, Rule]
    titles: Mapping[str, str]

    def line(self, method: str, path: str) -> Line | None:
        """The line for a request; of several that fit, the one that says most of the path itself."""
        wanted = "GET" if method == "HEAD" else method
        fitting = [line for line in self.lines if line.method == wanted and line.pattern.match(path)]
        return min(fitting, key=_openness, default=None)

    def methods(self, path: str) -> list[str]:
        """What may be done at an address, by whomever."""
        return sorted({line.method for line in self.lines if line.pattern.match(path)})


@cache
def permissions() -> Table:
    """The table of the product."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> Table:
    """The table in a text.

    Errors: `BadTable` with every line that cannot be understood.
    """
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTable(str(error)) from error
    lines, fields, titles, faults = [], {}, {}, []
    for part, entries in parts.items():
        if not isinstance(entries, dict) or not isinstance(entries.get("title"), str):
            faults.append(f"[{part}] needs a title")
            continue
        titles[part] = entries["title"]
        for what, who in entries.items():
            if what == "title":
                continue
            try:
                rule = _rule(part, who)
                if part == "fields":
                    fields[what] = rule
                else:
                    lines.append(_line(what, rule))
            except ValueError as error:
                faults.append(f"[{part}] {what}: {error}")
    keys = [(line.method, line.path) for line in lines]
    faults += [f"{method} {path} stands there twice" for method, path in sorted({key for key in keys if keys.count(key) > 1})]
    if faults:
        raise BadTable("\n".join(faults))
    return Table(tuple(lines), fields, titles)


def _line(what: str, rule: Rule) -> Line:
    method, _, path = what.partition(" ")
    path = path.strip()
    if method not in METHODS or not path.startswith("/"):
        raise ValueError("a method and a path are needed, as in GET /api/v1/me")
    return Line(method, path, rule, compile_path(path)[0])


def _rule(part: str, who: object) -> Rule:
    if not isinstance(who, str):
        raise ValueError("roles are written as a text, with commas between them")
    words = [word.strip() for word in who.split(",")]
    if words == ["anyone"] or words == ["everybody"]:
        return Rule(part, words == ["anyone"], words == ["everybody"], {})
    return Rule(part, False, False, dict(map(_role, words)))


def _role(word: str) -> tuple[Role, Reach]:
    name, _, own = word.partition(" ")
    if own.strip() not in ("", "(own)"):
        raise ValueError(f"“{own}” is not understood; only (own) may follow a role")
    return Role(name), Reach.OWN if own else Reach.SCHOOL


def _openness(line: Line) -> tuple[int, ...]:
    """A named part of a path comes before an open one, from left to right."""
    return tuple(_of_segment(line.path))


def _of_segment(path: str) -> Iterator[int]:
    for segment in path.strip("/").split("/"):
        yield 2 if ":path}" in segment else 1 if "{" in segment else 0
