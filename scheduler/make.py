"""How does a scenario become a judged plan? Solve, then audit: the one module that holds both sides."""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.audit.report import Report
from scheduler.solver.outcome import StageResult, Status
from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A plan, its audit and its figures."""

    status: Status
    timetable: Timetable
    report: Report
    stages: tuple[StageResult, ...]
    summary: Mapping[str, object]
    """The content of `summary.json`."""
    explanation_zh: tuple[str, ...] = ()
    """Why the plan is only the nearest one, and which waivers would make it lawful; sentences."""
    explanation_en: tuple[str, ...] = ()
