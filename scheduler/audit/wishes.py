"""Which wish does a seat grant, who has one granted, and who should have come first?"""

from collections.abc import Iterator, Mapping, Sequence

from scheduler.audit import naming
from scheduler.audit.report import Deviation
from scheduler.audit.world import Held, World
from scheduler.domain import Choice, Flag, Form, Pupil
from scheduler.rulebook import PriorityGroups, WishesGranted, WishesKept
from scheduler.timetable import Section

FLAGS_ZH: Mapping[Flag, str] = {
    Flag.LEFT_BEHIND: "留守儿童",
    Flag.MIGRANT_WORKER_CHILD: "进城务工人员随迁子女",
    Flag.DISABILITY: "残疾儿童",
    Flag.HARDSHIP: "家庭经济困难儿童",
    Flag.RURAL_OUT_OF_POVERTY: "农村脱贫户儿童",
    Flag.DIBAO: "低保家庭儿童",
    Flag.LEARNING_DIFFICULTY: "学习有困难学生",
    Flag.TALENT: "学有余力学生",
}


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
        and bool(meetings)
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


def wishes_kept(world: World, rule: WishesKept) -> Iterator[Deviation]:
    """1 per seat that grants no wish, per place wrongly marked as a wish, per further section; seats above `wanted`."""
    for pupil in world.pupils_bound(rule.scope):
        yield from _marked_as_wishes(world, pupil)
        seats = seats_of(world, pupil)
        locked = {lock.course for lock in world.scenario.locks if lock.pupil == pupil.id}
        seen: set[str] = set()
        for section in seats:
            course = world.course(section)
            name = naming.section_name(section, course)
            if course.id in seen:
                yield _about_seat(world, pupil, section, f"已在“{course.title}”，又被安排在{name}", f"has a second seat: {name}")
            seen.add(course.id)
            free = pupil.accept_any and world.grade(pupil).number in world.grades_open(course)
            if not free and course.id not in locked and wish_granted_by(world, pupil, section) is None:
                yield _about_seat(world, pupil, section, f"没有填报{name}", f"did not ask for {name}")
        if len(seats) > pupil.wanted:
            yield Deviation(
                amount=len(seats) - pupil.wanted,
                subjects=(naming.pupil(pupil),),
                zh=f"{pupil.name}只要{pupil.wanted}个自选项目，却安排了{len(seats)}个。",
                en=f"{pupil.name} wants {pupil.wanted} chosen courses and has {len(seats)}.",
            )


def _marked_as_wishes(world: World, pupil: Pupil) -> Iterator[Deviation]:
    for placement in world.placements_by_pupil.get(pupil.id, ()):
        section = world.section_by_id[placement.section]
        course = world.course(section)
        if placement.chosen and course.form is not Form.CHOSEN:
            name, form = naming.section_name(section, course), course.form
            zh = f"在{name}的位置标成了志愿，而它是{naming.FORMS_ZH[form]}"
            yield _about_seat(world, pupil, section, zh, f"has {name} marked as a wish, but it is {naming.words(form)}")


def _about_seat(world: World, pupil: Pupil, section: Section, zh: str, en: str) -> Deviation:
    subjects = (naming.pupil(pupil), naming.section(section, world.course(section)))
    return Deviation(amount=1, subjects=subjects, zh=f"{pupil.name}{zh}。", en=f"{pupil.name} {en}.")


def priority_groups(world: World, rule: PriorityGroups) -> Iterator[Deviation]:
    """1 per child of the groups without any wish while others hold a seat the child asked for and could have sat in."""
    for pupil in world.pupils_bound(rule.scope):
        if not comes_first(world, rule, pupil) or not has_wishes(world, pupil) or wishes_granted_to(world, pupil):
            continue
        taken = next((found for found in _seats_taken(world, rule, pupil)), None)
        if taken is not None:
            section, other = taken
            name = naming.section_name(section, world.course(section))
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), naming.section(section, world.course(section)), naming.pupil(other)),
                zh=f"{pupil.name}属于优先保障对象（{_groups_zh(world, rule, pupil)}），没有满足任何志愿，"
                f"而{name}的座位给了非优先的{other.name}。",
                en=f"{pupil.name} comes first but has no wish granted, while {other.name} holds a seat in {name}.",
            )


def comes_first(world: World, rule: PriorityGroups, pupil: Pupil) -> bool:
    """The pupil is of a group, grade or stage that the rule puts first."""
    grade = world.grade(pupil)
    return bool(pupil.flags & rule.flags) or grade.stage in rule.stages or grade.number in rule.grades


def _seats_taken(world: World, rule: PriorityGroups, pupil: Pupil) -> Iterator[tuple[Section, Pupil]]:
    grade = world.grade(pupil).number
    for section in world.sections_held:
        meetings = world.held_by_section[section.id]
        course = world.course(section)
        could_sit = meetings and course.form is Form.CHOSEN and grade in world.grades_open(course)
        if not could_sit or not all(held.slot.id in pupil.stays for held in meetings):
            continue
        if any(suits(choice, section, meetings) for choice in pupil.choices):
            for other in world.pupils_of(section):
                if not comes_first(world, rule, other):
                    yield section, other
                    break


def _groups_zh(world: World, rule: PriorityGroups, pupil: Pupil) -> str:
    flags = [FLAGS_ZH[flag] for flag in sorted(pupil.flags & rule.flags)]
    return "、".join(flags) or naming.grade_zh(world.grade(pupil).number)


def wishes_granted(world: World, rule: WishesGranted) -> Iterator[Deviation]:
    """1 per participant with wishes and none granted."""
    for pupil in world.pupils_bound(rule.scope):
        if has_wishes(world, pupil) and not wishes_granted_to(world, pupil):
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil),),
                zh=f"{pupil.name}填报了{len(pupil.choices)}个志愿，一个也没有满足。",
                en=f"{pupil.name} made {len(pupil.choices)} wishes and none is granted.",
            )
