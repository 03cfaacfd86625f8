"""What is wrong with who leads what? Staff (人员): who may, who is enough, who has too much; people from outside apart."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, time

from scheduler.audit import naming
from scheduler.audit.days import of_season, season_en, season_zh
from scheduler.audit.report import Deviation
from scheduler.audit.world import SCHOOL_WEEK, Held, World
from scheduler.calendar import service_dates, weekday_followed
from scheduler.domain import FlexibleHours, Role, Season, Staff, StaffId, StaffKind
from scheduler.rulebook import DutyEachDay, EnoughStaff, FlexibleHoursKept, LoadCaps, MayLead, StaffWishes, WorksOnlyWhenAvailable

OF_THE_SCHOOL = frozenset({StaffKind.OWN, StaffKind.BORROWED})
ROLES_ZH: Mapping[Role, str] = {Role.DUTY_LEADER: "值班领导", Role.INSPECTOR: "督查人员"}
ROLES_EN: Mapping[Role, str] = {Role.DUTY_LEADER: "duty leader", Role.INSPECTOR: "inspector"}


def may_lead(world: World, rule: MayLead) -> Iterator[Deviation]:
    """1 per person on a meeting they may not lead, 1 per meeting without anyone."""
    for held in world.held_bound(rule.scope):
        if not held.staff:
            yield Deviation(amount=1, subjects=held.subjects, zh=f"{held.zh}没有教师。", en=f"Nobody leads {held.en}.")
        for person in held.staff:
            if (reason := why_not_lead(person, held)) is not None:
                yield Deviation(
                    amount=1,
                    subjects=(naming.staff(person), *held.subjects),
                    zh=f"{held.zh}安排了{person.name}，但{reason[0]}。",
                    en=f"{person.name} is on {held.en}, but {reason[1]}.",
                )


def why_not_lead(person: Staff, held: Held) -> tuple[str, str] | None:
    """Why the person may not stand before this course, in Chinese and English; `None` where they may."""
    course = held.course
    if not person.willing:
        return "本人不愿意参加课后服务", "does not take part in the service"
    if course.leaders and person.id not in course.leaders:
        return "不在该项目的指定教师之中", "is not among the people named for the course"
    if course.provider is not None and person.provider != course.provider:
        return "不是该项目所属机构的人员", "does not belong to the provider of the course"
    if course.skill is not None and not course.leaders and course.skill not in person.skills:
        return f"不具备“{course.skill}”专长", f"lacks the skill “{course.skill}”"
    free = not course.leaders and course.provider is None and course.skill is None
    if free and person.kind not in OF_THE_SCHOOL:
        return "该项目只能由本校或借调教师承担", "the course is for teachers of the school or borrowed ones"
    return None


def enough_staff(world: World, rule: EnoughStaff) -> Iterator[Deviation]:
    """Adults missing at each meeting, by the pupils placed."""
    for held in world.held_bound(rule.scope):
        pupils = len(world.pupils_of(held.section))
        ratio = held.course.pupils_per_adult
        needed = max(1, -(-pupils // ratio)) if ratio else 1
        present = len(held.staff)
        if (missing := needed - present) > 0:
            yield Deviation(
                amount=missing,
                subjects=held.subjects,
                zh=f"{held.zh}有{pupils}名学生，需要{needed}名教师，只有{present}名，缺{missing}名。",
                en=f"{held.en} has {pupils} pupils and needs {needed} adults; {present} are there, {missing} short.",
            )


def load_caps(world: World, rule: LoadCaps) -> Iterator[Deviation]:
    """Meetings above the caps, per person and weekday, and per person for the week."""
    for person, meetings in _meetings_by_person(world, world.held_bound(rule.scope)):
        by_weekday = Counter(held.slot.weekday for held in meetings)
        for weekday, number in sorted(by_weekday.items()):
            if person.max_per_day is not None and number > person.max_per_day:
                yield Deviation(
                    amount=number - person.max_per_day,
                    subjects=(naming.staff(person),),
                    zh=f"{person.name}{naming.weekday_zh(weekday)}有{number}次课，超过每天{person.max_per_day}次的上限。",
                    en=f"{person.name} has {number} meetings on {naming.weekday_en(weekday)}, "
                    f"above the cap of {person.max_per_day} a day.",
                )
        if person.max_per_week is not None and len(meetings) > person.max_per_week:
            yield Deviation(
                amount=len(meetings) - person.max_per_week,
                subjects=(naming.staff(person),),
                zh=f"{person.name}每周有{len(meetings)}次课，超过每周{person.max_per_week}次的上限。",
                en=f"{person.name} has {len(meetings)} meetings a week, above the cap of {person.max_per_week}.",
            )


def load_caps_notes(world: World, rule: LoadCaps) -> Iterator[Deviation]:
    """People with a meeting for whom the office set no cap a day or a week: nothing could be measured."""
    without = [
        person
        for person, _ in _meetings_by_person(world, world.held_bound(rule.scope))
        if person.max_per_day is None or person.max_per_week is None
    ]
    if without:
        yield Deviation(
            amount=len(without),
            subjects=tuple(naming.staff(person) for person in without),
            zh=f"{len(without)}人没有填写每天或每周的课次上限，无法核对工作量。",
            en=f"{len(without)} people have no cap a day or a week: their load could not be checked.",
        )


def flexible_hours_kept(world: World, rule: FlexibleHoursKept) -> Iterator[Deviation]:
    """Late finishes, early lessons after them, and minutes a week beyond the school's own flexible hours."""
    terms = world.scenario.flexible_hours
    if terms is None:
        return
    for person, meetings in _meetings_by_person(world, world.held_bound(rule.scope)):
        if person.kind not in OF_THE_SCHOOL:
            continue
        in_week = tuple(held for held in meetings if held.slot.weekday in SCHOOL_WEEK)
        for season in world.seasons_bound(rule.scope):
            yield from _late_finishes(world, person, in_week, season, terms)
            yield from _minutes_a_week(world, person, in_week, season, terms)


