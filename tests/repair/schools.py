"""Which plan is mended in these tests? The lawful table of the tiny school, and a school of a few lines with a known least."""

from dataclasses import replace
from pathlib import Path

from scheduler.audit import audit
from scheduler.audit.report import Report
from scheduler.domain import Pupil, Scenario, StaffId
from scheduler.intake import read_scenario
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.publish.drawn import read_drawn
from scheduler.solver.outcome import Options
from scheduler.timetable import Timetable

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"
OPTIONS = Options(time_limit=1, deterministic=True)


def tiny() -> tuple[Scenario, Timetable]:
    """The tiny school and its lawful table."""
    scenario = read_scenario(TINY)
    return scenario, read_drawn(TINY / "tables" / "lawful.csv", scenario)


def clauses_of(scenario: Scenario) -> tuple[Clause, ...]:
    return clauses_in_force(load_policy(scenario.school.county), scenario)


def judged(scenario: Scenario, timetable: Timetable) -> Report:
    return audit(scenario, timetable, clauses_of(scenario))


def without(scenario: Scenario, staff: str) -> Scenario:
    """Somebody can no longer come."""
    away = StaffId(staff)
    people = tuple(replace(one, available=frozenset()) if one.id == away else one for one in scenario.staff)
    return replace(scenario, staff=people)


def twin(pupil: Pupil, id: str) -> Pupil:
    """A new child who wants the same."""
    return replace(pupil, id=type(pupil.id)(id), name=f"新{pupil.name}", household=None)
