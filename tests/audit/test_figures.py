"""Are wishes, places and base care counted as a person would count them?"""

from scheduler.audit.figures import PupilFigures, priority_figures, pupil_figures, wish_figures
from scheduler.domain import Flag, Form
from tests.rules.worlds import Drawing


def two_days() -> Drawing:
    """li has the 1st and 3rd wish, wang the 2nd, zhao none and sits in base care on Monday; qian has no wishes."""
    week = Drawing()
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", "Tue 16:30-17:10")
    for course, slot in (("剪纸", "mon1"), ("足球", "tue1"), ("合唱", "mon1")):
        week.course(course)
        week.meeting(course, slot, staff=f"{course}老师", room=f"{course}室")
    week.course("托管", form=Form.BASE_CARE)
    week.meeting("托管", "mon1", staff="托管老师", room="托管室")
    week.pupil("li", stays="mon1 tue1", wishes="剪纸 合唱 足球", wanted=2)
    week.pupil("wang", stays="mon1", wishes="剪纸 合唱", wanted=1)
    week.pupil("zhao", stays="mon1 tue1", wishes="剪纸", wanted=3, flags=frozenset({Flag.LEFT_BEHIND}))
    week.pupil("qian", stays="mon1")
    week.place("li", "剪纸")
    week.place("li", "足球")
    week.place("wang", "合唱")
    week.place("zhao qian", "托管", arranged=True)
    return week


def test_wishes_are_counted_by_hand() -> None:
    """Wanted 2 + 1 + 1 (zhao lists one course only); granted ranks 1, 3 and 2; one of three has the dearest."""
    figures = wish_figures(two_days().world())
    assert (figures.pupils, figures.wanted, figures.granted, figures.none_granted) == (3, 4, 3, 1)
    assert (figures.mean_rank, figures.worst_rank) == (2.0, 3)
    assert figures.first_choice_share == 1 / 3


def test_zhao_has_no_place_on_tuesday() -> None:
    """Slots asked for: 2 + 1 + 2 + 1."""
    assert pupil_figures(two_days().world()) == PupilFigures(applied=4, placed=3, unplaced=1, base_care_slots=2, pupil_slots=6)


def test_priority_groups_are_told_apart() -> None:
    split = priority_figures(two_days().world(), frozenset({Flag.LEFT_BEHIND}))
    assert (split.priority.pupils, split.priority.none_granted) == (1, 1)
    assert (split.others.pupils, split.others.none_granted) == (2, 0)


def test_no_wishes_give_no_shares() -> None:
    week = Drawing()
    figures = wish_figures(week.world())
    assert (figures.wanted, figures.first_choice_share, figures.mean_rank, figures.worst_rank) == (0, None, None, None)
