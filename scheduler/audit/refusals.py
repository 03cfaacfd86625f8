"""Why was a wish not granted? What the table and the facts alone say; what it would cost others only the solver knows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from scheduler.audit import naming
from scheduler.audit.reach import Reach
from scheduler.audit.wishes import has_wishes, seats_of, suits, wishes_granted_to
from scheduler.audit.world import World
from scheduler.domain import Choice, Course, CourseId, Pupil
from scheduler.timetable import Section


class Why(StrEnum):
    """The first reason that holds, in this order."""

    NOT_FOR_GRADE = "not_for_grade"
    TOO_FEW = "too_few"
    """Not opened: fewer children want it than its smallest group."""
    NOT_OPENED = "not_opened"
    OTHER_TEACHER = "other_teacher"
    OTHER_DAY = "other_day"
    NOT_STAYING = "not_staying"
    CLASH = "clash"
    """Each of its sections meets while a dearer wish that is granted does."""
    FULL = "full"
    OWN_WEEK = "own_week"
    """A section has free seats; rules about the pupil's week or its class, or the order of the aims, stand against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One wish that was not granted although fewer dearer ones were than the pupil wants."""

    pupil: Pupil
    choice: Choice
    why: Why
    zh: str
    en: str
    sections: tuple[Section, ...] = ()
    """Those spoken of: of the clash, or full."""

    @property
    def open_to_question(self) -> bool:
        """Whether another way to share out the same sections could grant it."""
        return self.why in (Why.FULL, Why.OWN_WEEK)


class Refusals:
    """The refused wishes of one table."""

    def __init__(self, world: World) -> None:
        self.world, self.reach = world, Reach(world)

    def of_all(self) -> Iterator[Refusal]:
        """Those of every participant, by home class and id."""
        for pupil in sorted(self.world.participants, key=lambda pupil: (pupil.home_class, pupil.id)):
            yield from self.of(pupil)

    def of(self, pupil: Pupil) -> Iterator[Refusal]:
        """Those of one pupil, dearest first. A wish behind as many granted ones as the pupil wants is not refused."""
        if not has_wishes(self.world, pupil):
            return
        granted = wishes_granted_to(self.world, pupil)
        courses = {choice.course for choice in granted}
        for choice in sorted(pupil.choices, key=lambda choice: choice.rank):
            dearer = [one for one in granted if one.rank < choice.rank]
            if choice not in granted and choice.course not in courses and len(dearer) < pupil.wanted:
                yield self._refusal(pupil, choice, dearer)

    @cached_property
    def asked(self) -> Counter[CourseId]:
        """Participants who listed each course and whose grade it is for."""
        counted: Counter[CourseId] = Counter()
        for pupil in self.world.participants:
            for course in {choice.course for choice in pupil.choices}:
                known = self.world.scenario.course_by_id.get(course)
                if known is not None and self.world.grade(pupil).number in self.world.grades_open(known):
                    counted[course] += 1
        return counted

    def _refusal(self, pupil: Pupil, choice: Choice, dearer: Sequence[Choice]) -> Refusal:
        course = self.world.scenario.course_by_id[choice.course]
        why, sections = self._reason(pupil, choice, course, dearer)
        zh, en = self._words(pupil, choice, course, why, sections)
        return Refusal(
            pupil=pupil, choice=choice, why=why, zh=f"“{course.title}”{zh}。", en=f"{course.title}: {en}.", sections=sections
        )

    def _reason(self, pupil: Pupil, choice: Choice, course: Course, dearer: Sequence[Choice]) -> tuple[Why, tuple[Section, ...]]:
        if self.world.grade(pupil).number not in self.world.grades_open(course):
            return Why.NOT_FOR_GRADE, ()
        open_ = self.reach.by_course.get(choice.course, ())
        if not open_:
            return (Why.TOO_FEW if self.asked[course.id] < course.min_size else Why.NOT_OPENED), ()
        fitting = [one for one in open_ if suits(choice, one, self.world.held_by_section[one.id])]
        if not fitting:
            return (Why.OTHER_TEACHER if choice.teacher is not None else Why.OTHER_DAY), ()
        within = [one for one in fitting if self.reach.may_sit(pupil, one)]
        if not within:
            return Why.NOT_STAYING, tuple(fitting)
        courses = {one.course for one in dearer}
        held = [section for section in seats_of(self.world, pupil) if section.course in courses]
        free = [one for one in within if not any(self.reach.meet_at_once(one, other) for other in held)]
        if not free:
            return Why.CLASH, tuple(sorted(one for one in held if any(self.reach.meet_at_once(one, other) for other in within)))
        full = [one for one in free if self.reach.seats(one) <= len(self.world.placements_by_section.get(one.id, ()))]
        return (
            (Why.FULL, tuple(full)) if len(full) == len(free) else (Why.OWN_WEEK, tuple(one for one in free if one not in full))
        )

    def _words(self, pupil: Pupil, choice: Choice, course: Course, why: Why, sections: Sequence[Section]) -> tuple[str, str]:
        asked, grade = self.asked[course.id], self.world.grade(pupil).number
        if why is Why.NOT_FOR_GRADE:
            return f"不面向{naming.grade_zh(grade)}", f"not for grade {grade}"
        if why is Why.TOO_FEW:
            return (
                f"没有开班：{asked} 名学生填报，不足最小班额 {course.min_size} 人",
                f"not opened: {asked} pupils asked for it, and its smallest group is {course.min_size}",
            )
        if why is Why.CLASH:
            names = "、".join(naming.section_name(one, self.world.course(one)) for one in sections)
            return f"与已满足的更靠前的志愿{names}时间冲突", f"meets while a dearer wish that is granted does: {names}"
        if why is Why.FULL:
            seats = sum(self.reach.seats(one) for one in sections)
            return f"名额已满（{seats} 个名额，{asked} 人填报）", f"full ({seats} seats, {asked} pupils asked for it)"
        return WORDS[why]


WORDS: Mapping[Why, tuple[str, str]] = {
    Why.NOT_OPENED: ("没有开班：时段、场地、教师用在了其他项目上", "not opened: slots, rooms and leaders went to other courses"),
    Why.OTHER_TEACHER: ("没有由所选教师任教的班", "not led by the teacher asked for"),
    Why.OTHER_DAY: ("所选的那一天没有开班", "not held on the day asked for"),
    Why.NOT_STAYING: ("上课的时段家长没有报名", "meets in slots that the family did not ask for"),
    Why.OWN_WEEK: (
        "还有空位，但与这名学生一周的其他要求（体育、素质拓展比例、作业等）或整体安排不能兼顾",
        "has free seats, which do not go with what this pupil's week must hold or with the plan as a whole",
    ),
}
"""Reasons that need no figures, zh and en."""