def _late_finishes(
    world: World, person: Staff, meetings: tuple[Held, ...], season: Season, terms: FlexibleHours
) -> Iterator[Deviation]:
    ends = [(held.slot.weekday, clock.end) for held in meetings if (clock := world.clock(held.slot, season)) is not None]
    late = sorted({weekday for weekday, end in ends if end > terms.late_after})
    who = (naming.staff(person), *of_season(world, season))
    after = naming.at(terms.late_after)
    in_zh, in_en = season_zh(world, season), season_en(world, season)
    if (above := len(late) - terms.late_days_per_week) > 0:
        yield Deviation(
            amount=above,
            subjects=who,
            zh=f"{person.name}每周有{len(late)}天工作到{after}以后{in_zh}，超过弹性上下班约定的{terms.late_days_per_week}天。",
            en=f"{person.name} ends after {after} on {len(late)} days a week{in_en}; allowed: {terms.late_days_per_week}.",
        )
    for weekday in late:
        if weekday < 5 and (start := _first_lesson(world, person.id, season, weekday + 1)) is not None:
            if start >= terms.late_start_until:
                continue
            until = naming.at(terms.late_start_until)
            day_zh, next_zh = naming.weekday_zh(weekday), naming.weekday_zh(weekday + 1)
            day_en, next_en = naming.weekday_en(weekday), naming.weekday_en(weekday + 1)
            yield Deviation(
                amount=1,
                subjects=who,
                zh=f"{person.name}{day_zh}工作到{after}以后{in_zh}，{next_zh}{naming.at(start)}又有课，早于弹性上班的{until}。",
                en=f"{person.name} finishes after {after} on {day_en}{in_en} and teaches at {naming.at(start)} on {next_en}, "
                f"before {until}.",
            )


def _first_lesson(world: World, person: StaffId, season: Season, weekday: int) -> time | None:
    taught = (one for one in world.lessons_of_staff.get(person, ()) if one.lesson.weekday == weekday)
    clocks = (one.clock_by_season.get(season.id) for one in taught)
    return min((clock.start for clock in clocks if clock is not None), default=None)


def _minutes_a_week(
    world: World, person: Staff, meetings: tuple[Held, ...], season: Season, terms: FlexibleHours
) -> Iterator[Deviation]:
    minutes = sum(world.minutes(held.slot, season) for held in meetings if held.regular)
    if minutes > terms.weekly_minutes:
        in_zh, in_en = season_zh(world, season), season_en(world, season)
        yield Deviation(
            amount=minutes - terms.weekly_minutes,
            subjects=(naming.staff(person), *of_season(world, season)),
            zh=f"{person.name}每周服务{minutes}分钟{in_zh}，超过弹性上下班约定的{terms.weekly_minutes}分钟。",
            en=f"{person.name} serves {minutes} minutes a week{in_en}; flexible hours allow {terms.weekly_minutes}.",
        )


