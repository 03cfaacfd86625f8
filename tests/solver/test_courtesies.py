"""Are the last kindnesses kind, and do they cost nobody anything?"""

from itertools import combinations
from random import Random

import pytest

from scheduler.audit.courtesies import Share, courtesy_figures
from scheduler.audit.world import World
from scheduler.domain import Lock, Pattern, Pupil, PupilId, RoomId, RouteId, Scenario
from scheduler.solver.build import build
from scheduler.solver.courtesies import TOGETHER, courteous, even_sizes, share_out
from scheduler.solver.naming import named
from scheduler.solver.offers import room_classes_of
from scheduler.timetable import SectionId, Timetable
from tests.rules.worlds import Drawing
from tests.solver.agreement import audited
from tests.solver.laws import NATURE, clauses, law
from tests.solver.schools import Size, school
from tests.test_agreement import liked


def kindly(week: Drawing) -> World:
    """The week after the last kindnesses."""
    world = week.world()
    return World(world.scenario, courteous(world.scenario, world.timetable, room_classes_of(world.scenario.rooms)))


def together(world: World, section: str) -> set[str]:
    """The pupils of a section."""
    return {str(one.pupil) for one in world.timetable.placements_by_section.get(SectionId(section), ())}


def two_groups() -> Drawing:
    """剪纸 on Monday in two groups, of three and one; li and her brother are apart."""
    week = Drawing()
    week.home_class("三2", 3)
    week.slot("mon1", "Mon 16:30-17:10")
    week.course("剪纸")
    for name, home in (("li", "三1"), ("an", "三1"), ("bo", "三1"), ("brother", "三2")):
        week.pupil(name, home_class=home, stays="mon1", wishes="剪纸", household="H1" if name in {"li", "brother"} else None)
    week.meeting("剪纸", "mon1", staff="wang", room="美术室")
    week.meeting("剪纸", "mon1", number=2, staff="zhao", room="书法室")
    week.place("li an bo", "剪纸")
    week.place("brother", "剪纸", number=2)
    return week


def test_parallel_groups_are_made_equal_and_siblings_sit_together() -> None:
    world = kindly(two_groups())
    assert {frozenset(together(world, "剪纸-1")), frozenset(together(world, "剪纸-2"))} == {
        frozenset({"li", "brother"}),
        frozenset({"an", "bo"}),
    }
    figures = courtesy_figures(world)
    assert (figures.balanced, figures.siblings) == (Share(kept=1, of=1), Share(kept=1, of=1))


def test_what_is_not_kind_is_counted_as_such() -> None:
    figures = courtesy_figures(two_groups().world())
    assert (figures.balanced, figures.siblings) == (Share(kept=0, of=1), Share(kept=0, of=1))


def test_groups_of_a_locked_course_stay_as_they_are() -> None:
    week = two_groups()
    week.locks.append(Lock(course=week.courses["剪纸"].id, by="wang", why="说好了", room=RoomId("美术室")))
    world = kindly(week)
    assert together(world, "剪纸-1") == {"li", "an", "bo"}
    assert set(world.timetable.meetings) == set(week.timetable().meetings)


def test_a_head_teacher_leads_the_group_with_most_of_the_own_class() -> None:
    week = two_groups()
    week.home_class("三1", 3, head_teacher="zhao")
    world = kindly(week)
    own = next(section for section in ("剪纸-1", "剪纸-2") if together(world, section) == {"an", "bo"})
    assert [meeting.staff for meeting in world.timetable.meetings_by_section[SectionId(own)]] == [("zhao",)]


def test_a_section_keeps_one_room_over_its_days() -> None:
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("wed1", "Wed 16:30-17:10")
    week.course("合唱", pattern=Pattern.TWO_DAYS)
    for number, (monday, wednesday) in enumerate((("甲", "乙"), ("乙", "甲")), start=1):
        week.pupil(f"p{number}", stays="mon1 wed1", wishes="合唱")
        week.meeting("合唱", "mon1", number=number, staff=f"t{number}", room=monday)
        week.meeting("合唱", "wed1", number=number, staff=f"t{number}", room=wednesday)
        week.place(f"p{number}", "合唱", number=number)
    assert courtesy_figures(week.world()).one_room == Share(kept=0, of=2)
    assert courtesy_figures(kindly(week)).one_room == Share(kept=2, of=2)


