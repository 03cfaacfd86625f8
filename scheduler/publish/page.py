"""How does a plan look on a page? One self-contained HTML file: no script, no request to anywhere, made to be printed.

Every timetable is in the page; an anchor opens one, and what is open is what gets printed. On a phone a week turns into a
list of days.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.audit.report import Finding, Report
from scheduler.domain import Scenario, Strand
from scheduler.publish.menu import menu, span
from scheduler.publish.names import WEEKDAYS
from scheduler.publish.view import Band, Kind, Line, View
from scheduler.publish.words import KINDS, WORDS
from scheduler.timetable import SectionId, Timetable


@dataclass(frozen=True, slots=True)
class Overview:
    """Rooms by slots: where everything is."""

    columns: tuple[tuple[int, Band], ...]
    rows: tuple[tuple[str, Mapping[tuple[Band, int], tuple[Line, ...]]], ...]


def html(
    scenario: Scenario,
    timetable: Timetable,
    report: Report | None = None,
    draft: bool = False,
    language: str = "zh",
    names: bool = True,
) -> str:
    """The page of a plan, as `page_of` draws it."""
    return page_of(View(scenario, timetable, language), report, draft, names)


def page_of(view: View, report: Report | None = None, draft: bool = False, names: bool = True) -> str:
    """The page. With `draft` every screen and every printed sheet says so; names are escaped wherever they stand.

    Without `names` no pupil is in it, nor the audit, whose findings name pupils: that page may be posted. Where a named child
    is at a given hour is nobody's business but the family's and the school's.
    """
    language, timetable = view.language, view.timetable
    report = report if names else None
    kinds = [kind for kind in Kind if names or kind is not Kind.PUPIL]
    return (
        _environment()
        .get_template("page.html")
        .render(
            view=view,
            words=WORDS[language],
            language=language,
            kinds=[(kind, KINDS[language][kind], view.weeks(kind)) for kind in kinds],
            days=WEEKDAYS[language],
            overview=overview(view),
            menu=menu(view),
            rosters=rosters(view) if names else {},
            names=names,
            findings=_findings(report),
            duties=sorted(timetable.duties, key=lambda duty: (duty.day, duty.role, duty.staff)),
            report=report,
            draft=draft,
            style=_style(),
            policy=content_security_policy(),
            span=span,
            tint=_tint,
            once=cache,
        )
    )


def content_security_policy() -> str:
    """What the page may do: show itself, with its own style sheet, and nothing else. A server should send the same."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def overview(view: View) -> Overview:
    """Each room with what is in it; meetings without a room come last."""
    weeks = view.weeks(Kind.ROOM)
    nowhere: dict[tuple[Band, int], tuple[Line, ...]] = {}
    for line in view.lines:
        if line.meeting.room is None:
            cell = view.band(line.slot), line.slot.weekday
            nowhere[cell] = (*nowhere.get(cell, ()), line)
    used = {(line.slot.weekday, view.band(line.slot)): None for line in view.lines}
    rows = [(week.title, week.lines_by_cell) for week in weeks]
    return Overview(
        columns=tuple(sorted(used, key=lambda cell: (cell[0], [clock.start for _, clock in cell[1].times], cell[1].number))),
        rows=(*rows, *([("", nowhere)] if nowhere else [])),
    )


def rosters(view: View) -> Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]:
    """By course: each section with the names of its pupils, class by class."""
    order = {key: place for place, key in enumerate(view.members(Kind.PUPIL))}
    told: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for section in sorted(view.timetable.sections, key=lambda section: (section.course, section.number, section.id)):
        told.setdefault(section.course, []).append((view.title(section), _roster(view, section.id, order)))
    return told


def _roster(view: View, section: SectionId, order: Mapping[str, int]) -> tuple[str, ...]:
    placed = {row.pupil for row in view.timetable.placements_by_section.get(section, ())}
    return tuple(
        view.name(Kind.PUPIL, pupil) for pupil in sorted(placed, key=lambda pupil: (order.get(pupil, len(order)), pupil))
    )


def _findings(report: Report | None) -> Sequence[tuple[str, Sequence[Finding]]]:
    if report is None:
        return ()
    groups = (("breaches", report.breaches), ("waivers_needed", report.waivers_needed), ("waivers_used", report.waivers_used))
    return tuple((word, findings) for word, findings in groups if findings)


def _tint(line: Line) -> str:
    """Name of the style of a cell: strand "1", strand X or care."""
    strand = line.course.strand if line.course is not None else None
    return {Strand.ONE: "one", Strand.X: "x", None: "care"}[strand]


@cache
def _style() -> str:
    return (files("scheduler.publish") / "templates" / "page.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("scheduler.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