def works_only_when_available(world: World, rule: WorksOnlyWhenAvailable) -> Iterator[Deviation]:
    """1 per person on a meeting in a slot they are not available in."""
    for held in world.held_bound(rule.scope):
        for person in held.staff:
            if held.slot.id not in person.available:
                yield Deviation(
                    amount=1,
                    subjects=(naming.staff(person), *held.subjects),
                    zh=f"{person.name}{naming.slot_zh(held.slot)}不能到岗，却安排了{held.zh}。",
                    en=f"{person.name} is not available in {naming.slot_en(held.slot)} but is on {held.en}.",
                )


def staff_wishes(world: World, rule: StaffWishes) -> Iterator[Deviation]:
    """1 per person on a meeting in a slot they would rather avoid."""
    for held in world.held_bound(rule.scope):
        for person in held.staff:
            if held.slot.id in person.avoids:
                yield Deviation(
                    amount=1,
                    subjects=(naming.staff(person), *held.subjects),
                    zh=f"{person.name}不希望在{naming.slot_zh(held.slot)}上课，却安排了{held.zh}。",
                    en=f"{person.name} would rather avoid {naming.slot_en(held.slot)} but is on {held.en}.",
                )


def duty_each_day(world: World, rule: DutyEachDay) -> Iterator[Deviation]:
    """Service dates without the duty, duties of the wrong person, and duties shared unfairly."""
    if not world.in_force(rule.scope):
        return
    role_zh, role_en = ROLES_ZH[rule.role], ROLES_EN[rule.role]
    first = max(world.timetable.start, rule.scope.start or date.min)
    last = min(world.timetable.end, rule.scope.end or date.max)
    days = [day for day in service_dates(world.scenario) if first <= day <= last]
    holders: dict[date, list[StaffId]] = {day: [] for day in days}
    for duty in world.timetable.duties:
        if duty.role is rule.role and duty.day in holders:
            holders[duty.day].append(duty.staff)
    for day, people in holders.items():
        if not people:
            yield Deviation(
                amount=1,
                subjects=(naming.day(day),),
                zh=f"{day.isoformat()}没有安排{role_zh}。",
                en=f"No {role_en} on {day.isoformat()}.",
            )
        for one in people:
            yield from _holds_duty(world, rule.role, day, one)
    yield from _fair_rotation(world, rule.role, Counter(one for people in holders.values() for one in people))


def _holds_duty(world: World, role: Role, day: date, holder: StaffId) -> Iterator[Deviation]:
    person = world.scenario.staff_by_id.get(holder)
    name = person.name if person is not None else holder
    who = (naming.day(day), *((naming.staff(person),) if person is not None else ()))
    role_zh, role_en = ROLES_ZH[role], ROLES_EN[role]
    if person is None or role not in person.roles:
        yield Deviation(
            amount=1,
            subjects=who,
            zh=f"{day.isoformat()}的{role_zh}{name}不担任这一职务。",
            en=f"{name}, {role_en} on {day.isoformat()}, does not hold this role.",
        )
        return
    weekday = weekday_followed(world.scenario, day)
    busy = [held for held in world.held_by_staff.get(holder, ()) if held.regular and held.slot.weekday == weekday]
    if busy:
        yield Deviation(
            amount=1,
            subjects=who,
            zh=f"{day.isoformat()}的{role_zh}{name}当天还要承担{busy[0].zh}。",
            en=f"{name}, {role_en} on {day.isoformat()}, is on {busy[0].en} that day.",
        )


def _fair_rotation(world: World, role: Role, duties: Counter[StaffId]) -> Iterator[Deviation]:
    group = [person for person in world.scenario.staff if role in person.roles]
    if not group:
        return
    busiest = max(group, key=lambda person: (duties[person.id], person.id))
    idlest = min(group, key=lambda person: (duties[person.id], person.id))
    most, least = duties[busiest.id], duties[idlest.id]
    if (beyond := most - least - 1) > 0:
        yield Deviation(
            amount=beyond,
            subjects=(naming.staff(busiest), naming.staff(idlest)),
            zh=f"{ROLES_ZH[role]}轮值不均：{busiest.name}{most}次，{idlest.name}{least}次，相差超过1次。",
            en=f"{ROLES_EN[role].capitalize()}s do not take turns fairly: {busiest.name} {most}, {idlest.name} {least}.",
        )


def _meetings_by_person(world: World, meetings: tuple[Held, ...]) -> Iterator[tuple[Staff, tuple[Held, ...]]]:
    """People on these meetings, each with theirs, leader or helper."""
    wanted = frozenset(id(held) for held in meetings)
    for person, theirs in world.held_by_staff.items():
        if bound := tuple(held for held in theirs if id(held) in wanted):
            yield world.scenario.staff_by_id[person], bound
