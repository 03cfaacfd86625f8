"""Do the folders of `scenarios/` hold what they say, free of faults and ready to be planned?"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from scheduler.audit import audit
from scheduler.domain import BellKind, Scenario, Service, Stage
from scheduler.generate.samples import SAMPLES, school, write_sample
from scheduler.intake import in_order, read, write_folder
from scheduler.policies.missing import missing_facts
from scheduler.policy import clauses_in_force, load_policy
from scheduler.publish.drawn import read_drawn

FOLDERS = Path(__file__).parents[2] / "scenarios"


def by_size(names: Iterable[str]) -> list[object]:
    """Real-size schools take seconds."""
    return [pytest.param(name, marks=[pytest.mark.slow] if name.endswith("-full") else []) for name in sorted(names)]


every_sample = pytest.mark.parametrize("name", by_size(SAMPLES))


@cache
def scenario_of(name: str) -> Scenario:
    scenario = read(FOLDERS / name).scenario
    assert scenario is not None
    return scenario


@pytest.mark.parametrize("name", by_size([*SAMPLES, "tiny"]))
def test_a_folder_is_read_without_a_fault_or_a_doubt(name: str) -> None:
    reading = read(FOLDERS / name)
    assert reading.faults == ()
    assert all(refused == 0 for _, refused in reading.rows.values())


@pytest.mark.parametrize("name", by_size([*SAMPLES, "tiny"]))
def test_a_folder_gives_every_fact_its_county_asks_for(name: str) -> None:
    scenario = scenario_of(name)
    assert missing_facts(load_policy(scenario.school.county), scenario) == ()


@every_sample
def test_a_generated_school_reads_back_equal(name: str, tmp_path: Path) -> None:
    scenario = school(name)
    write_folder(scenario, tmp_path)
    assert read(tmp_path).scenario == in_order(scenario)


@every_sample
def test_a_folder_is_what_its_seed_makes(name: str, tmp_path: Path) -> None:
    """`python -m scheduler.generate.samples scenarios` changes nothing."""
    write_sample(name, tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {path.name: path.read_bytes() for path in (FOLDERS / name).iterdir()} == written


def test_the_schools_are_those_the_documents_describe() -> None:
    sizes = {name: len(scenario_of(name).pupils) for name in SAMPLES if name != "suifenhe-2022"}
    assert all(600 <= size <= 1800 if name.endswith("-full") else 250 <= size <= 500 for name, size in sizes.items())
    assert scenario_of("yueyang").trips
    assert scenario_of("yueyang").school.boarding
    assert {grade.stage for grade in scenario_of("liangping").grades} == {Stage.PRIMARY}
    assert any(grade.graduating for grade in scenario_of("suifenhe").grades)
    assert {season.kind for season in scenario_of("helan").seasons} == {"summer", "winter"}
    changzhi = scenario_of("changzhi")
    assert {grade.homework_minutes for grade in changzhi.grades if grade.stage is Stage.JUNIOR} == {90}
    assert {slot.weekday for slot in changzhi.slots} == {1, 2, 3, 4, 5, 6}
    assert all(scenario_of(name).flexible_hours for name in ("yueyang", "helan", "changzhi"))


def test_the_dated_school_has_longer_junior_slots_after_february_2022() -> None:
    """绥芬河 三（二）: 试行期 to 2022-02-28, 17:00–18:00; afterwards until 18:30."""
    scenario = scenario_of("suifenhe-2022")
    trial, standing = sorted(scenario.seasons, key=lambda season: season.start)
    assert (trial.end.isoformat(), standing.start.isoformat()) == ("2022-02-28", "2022-03-01")
    last = max(scenario.slots_of(7), key=lambda slot: slot.number)
    assert last.clock_by_season[trial.id].end.isoformat("minutes") == "18:00"
    assert last.clock_by_season[standing.id].end.isoformat("minutes") == "18:30"


def test_the_tiny_school_fits_a_screen() -> None:
    scenario = scenario_of("tiny")
    assert (len(scenario.pupils), len(scenario.staff), len(scenario.rooms)) == (12, 4, 3)
    assert {slot.service for slot in scenario.slots} == {Service.REGULAR}
    assert sum(bell.kind is BellKind.LESSON for bell in scenario.bells) == 6


def deviations_in(table: str) -> dict[str, int]:
    """Points by clause that stand against publication."""
    scenario = scenario_of("tiny")
    clauses = clauses_in_force(load_policy("yueyang"), scenario)
    report = audit(scenario, read_drawn(FOLDERS / "tiny" / "tables" / table, scenario), clauses)
    found: dict[str, int] = {}
    for finding in report.findings:
        if finding.clause.strength in {"must", "in_principle"}:
            found[finding.clause.id] = found.get(finding.clause.id, 0) + finding.amount
    return found


def test_the_hand_drawn_lawful_week_is_clean() -> None:
    assert deviations_in("lawful.csv") == {}


def test_the_eight_mistakes_of_the_drawn_week_are_found_and_nothing_else() -> None:
    """Row by row they are told in scenarios/tiny/tables/faults.md."""
    assert deviations_in("drawn.csv") == {
        "yueyang-2.6-support-staff-joining": 1,
        "nature-load-caps": 1,
        "base-nobody-refused": 1,
        "yueyang-2.7-grouping": 2,
        "yueyang-1.2-voluntary": 1,
        "nature-room-suits": 1,
        "base-daily-pe": 5,
        "yueyang-2.5-grades12-no-homework": 1,
        "nature-may-lead": 1,
        "nature-works-only-when-available": 1,
    }
