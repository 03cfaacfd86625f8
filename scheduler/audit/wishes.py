"""Which wish does a seat grant, and who has one granted? Facts that several rules about pupils look at."""

from collections.abc import Sequence

from scheduler.audit.world import Held, World
from scheduler.domain import Choice, Form, Pupil
from scheduler.timetable import Section


def has_wishes(world: World, pupil: Pupil) -> bool:
    """A participant with choices who wants at least one of them."""
    return pupil.enrolled and bool(world.stays_of(pupil)) and bool(pupil.choices) and pupil.wanted >= 1


def seats_of(world: World, pupil: Pupil) -> tuple[Section, ...]:
    """Sections of chosen courses the pupil sits in."""
    sections = (world.section_by_id[placement.section] for placement in world.placements_by_pupil.get(pupil.id, ()))
    return tuple(section for section in sections if world.course(section).form is Form.CHOSEN)


def suits(choice: Choice, section: Section, meetings: Sequence[Held]) -> bool:
    """The section is what the wish asks for: the course, led by the teacher and on the weekday it names."""
    return (
        section.course == choice.course
        and (choice.teacher is None or all(held.meeting.staff[:1] == (choice.teacher,) for held in meetings))
        and (choice.weekday is None or all(held.slot.weekday == choice.weekday for held in meetings))
    )


def wish_granted_by(world: World, pupil: Pupil, section: Section) -> Choice | None:
    """The dearest wish that a seat in this section grants; `None`: none of them."""
    meetings = world.held_by_section[section.id]
    fitting = (choice for choice in pupil.choices if suits(choice, section, meetings))
    return min(fitting, key=lambda choice: choice.rank, default=None)


def wishes_granted_to(world: World, pupil: Pupil) -> tuple[Choice, ...]:
    """The wishes that the pupil's seats grant, dearest first."""
    granted = (wish_granted_by(world, pupil, section) for section in seats_of(world, pupil))
    return tuple(sorted((choice for choice in granted if choice is not None), key=lambda choice: choice.rank))
