"""What is wrong with a section? Its size, its pupils, the shape of its week, and what people had decided about it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from scheduler.audit import naming
from scheduler.audit.report import Deviation, Subject
from scheduler.audit.world import Held, World
from scheduler.domain import Course, CourseId, Form, Grouping, Lock, Pattern, RoomId, Slot, StaffId
from scheduler.rulebook import LocksKept, PatternKept, Scope, SectionSizes
from scheduler.timetable import Section

PATTERNS_ZH: Mapping[Pattern, str] = {
    Pattern.SINGLE: "每周一个时段",
    Pattern.TWO_DAYS: "两天、同一序号的两个时段",
    Pattern.DOUBLE: "同一天相连的两个时段",
}
PATTERNS_EN: Mapping[Pattern, str] = {
    Pattern.SINGLE: "one slot a week",
    Pattern.TWO_DAYS: "two slots of one number on two days",
    Pattern.DOUBLE: "two running slots of one day",
}


def section_sizes(world: World, rule: SectionSizes) -> Iterator[Deviation]:
    """Pupils below the least or above the most, of other grades or groups; sections above the number allowed."""
    sections = world.sections_bound(rule.scope)
    for section in sections:
        yield from _wrong_size(world, section, world.course(section))
        yield from _wrong_pupils(world, section, world.course(section))
    for id_, number in Counter(section.course for section in sections).items():
        course = world.scenario.course_by_id[id_]
        if course.max_sections is not None and number > course.max_sections:
            yield Deviation(
                amount=number - course.max_sections,
                subjects=(naming.course(course),),
                zh=f"“{course.title}”开了{number}个班，最多{course.max_sections}个。",
                en=f"“{course.title}” has {number} sections, at most {course.max_sections} are allowed.",
            )


def _wrong_size(world: World, section: Section, course: Course) -> Iterator[Deviation]:
    pupils = len(world.pupils_of(section))
    name, about = naming.section_name(section, course), (naming.section(section, course),)
    if course.form is Form.CHOSEN and pupils < course.min_size:
        yield Deviation(
            amount=course.min_size - pupils,
            subjects=about,
            zh=f"{name}只有{pupils}人，少于开班人数{course.min_size}人。",
            en=f"{name} has {pupils} pupils, fewer than the {course.min_size} it opens with.",
        )
    if pupils > course.max_size:
        yield Deviation(
            amount=pupils - course.max_size,
            subjects=about,
            zh=f"{name}有{pupils}人，超过{course.max_size}人的上限。",
            en=f"{name} has {pupils} pupils, more than {course.max_size}.",
        )


def _wrong_pupils(world: World, section: Section, course: Course) -> Iterator[Deviation]:
    pupils, name = world.pupils_of(section), naming.section_name(section, course)
    about: Subject = naming.section(section, course)
    for pupil in pupils:
        grade = world.grade(pupil).number
        if grade not in world.grades_open(course):
            yield Deviation(
                amount=1,
                subjects=(naming.pupil(pupil), about),
                zh=f"{name}不面向{naming.grade_zh(grade)}，{pupil.name}却在其中。",
                en=f"{name} is not for {naming.grade_en(grade)}, but {pupil.name} sits in it.",
            )
    groups: set[str] = set()
    if course.grouping is Grouping.HOME_CLASS:
        groups = {world.home_class(pupil).name for pupil in pupils}
    elif course.grouping is Grouping.GRADE:
        groups = {naming.grade_zh(world.grade(pupil).number) for pupil in pupils}
    if len(groups) > 1:
        kind_zh, kind_en = ("行政班", "home class") if course.grouping is Grouping.HOME_CLASS else ("年级", "grade")
        yield Deviation(
            amount=len(groups) - 1,
            subjects=(about,),
            zh=f"{name}应按{kind_zh}编班，却混了{'、'.join(sorted(groups))}。",
            en=f"{name} is for one {kind_en} at a time but mixes {', '.join(sorted(groups))}.",
        )


def pattern_kept(world: World, rule: PatternKept) -> Iterator[Deviation]:
    """1 per section of another shape, per meeting outside its slots or grades, and per unknown name in the meetings."""
    if world.in_force(rule.scope):
        yield from world.unknown_in_meetings
    for section in _drawn(world, rule.scope):
        course = world.course(section)
        pattern = course.pattern if course.form is Form.CHOSEN else Pattern.SINGLE
        slots = tuple(held.slot for held in world.held_by_section[section.id])
        if not has_shape(pattern, slots):
            name = naming.section_name(section, course)
            met_zh = "、".join(naming.slot_zh(slot) for slot in slots) or "没有上课时段"
            met_en = ", ".join(naming.slot_en(slot) for slot in slots) or "no slot"
            yield Deviation(
                amount=1,
                subjects=(naming.section(section, course),),
                zh=f"{name}应为{PATTERNS_ZH[pattern]}，现为：{met_zh}。",
                en=f"{name} should meet in {PATTERNS_EN[pattern]}; it has {met_en}.",
            )
    for held in world.held_bound(rule.scope):
        yield from _wrong_slot(world, held)


def _drawn(world: World, scope: Scope) -> tuple[Section, ...]:
    """Sections bound, and those with pupils that never meet: they have no shape at all."""
    idle = (one for one in world.sections if world.pupils_of(one) and not world.held_by_section[one.id])
    bound = frozenset(world.grades_bound(scope))
    return (*world.sections_bound(scope), *(one for one in idle if world.grades_open(world.course(one)) & bound))


def has_shape(pattern: Pattern, slots: Sequence[Slot]) -> bool:
    """The slots of one section are what the pattern asks for."""
    if pattern is Pattern.SINGLE:
        return len(slots) == 1
    if len(slots) != 2 or not slots[0].grades & slots[1].grades:
        return False
    numbers = sorted(slot.number for slot in slots)
    same_day = slots[0].weekday == slots[1].weekday
    if pattern is Pattern.TWO_DAYS:
        return not same_day and numbers[0] == numbers[1]
    return same_day and numbers[1] == numbers[0] + 1


def _wrong_slot(world: World, held: Held) -> Iterator[Deviation]:
    if held.course.slots is not None and held.slot.id not in held.course.slots:
        yield Deviation(
            amount=1,
            subjects=held.subjects,
            zh=f"“{held.course.title}”不能排在{naming.slot_zh(held.slot)}。",
            en=f"“{held.course.title}” may not meet in {naming.slot_en(held.slot)}.",
        )
    if not world.grades_of_meeting(held):
        yield Deviation(
            amount=1,
            subjects=held.subjects,
            zh=f"{naming.slot_zh(held.slot)}不是“{held.course.title}”所面向年级的时段。",
            en=f"{naming.slot_en(held.slot)} is not offered to any grade of “{held.course.title}”.",
        )
    kept_for = held.slot.strand
    if kept_for is not None and held.course.strand not in (None, kept_for):
        yield Deviation(
            amount=1,
            subjects=held.subjects,
            zh=f"{naming.slot_zh(held.slot)}留给{naming.strand_zh(kept_for)}，“{held.course.title}”不属于它。",
            en=f"{naming.slot_en(held.slot)} is kept for “{kept_for.value}”, which “{held.course.title}” is not.",
        )


def locks_kept(world: World, rule: LocksKept) -> Iterator[Deviation]:
    """1 per lock that the table does not carry out."""
    if not world.in_force(rule.scope):
        return
    sections: defaultdict[CourseId, list[Section]] = defaultdict(list)
    for section in world.sections_held:
        sections[section.course].append(section)
    for lock in world.scenario.locks:
        if not any(_carries_out(world, lock, section) for section in sections[lock.course]):
            what_zh, what_en = _lock_words(world, lock)
            yield Deviation(
                amount=1,
                subjects=(naming.lock(lock),),
                zh=f"{lock.by}的预排没有执行：{what_zh}（{lock.why}）。",
                en=f"What {lock.by} decided is not carried out: {what_en} ({lock.why}).",
            )


def _carries_out(world: World, lock: Lock, section: Section) -> bool:
    if lock.pupil is not None:
        return any(pupil.id == lock.pupil for pupil in world.pupils_of(section))
    meetings = world.held_by_section[section.id]
    return (
        bool(meetings)
        and (not lock.slots or {held.slot.id for held in meetings} == lock.slots)
        and (lock.room is None or all(held.meeting.room == lock.room for held in meetings))
        and (lock.staff is None or all(held.meeting.staff[:1] == (lock.staff,) for held in meetings))
    )


def _lock_words(world: World, lock: Lock) -> tuple[str, str]:
    """What the lock asks for, in Chinese and English; ids where a name is not known."""
    scenario = world.scenario
    course = scenario.course_by_id.get(lock.course)
    title = course.title if course is not None else lock.course
    if lock.pupil is not None:
        pupil = world.pupil_by_id.get(lock.pupil)
        name = pupil.name if pupil is not None else lock.pupil
        return f"{name}应在“{title}”", f"{name} in “{title}”"
    slots = [scenario.slot_by_id[slot] for slot in sorted(lock.slots) if slot in scenario.slot_by_id]
    room, person = scenario.room_by_id.get(lock.room or RoomId("")), scenario.staff_by_id.get(lock.staff or StaffId(""))
    parts_zh = [f"“{title}”", *(naming.slot_zh(slot) for slot in slots)]
    parts_en = [f"“{title}”", *(naming.slot_en(slot) for slot in slots)]
    names = [one.name for one in (room, person) if one is not None]
    return "，".join(parts_zh + names), ", ".join(parts_en + names)
