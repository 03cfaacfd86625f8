"""What is offered? The menu (项目表): content, time, duration, leader, place, sections and size of each course."""

from dataclasses import dataclass

from scheduler.domain import Category, Clock, Course, Form, Slot, Strand
from scheduler.intake.words import words_of
from scheduler.publish.names import WEEKDAYS
from scheduler.publish.view import Kind, Line, View


@dataclass(frozen=True, slots=True)
class Item:
    """A course as the menu prints it; texts are ready to show."""

    course: str
    title: str
    strand: str
    category: str
    grades: str
    sections: int
    times: tuple[str, ...]
    minutes: str
    leaders: tuple[str, ...]
    places: tuple[str, ...]
    most: int
    """Pupils a section may have."""
    placed: int
    """Pupils placed over all sections."""


def menu(view: View) -> tuple[Item, ...]:
    """Courses that have a section in the plan: chosen ones first, then arranged ones and care, each by title."""
    order = list(Form)
    used = {section.course for section in view.timetable.sections}
    opened = [course for course in view.scenario.courses if course.id in used]
    return tuple(_item(view, course) for course in sorted(opened, key=lambda one: (order.index(one.form), one.title, one.id)))


def strand_word(course: Course | None, language: str) -> str:
    """“1” or “X”; care has a word of its own."""
    if course is None:
        return ""
    if course.strand is Strand.ONE:
        return "“1”学科辅导" if language == "zh" else "“1” academic"
    if course.strand is Strand.X:
        return "“X”素质拓展" if language == "zh" else "“X” enrichment"
    return "托管看护" if language == "zh" else "care"


def clock_text(slot: Slot, view: View) -> str:
    """16:40—17:20, season by season where they differ."""
    return "；".join(f"{season} {span(clock)}".strip() for season, clock in view.times(slot))


def span(clock: Clock) -> str:
    """16:40—17:20."""
    return f"{clock.start:%H:%M}—{clock.end:%H:%M}"


def _item(view: View, course: Course) -> Item:
    lines = view.lines_of(Kind.COURSE, course.id)
    sections = [section for section in view.timetable.sections if section.course == course.id]
    minutes = sorted({clock.minutes for line in lines for _, clock in view.times(line.slot)})
    category = words_of(Category)[course.category.value]
    return Item(
        course=course.id,
        title=course.title,
        strand=strand_word(course, view.language),
        category=category[0] if view.language == "zh" else category[1],
        grades=_grades(course, view.language),
        sections=len(sections),
        times=tuple(dict.fromkeys(f"{day_word(line, view.language)} {clock_text(line.slot, view)}" for line in lines)),
        minutes="/".join(map(str, minutes)),
        leaders=tuple(dict.fromkeys(line.staff[0] for line in lines if line.staff)),
        places=tuple(dict.fromkeys(line.room for line in lines if line.room)),
        most=course.max_size,
        placed=len({row.pupil for section in sections for row in view.timetable.placements_by_section.get(section.id, ())}),
    )


def day_word(line: Line, language: str) -> str:
    """周一 or Mon."""
    return WEEKDAYS[language][line.slot.weekday - 1]


def _grades(course: Course, language: str) -> str:
    grades = sorted(course.grades)
    if not grades:
        return "全校" if language == "zh" else "all"
    running = len(grades) > 1 and grades == list(range(grades[0], grades[-1] + 1))
    told = f"{grades[0]}—{grades[-1]}" if running else ("、" if language == "zh" else ", ").join(map(str, grades))
    return f"{told}年级" if language == "zh" else f"grades {told}"
