"""What is there to see of a plan? Itself with its facts, judged with the waivers of today: what publishing would say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from api.access.allowed import Allowed
from api.service.publishing import waivers_of, with_waivers
from api.service.shown import Kept, PlanText, plan_text
from api.store.planning import Job, PlanVersion
from api.store.sessions import Reading
from scheduler import line
from scheduler.audit.report import Report
from scheduler.differences import Side
from scheduler.domain import Scenario, Waiver
from scheduler.intake import scenario_from_json
from scheduler.policy import load_policy
from scheduler.telling import ReportRecord, report_record
from scheduler.timetable import Timetable

REMEMBERED = 4
"""People leaf through the weeks of one plan, so the last few are kept."""


@dataclass(frozen=True)
class Opened:
    """A plan, read and judged."""

    id: str
    number: int
    term: str
    made: datetime
    summary: Mapping[str, object]
    text: PlanText
    scenario: Scenario
    timetable: Timetable
    report: Report
    explanation: Mapping[str, Sequence[str]]
    """Why it is only a draft, by language; nothing for a plan that was moved by hand."""

    @property
    def title(self) -> str:
        return f"{self.scenario.school.name} {self.scenario.term.name}"

    @property
    def status(self) -> str:
        return str(self.summary.get("status") or "")

    @cached_property
    def told(self) -> ReportRecord:
        """The report as plain data."""
        return report_record(self.report)


def opened(asked: Allowed, plan: str, policies: Path | None) -> Opened:
    """The plan of this id.

    Errors: `Missing`.
    """
    with asked.store.reading(asked.school) as db:
        row = db.find(PlanVersion, plan)
        waivers = tuple(waivers_of(db, row.term))
        key = asked.school, plan, waivers, policies
        text, explanation = plan_text(db, plan), _explanation(db, row)
    return _PLANS.of(key, lambda: _opened(row, text, waivers, explanation, policies))


def scenario_of_plan(asked: Allowed, plan: str) -> Scenario:
    """The facts a table is judged by: those the plan was made for, with the waivers of today.

    Errors: `Missing`.
    """
    with asked.store.reading(asked.school) as db:
        term = db.find(PlanVersion, plan).term
        text, waivers = plan_text(db, plan).scenario, waivers_of(db, term)
    return with_waivers(scenario_from_json(text), waivers)


_PLANS: Kept[Opened] = Kept(REMEMBERED)


def _opened(
    row: PlanVersion,
    text: PlanText,
    waivers: Sequence[Waiver],
    explanation: Mapping[str, Sequence[str]],
    policies: Path | None,
) -> Opened:
    side: Side = text.side()
    scenario = with_waivers(side.scenario, waivers)
    return Opened(
        id=row.id,
        number=row.number,
        term=row.term,
        made=row.made,
        summary=row.summary if isinstance(row.summary, dict) else {},
        text=text,
        scenario=scenario,
        timetable=side.timetable,
        report=line.judged(side.timetable, scenario, load_policy(scenario.school.county, policies)),
        explanation=explanation,
    )


def _explanation(db: Reading, row: PlanVersion) -> dict[str, list[str]]:
    job = None if row.job is None else db.get(Job, (db.school, row.job))
    result = job.result if job is not None and isinstance(job.result, dict) else {}
    told = {language: result.get(f"explanation_{language}") for language in ("zh", "en")}
    return {language: [str(each) for each in lines] for language, lines in told.items() if isinstance(lines, list)}
