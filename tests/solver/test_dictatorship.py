"""Does the queue we compare with take turns, seats and the pupil's own rules seriously?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.domain import Choice, CourseId, Scenario, SlotId, StaffId
from scheduler.intake import read
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.publish.drawn import read_drawn
from scheduler.rulebook import DailyPE, EnrichmentShare
from scheduler.solver.dictatorship import rank_by_rank, serial_dictatorship
from scheduler.timetable import Timetable

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"
SEEDS = range(20)


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    """Twelve pupils; paper-cutting (5 seats) meets on Tuesday 2, basketball (6 seats) on Wednesday 2."""
    scenario = read(TINY).scenario
    assert scenario is not None
    return scenario


@pytest.fixture(scope="module")
def week(tiny: Scenario) -> Timetable:
    return read_drawn(TINY / "tables" / "lawful.csv", tiny)


@pytest.fixture(scope="module")
def law(tiny: Scenario) -> Sequence[Clause]:
    return clauses_in_force(load_policy("yueyang"), tiny)


def asking(scenario: Scenario, *pupils: str, course: str, **named: object) -> Scenario:
    """Only these pupils ask, for this course alone."""
    wish = replace(Choice(rank=1, course=CourseId(course)), **named)  # type: ignore[arg-type]
    return replace(
        scenario,
        pupils=tuple(
            replace(one, choices=(wish,), wanted=1) if one.id in pupils else replace(one, choices=()) for one in scenario.pupils
        ),
    )


def test_the_same_seed_gives_the_same_queue(tiny: Scenario, week: Timetable, law: Sequence[Clause]) -> None:
    assert serial_dictatorship(tiny, law, week, 3) == serial_dictatorship(tiny, law, week, 3)


def test_no_more_are_seated_than_there_are_seats(tiny: Scenario, week: Timetable, law: Sequence[Clause]) -> None:
    """All twelve ask for paper-cutting; it has five seats."""
    crowd = asking(tiny, *(one.id for one in tiny.pupils), course="paper")
    for seed in SEEDS:
        dictated = serial_dictatorship(crowd, (), week, seed)
        assert dictated.seats == 5
        assert dictated.worst_rank == 1


def test_who_comes_late_goes_without(tiny: Scenario, week: Timetable) -> None:
    crowd = asking(tiny, "202401", "202402", "202403", "202404", "202406", "202203", course="paper")
    assert {serial_dictatorship(crowd, (), week, seed).none_granted for seed in SEEDS} == {1}


def test_the_second_wish_is_taken_where_the_first_is_full(tiny: Scenario, week: Timetable) -> None:
    """Six ask for paper-cutting; 李思琪 would also play basketball."""
    crowd = asking(tiny, "202401", "202402", "202403", "202404", "202406", "202203", course="paper")
    second = Choice(rank=2, course=CourseId("basketball"))
    pupils = [replace(one, choices=(*one.choices, second)) if one.id == "202203" else one for one in crowd.pupils]
    results = [serial_dictatorship(replace(crowd, pupils=tuple(pupils)), (), week, seed) for seed in SEEDS]
    assert {(one.seats, one.worst_rank) for one in results} == {(5, 1), (6, 2)}


def test_rank_by_rank_no_second_wish_comes_before_a_first_one(tiny: Scenario, week: Timetable) -> None:
    """More ask for paper-cutting first than it has seats; 李思琪 would rather play basketball, and cut paper as well."""
    crowd = asking(tiny, *(one.id for one in tiny.pupils if one.id != "202203"), course="paper")
    ball, paper = Choice(rank=1, course=CourseId("basketball")), Choice(rank=2, course=CourseId("paper"))
    pupils = [replace(one, choices=(ball, paper), wanted=2) if one.id == "202203" else one for one in crowd.pupils]
    crowd = replace(crowd, pupils=tuple(pupils))
    assert {rank_by_rank(crowd, (), week, seed).worst_rank for seed in SEEDS} == {1}
    assert {serial_dictatorship(crowd, (), week, seed).worst_rank for seed in SEEDS} == {1, 2}


def test_nobody_takes_more_than_wanted_or_a_course_twice(tiny: Scenario, week: Timetable) -> None:
    alone = asking(tiny, "202201", course="basketball")
    (pupil,) = (one for one in alone.pupils if one.id == "202201")
    again = replace(pupil, wanted=2, choices=(*pupil.choices, Choice(rank=2, course=CourseId("basketball"))))
    doubled = replace(alone, pupils=tuple(again if one.id == again.id else one for one in alone.pupils))
    assert serial_dictatorship(doubled, (), week, 0).seats == 1
    wants_none = replace(again, wanted=0)
    assert serial_dictatorship(replace(alone, pupils=(wants_none,)), (), week, 0).seats == 0


def test_a_wish_counts_only_in_slots_the_pupil_stays(tiny: Scenario, week: Timetable) -> None:
    """陈浩然 stays for the first slot of each day only."""
    assert serial_dictatorship(asking(tiny, "202405", course="paper"), (), week, 0).seats == 0
    assert serial_dictatorship(asking(tiny, "202401", course="paper"), (), week, 0).seats == 1


@pytest.mark.parametrize(("weekday", "seats"), [(2, 1), (3, 0)])
def test_a_wish_for_a_weekday_counts_on_that_day_only(tiny: Scenario, week: Timetable, weekday: int, seats: int) -> None:
    assert serial_dictatorship(asking(tiny, "202401", course="paper", weekday=weekday), (), week, 0).seats == seats


@pytest.mark.parametrize(("teacher", "seats"), [("zhou", 1), ("wang", 0)])
def test_a_wish_for_a_teacher_counts_with_that_leader_only(tiny: Scenario, week: Timetable, teacher: str, seats: int) -> None:
    assert serial_dictatorship(asking(tiny, "202401", course="paper", teacher=StaffId(teacher)), (), week, 0).seats == seats


def test_a_small_room_or_few_adults_leave_fewer_seats(tiny: Scenario, week: Timetable) -> None:
    crowd = asking(tiny, *(one.id for one in tiny.pupils), course="paper")
    room = next(meeting.room for meeting in week.meetings if meeting.section.startswith("paper"))
    small = replace(crowd, rooms=tuple(replace(one, seats=3) if one.id == room else one for one in crowd.rooms))
    assert serial_dictatorship(small, (), week, 0).seats == 3
    watched = replace(
        crowd, courses=tuple(replace(one, pupils_per_adult=2) if one.id == "paper" else one for one in crowd.courses)
    )
    assert serial_dictatorship(watched, (), week, 0).seats == 2


def test_a_wish_that_would_cost_the_days_pe_is_passed_over(tiny: Scenario, week: Timetable, law: Sequence[Clause]) -> None:
    """Grade 4 has no PE lesson on Tuesday and moves in Tuesday 1 alone: were paper-cutting then, nobody of it could go."""
    others = replace(week, meetings=tuple(one for one in week.meetings if one.section != "class_pe-2"))
    early = replace(
        others,
        meetings=tuple(replace(one, slot=SlotId("tue-1")) if one.section == "paper-1" else one for one in others.meetings),
    )
    alone = asking(tiny, "202203", course="paper")
    daily = [clause for clause in law if isinstance(clause.rule, DailyPE)]
    assert serial_dictatorship(alone, (), early, 0).seats == 1
    assert serial_dictatorship(alone, daily, early, 0).seats == 0
    assert serial_dictatorship(alone, daily, others, 0).seats == 1


def test_a_full_week_keeps_its_share_of_enrichment(tiny: Scenario, week: Timetable, law: Sequence[Clause]) -> None:
    """Beside four times oral practice one club is a fifth of 张雨桐's week; with class PE and reading it is more than half."""
    half = [replace(law[0], rule=EnrichmentShare(share_percent=50))]
    strand_one = {section.id for section in week.sections if section.course in {"homework", "speaking", "paper"}}
    bare = replace(week, meetings=tuple(one for one in week.meetings if one.section in strand_one))
    alone = asking(tiny, "202401", course="paper")
    assert serial_dictatorship(alone, half, bare, 0).seats == 0
    assert serial_dictatorship(alone, half, week, 0).seats == 1


def test_nobody_waits_where_nobody_wishes(tiny: Scenario, week: Timetable) -> None:
    nobody = replace(tiny, pupils=tuple(replace(one, choices=()) for one in tiny.pupils))
    dictated = serial_dictatorship(nobody, (), week, 0)
    assert (dictated.seats, dictated.worst_rank, dictated.none_granted) == (0, None, 0)
