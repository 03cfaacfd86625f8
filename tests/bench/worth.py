"""How good is a plan, stage by stage and in points? The yardsticks of the benchmark, read from the finished table alone."""

from collections.abc import Mapping, Sequence

from scheduler.audit import audit
from scheduler.audit.figures import pupil_figures
from scheduler.audit.wishes import has_wishes, wishes_granted_to
from scheduler.audit.world import World
from scheduler.domain import Category, Form, Pupil, Scenario
from scheduler.policy import Clause
from scheduler.timetable import Timetable

UNPLACED, MISSING_PE, BASE_CARE = 1000, 300, 100
"""Points of a pupil-slot without a place, of a day without PE, of a pupil-slot in base care."""
SHORT_OF = (120, 60, 30, 15)
"""Points of the first, second, … wish wanted and not granted."""


def by_stage(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable) -> Mapping[str, int]:
    """The aims in their order; less is better. `binding`: points of all findings that stand against publication."""
    world = World(scenario, timetable)
    pupils = pupil_figures(world)
    report = audit(scenario, timetable, clauses)
    granted = [wishes_granted_to(world, pupil) for pupil in world.participants if has_wishes(world, pupil)]
    most = max((len(one) for one in granted), default=0)
    return {
        "unplaced": sum(len(world.stays_of(pupil)) - _placed(world, pupil) for pupil in world.participants),
        "binding": sum(finding.amount for finding in (*report.breaches, *report.waivers_needed)),
        "base_care": pupils.base_care_slots,
        **{f"round_{k}": -sum(len(one) >= k for one in granted) for k in range(1, most + 1)},
        "ranks": sum(choice.rank**2 for one in granted for choice in one),
    }


def is_complete(scenario: Scenario, clauses: Sequence[Clause], timetable: Timetable) -> bool:
    """Everybody has a place, two pupil-slots in a hundred at most are base care, and the audit finds nothing against it."""
    pupils = pupil_figures(World(scenario, timetable))
    if pupils.unplaced or 50 * pupils.base_care_slots > pupils.pupil_slots:
        return False
    return audit(scenario, timetable, clauses).lawful


def points(scenario: Scenario, timetable: Timetable) -> int:
    """The one number that the plain model minimises, of any table."""
    world = World(scenario, timetable)
    total = 0
    for pupil in world.participants:
        cells = world.cells_by_pupil[pupil.id]
        total += UNPLACED * (len(world.stays_of(pupil)) - _placed(world, pupil))
        total += BASE_CARE * sum(cell.course.form is Form.BASE_CARE for cell in cells)
        moved = {cell.slot.weekday for cell in cells if cell.course.category is Category.PE}
        total += MISSING_PE * len(days_to_move(scenario, pupil) - moved)
        if has_wishes(world, pupil):
            granted = wishes_granted_to(world, pupil)
            total += wish_points(pupil, len(granted)) + sum(choice.rank for choice in granted)
    return total


def wish_points(pupil: Pupil, granted: int) -> int:
    """What the wishes that are wanted and not granted cost."""
    wanted = min(pupil.wanted, len({choice.course for choice in pupil.choices}))
    return sum(SHORT_OF[min(k, len(SHORT_OF) - 1)] for k in range(granted, wanted))


def days_to_move(scenario: Scenario, pupil: Pupil) -> set[int]:
    """Weekdays on which the pupil stays for two slots or more and has no PE lesson."""
    stays = [scenario.slot_by_id[slot].weekday for slot in pupil.stays]
    lessons = {lesson.weekday for lesson in scenario.lessons if lesson.pe and lesson.home_class == pupil.home_class}
    return {day for day in stays if day <= 5 and stays.count(day) >= 2 and day not in lessons}


def _placed(world: World, pupil: Pupil) -> int:
    asked = {slot.id for slot in world.stays_of(pupil)}
    return len(asked & {cell.slot.id for cell in world.cells_by_pupil[pupil.id]})
