"""Are modes and refusals told as they are? The tiny school and its lawful table, whose sections anybody can count."""

import csv
import io
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from scheduler.audit import audit
from scheduler.audit.refusals import Refusals, Why
from scheduler.choosing.modes import priced_modes, table_rows
from scheduler.choosing.pressing import pressing
from scheduler.choosing.why import COLUMNS, Whys
from scheduler.domain import ClauseId, CourseId, Form, PupilId, Scenario
from scheduler.errors import InputFaults
from scheduler.intake import read_scenario
from scheduler.policy import Policy, clauses_in_force, load_policy
from scheduler.publish.drawn import read_drawn
from scheduler.solver.outcome import Mode, Options
from scheduler.solver.standing import Standing, shared_out, standing
from scheduler.timetable import Timetable
from tests.cli.test_commands import TINY, oneplusx
from tests.rules.worlds import Drawing

OPTIONS = Options(seed=7, time_limit=20)


@cache
def tiny() -> tuple[Scenario, Timetable, Policy]:
    scenario = read_scenario(TINY)
    return scenario, read_drawn(TINY / "tables" / "lawful.csv", scenario), load_policy(scenario.school.county)


@cache
def stands() -> Standing:
    scenario, table, pack = tiny()
    return standing(scenario, clauses_in_force(pack, scenario), table)


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_gives_lawful_places_and_proves_each_step(mode: Mode) -> None:
    scenario, table, pack = tiny()
    shared = shared_out(stands(), mode, OPTIONS, lambda: False)
    assert shared.proven
    assert audit(scenario, shared.timetable, clauses_in_force(pack, scenario)).lawful
    chosen = {course.id for course in scenario.courses if course.form is Form.CHOSEN}
    opened = [Counter(one.course for one in plan.sections if one.course in chosen) for plan in (table, shared.timetable)]
    assert opened[0] == opened[1]


def test_rounds_end_with_nobody_worse_and_never_fewer_children_served_than_another_mode() -> None:
    steps = {mode: {step.name: step.value for step in shared_out(stands(), mode, OPTIONS, lambda: False).steps} for mode in Mode}
    assert steps[Mode.ROUNDS]["round_1"] == steps[Mode.MOST_SEATS]["round_1"] <= steps[Mode.DRAFT]["round_1"]
    assert steps[Mode.MOST_SEATS]["granted"] <= steps[Mode.ROUNDS]["granted"]


def test_the_modes_stand_side_by_side_in_both_languages() -> None:
    priced = list(priced_modes(*tiny(), OPTIONS, lambda: False))
    assert [one.name for one in priced] == ["now", *(mode.value for mode in Mode)]
    for language in ("zh", "en"):
        headings, *rows = table_rows(priced, language)
        assert len(rows) == 4
        assert all(len(row) == len(headings) for row in rows)


def test_a_table_that_no_column_can_say_is_bad_input() -> None:
    scenario, table, pack = tiny()
    first = table.meetings[0]
    strange = replace(table, meetings=(*table.meetings, replace(first, staff=table.meetings[-1].staff)))
    with pytest.raises(InputFaults):
        list(priced_modes(scenario, strange, pack, OPTIONS, lambda: False))


def test_each_refused_wish_of_the_tiny_school_has_a_reason_and_a_price_in_words() -> None:
    whys = Whys(*tiny(), settled=True)
    told = 0
    for pupil in tiny()[0].pupils:
        for answer in whys.of(pupil.id, None, 20.0):
            told += 1
            assert answer.text("zh").endswith("。")
            assert answer.text("en").endswith(".")
            assert (answer.price is not None) == (answer.refusal.why in (Why.FULL, Why.OWN_WEEK))
            assert answer.price is None or answer.price.proven
    rows = list(csv.reader(io.StringIO(whys.table())))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == told + 1


def test_an_unknown_pupil_or_course_is_bad_input() -> None:
    whys = Whys(*tiny(), settled=True)
    with pytest.raises(InputFaults):
        list(whys.of(PupilId("nobody"), None, 1.0))
    with pytest.raises(InputFaults):
        list(whys.of(tiny()[0].pupils[0].id, CourseId("alchemy"), 1.0))


def test_the_commands_answer_and_refuse_without_a_traceback() -> None:
    table = TINY / "tables" / "lawful.csv"
    assert oneplusx("why", TINY, table, "--pupil", "nobody").exit_code == 2
    assert oneplusx("why", TINY, table).exit_code == 2
    pupil = tiny()[0].pupils[0].id
    assert oneplusx("why", TINY, table, "--pupil", pupil).exit_code == 0


def crowded() -> Drawing:
    """剪纸 has one seat and two who want it most; 合唱 meets at the same time; 航模 never meets; 足球 is for grade 4."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", "Tue 16:30-17:10")
    week.course("剪纸", max_size=1)
    week.course("合唱")
    week.course("航模", min_size=5)
    week.course("足球", grades=frozenset({4}))
    week.course("书法")
    week.meeting("剪纸", "mon1", staff="周", room="一室")
    week.meeting("合唱", "mon1", staff="吴", room="二室")
    week.meeting("足球", "mon1", staff="郑", room="三室")
    week.meeting("书法", "tue1", staff="王", room="一室")
    week.pupil("li", stays="mon1", wishes="剪纸 合唱 航模 足球 书法", wanted=3)
    week.pupil("wang", stays="mon1", wishes="剪纸 合唱", wanted=2)
    week.place("li", "剪纸")
    week.place("wang", "合唱")
    return week


def test_reasons_are_those_a_person_would_give() -> None:
    refusals = Refusals(crowded().world())
    why = {(one.pupil.id, one.choice.course): one.why for one in refusals.of_all()}
    assert why == {
        ("li", "合唱"): Why.CLASH,
        ("li", "航模"): Why.TOO_FEW,
        ("li", "足球"): Why.NOT_FOR_GRADE,
        ("li", "书法"): Why.NOT_STAYING,
        ("wang", "剪纸"): Why.FULL,
    }


def test_a_wish_behind_as_many_as_wanted_was_not_refused() -> None:
    week = crowded()
    week.pupil("li", stays="mon1", wishes="剪纸 合唱", wanted=1)
    assert [one.pupil.id for one in Refusals(week.world()).of_all()] == ["wang"]


def test_a_clause_presses_where_granting_a_refused_wish_would_break_it() -> None:
    """Sun Kexin asked for paper cutting, which meets while she has PE: that matters only where her class has none that day."""
    scenario, table, pack = tiny()
    every = clauses_in_force(pack, scenario)
    lessons = tuple(one for one in scenario.lessons if (one.home_class, one.weekday) != ("2-1", 2))
    without_pe = replace(scenario, lessons=lessons)
    assert pressing(scenario, every, table)[ClauseId("base-daily-pe")] == 0
    assert pressing(without_pe, every, table)[ClauseId("base-daily-pe")] == 1