def test_a_class_is_in_its_own_room() -> None:
    week = two_groups()
    week.home_class("三1", 3, room="书法室")
    world = kindly(week)
    own = next(section for section in ("剪纸-1", "剪纸-2") if together(world, section) == {"an", "bo"})
    assert [meeting.room for meeting in world.timetable.meetings_by_section[SectionId(own)]] == ["书法室"]


def test_siblings_ride_on_one_of_the_buses_that_leave_together() -> None:
    week = Drawing()
    for number in (1, 2):
        week.trip(f"bus{number}", "东线", 1, "17:45", seats=2)
    week.trip("late", "东线", 1, "18:10", seats=2)
    for name, trip in (("li", "bus1"), ("an", "bus1"), ("brother", "bus2"), ("bo", "bus2"), ("late", "late")):
        week.pupil(name, route=RouteId("东线"), household="H1" if name in {"li", "brother", "late"} else None)
        week.ride(name, 1, trip)
    world = kindly(week)
    by_pupil = {str(ride.pupil): str(ride.trip) for ride in world.timetable.rides}
    assert by_pupil["li"] == by_pupil["brother"]
    assert sorted(by_pupil.values()) == ["bus1", "bus1", "bus2", "bus2", "late"]
    assert by_pupil["late"] == "late"


def test_sizes_are_as_even_as_the_limits_let() -> None:
    assert even_sizes(10, [9, 9, 9]) == [4, 3, 3]
    assert even_sizes(10, [2, 9, 9]) == [2, 4, 4]


def test_the_sharing_out_of_few_pupils_is_the_best_there_is() -> None:
    """Beside every way of sharing eight pupils of three classes into two groups of four."""
    for seed in range(25):
        random = Random(seed)
        week = Drawing()
        for home in ("三2", "三3"):
            week.home_class(home, 3)
        for number in range(8):
            home = random.choice(("三1", "三2", "三3"))
            week.pupil(f"p{number}", home_class=home, household=random.choice((None, "H1", "H2")))
        scenario = week.scenario()
        ids = sorted(scenario.pupil_by_id)

        shared = share_out(scenario, [ids[:4], ids[4:]], [4, 4])
        assert sorted(shared[0] + shared[1]) == ids
        best = max(_worth(scenario, set(part)) for part in combinations(ids, 4))
        assert _worth(scenario, set(shared[0])) == best, seed


def _worth(scenario: Scenario, part: set[PupilId]) -> int:
    """Siblings together, in the part or out of it, less the home classes in each."""
    pupils = scenario.pupil_by_id
    pairs = [(one, two) for one, two in combinations(pupils, 2) if _siblings(pupils[one], pupils[two])]
    kept = sum((one in part) == (two in part) for one, two in pairs)
    homes = ({pupils[one].home_class for one in each} for each in (part, set(pupils) - part))
    return TOGETHER * kept - sum(map(len, homes))


def _siblings(one: Pupil, two: Pupil) -> bool:
    return one.household is not None and one.household == two.household


@pytest.mark.slow
def test_no_clause_and_no_wish_is_worse_off() -> None:
    """Over random small schools under random laws, and points of the model that people would hardly like."""
    changed = 0
    for seed in range(60):
        random = Random(seed)
        scenario = school(random, Size(pupils=16, days=2, slots=1, courses=2, staff=9, rooms=7))
        every = clauses(NATURE + law(random))
        model = build(scenario, every)
        values = liked(random, model)
        if values is None:
            continue
        before = named(model.unknowns, values, digest="", seed=None, program="", buffer_minutes=0)
        after = courteous(scenario, before, model.unknowns.room_classes)
        changed += after != before
        assert _wishes(after) == _wishes(before), seed
        for clause in every:
            told = (seed, clause.id, clause.rule)
            assert audited(World(scenario, after), clause) <= audited(World(scenario, before), clause), told
    assert changed > 5


def _wishes(timetable: Timetable) -> list[tuple[str, str, bool]]:
    """Who has which course at which times, and whether it was wished for."""
    return sorted(
        (one.pupil, slot.slot, one.chosen) for one in timetable.placements for slot in timetable.meetings_by_section[one.section]
    )
