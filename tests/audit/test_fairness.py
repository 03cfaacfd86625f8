"""Are shares of the wishes compared as a person would compare them?"""

from scheduler.audit.envy import Envy
from scheduler.audit.fairness import WorstOff, fairness
from scheduler.audit.reach import Reach
from scheduler.domain import ClauseId, Flag, PupilId
from scheduler.policy import Clause, Strength
from scheduler.rulebook import PriorityGroups
from tests.audit.test_figures import two_days
from tests.rules.worlds import Drawing

LEFT_BEHIND_FIRST = Clause(
    id=ClauseId("first"),
    county="test",
    at="一",
    quote="……",
    strength=Strength.MUST,
    rule=PriorityGroups(flags=frozenset({Flag.LEFT_BEHIND})),
)


def test_ranks_and_the_worst_off_are_counted_by_hand() -> None:
    """li holds the 1st and 3rd wish, wang the 2nd, zhao none of one within reach; wang and zhao would rather be li."""
    shared = fairness(two_days().world(), ())
    assert shared.rank_profile == (1, 1, 1)
    assert shared.worst_off == WorstOff(pupil=PupilId("zhao"), share=0.0)
    assert shared.envy == Envy(pairs=6, envious=2, beyond_one_seat=0)
    assert set(shared.groups) == {"others"}


def test_only_equals_are_compared() -> None:
    """zhao comes first and is compared with nobody; wang is compared with li."""
    shared = fairness(two_days().world(), (LEFT_BEHIND_FIRST,))
    assert shared.envy == Envy(pairs=2, envious=1, beyond_one_seat=0)
    assert (shared.groups["left_behind"].none_granted, shared.groups["others"].none_granted) == (1, 0)


def test_the_best_a_pupil_could_have_keeps_slots_and_courses_apart() -> None:
    """Of three wishes the first two meet at one time, and the third has two groups: 1st and 3rd, worth 3 + 1."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", "Tue 16:30-17:10")
    for course in ("剪纸", "合唱", "足球"):
        week.course(course)
    for place, (course, slot, number) in enumerate(
        (("剪纸", "mon1", 1), ("合唱", "mon1", 1), ("足球", "tue1", 1), ("足球", "mon1", 2))
    ):
        week.meeting(course, slot, number=number, staff=f"老师{place}", room=f"室{place}")
    week.pupil("li", stays="mon1 tue1", wishes="剪纸 合唱 足球", wanted=3)
    world = week.world()
    reach, li = Reach(world), world.participants[0]
    assert sorted(reach.ranks(li).values()) == [1, 2, 3, 3]
    assert reach.best_worth(li, reach.ranks(li)) == 4


def test_nobody_with_wishes_leaves_nothing_to_compare() -> None:
    shared = fairness(Drawing().world(), ())
    assert (shared.rank_profile, shared.worst_off, shared.groups) == ((), None, {})
