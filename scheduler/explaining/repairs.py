"""What would help? The cheapest changes that could mend a conflict, each tried on the whole school and told as it came out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time

from scheduler.domain import ClauseId, Course, Room, RoomId, Scenario, Staff, StaffId, StaffKind, Waiver
from scheduler.explaining.telling import Sentence, told
from scheduler.policies.clause import Strength
from scheduler.solver.explain import Conflict, Ground, Thing, Verdict

MOST_TRIED, ENOUGH = 10, 3
MOST_FAMILIES = 5
"""Families that may be asked to do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A change and what it came to."""

    what: Sentence
    changed: Scenario
    kind: str = ""
    """Changes of one kind differ in size only: once one helps, no larger one is tried."""
    verdict: Verdict = Verdict.OPEN
    """Of the changed school: `POSSIBLE`, a plan was found; `IMPOSSIBLE`, a conflict is left; `OPEN`, this one is gone."""


def tried(
    scenario: Scenario, conflict: Conflict, verdict_of: Callable[[Scenario], Verdict], over: Callable[[], bool]
) -> tuple[Repair, ...]:
    """Changes in order of cost, re-solved until three of them help or time is up; those that help first."""
    done: list[Repair] = []
    for repair in candidates(scenario, conflict):
        helped = [one.kind for one in done if one.verdict is not Verdict.IMPOSSIBLE]
        if over() or len(helped) >= ENOUGH or len(done) >= MOST_TRIED:
            break
        if not repair.kind or repair.kind not in helped:
            done.append(replace(repair, verdict=verdict_of(repair.changed)))
    return tuple(sorted(done, key=lambda one: (Verdict.POSSIBLE, Verdict.OPEN, Verdict.IMPOSSIBLE).index(one.verdict)))


def candidates(scenario: Scenario, conflict: Conflict) -> Iterator[Repair]:
    """Changes that could mend the conflict, the cheapest first."""
    for mend in (
        _without_a_lock,
        _with_a_waiver,
        _with_a_later_bus,
        _with_more_meetings,
        _with_other_sizes,
        _with_rooms,
        _with_people,
        _without_stays,
    ):
        for thing in conflict.things:
            yield from mend(scenario, thing)


def result(repair: Repair) -> Sentence:
    """How the change came out."""
    words = {
        Verdict.POSSIBLE: ("可行：已重新求解，各项条款和事实都能满足", "works: solved again, everything binding can be kept"),
        Verdict.OPEN: (
            "此冲突消除；限时内未再发现其他冲突，完整课表请再求解",
            "removes this conflict; no other was found in time, solve again for a plan",
        ),
        Verdict.IMPOSSIBLE: ("还不够：重新求解后仍有冲突", "is not enough: solved again, a conflict is left"),
    }
    zh, en = words[repair.verdict]
    return Sentence(f"{repair.what.zh}——{zh}。", f"{repair.what.en}: {en}.")


def _without_a_lock(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    if thing.ground is Ground.LOCK and len(thing.who) == 1:
        number, said = int(thing.who[0]), told(scenario, thing)
        locks = (*scenario.locks[:number], *scenario.locks[number + 1 :])
        yield Repair(what=Sentence(f"撤销{said.zh}", f"withdraw the {said.en}"), changed=replace(scenario, locks=locks))


def _with_a_waiver(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    clause, term = thing.clause, scenario.term
    if clause is not None and clause.strength is Strength.IN_PRINCIPLE:
        waiver = Waiver(
            clause=ClauseId(clause.id), reason="?", approver="?", approved_on=term.start, start=term.start, end=term.end
        )
        what = Sentence(f"登记豁免：{clause.at}“{clause.quote}”", f"record a waiver of {clause.at} “{clause.quote}”")
        yield Repair(what=what, changed=replace(scenario, waivers=(*scenario.waivers, waiver)))


def _with_a_later_bus(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    for minutes in (10, 20, 30, 60) if thing.ground is Ground.ROUTE and len(thing.who) == 1 else ():
        trips = tuple(
            replace(
                trip, departure_by_season={season: _later(hour, minutes) for season, hour in trip.departure_by_season.items()}
            )
            if trip.route in thing.who
            else trip
            for trip in scenario.trips
        )
        route = thing.who[0]
        what = Sentence(f"{route}线班车推迟 {minutes} 分钟", f"let the buses of route {route} leave {minutes} minutes later")
        yield Repair(what=what, changed=replace(scenario, trips=trips), kind=f"bus {route}")


def _later(hour: time, minutes: int) -> time:
    total = min(hour.hour * 60 + hour.minute + minutes, 24 * 60 - 1)
    return time(total // 60, total % 60)


def _with_more_meetings(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    if thing.ground is not Ground.STAFF or thing.aspect != "load" or len(thing.who) != 1:
        return
    person, more = scenario.staff_by_id[StaffId(thing.who[0])], thing.least or 1
    raised = replace(
        person,
        max_per_day=None if person.max_per_day is None else person.max_per_day + more,
        max_per_week=None if person.max_per_week is None else person.max_per_week + more,
    )
    staff = tuple(raised if one.id == person.id else one for one in scenario.staff)
    what = Sentence(
        f"{person.name}每天、每周的课次上限各加 {more} 次", f"let {person.name} lead {more} more meetings a day and a week"
    )
    yield Repair(what=what, changed=replace(scenario, staff=staff))


def _with_other_sizes(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    if thing.ground is not Ground.COURSE or len(thing.who) != 1:
        return
    course = next(course for course in scenario.courses if course.id == thing.who[0])
    more = thing.least or 1
    if thing.aspect == "sections" and course.max_sections is not None:
        changed = replace(course, max_sections=course.max_sections + more)
        what = Sentence(f"“{course.title}”多开 {more} 个班", f"open {more} more sections of {course.title}")
    elif thing.aspect == "least" and course.min_size > 1:
        changed = replace(course, min_size=max(1, course.min_size - more))
        what = Sentence(
            f"“{course.title}”最少开班人数降到 {changed.min_size}", f"let {course.title} open with {changed.min_size} pupils"
        )
    elif thing.aspect == "rooms" and all(room.seats >= course.max_size for room in scenario.rooms if _fits(room, course)):
        changed = replace(course, max_size=course.max_size + more)
        what = Sentence(
            f"“{course.title}”每班上限提高到 {changed.max_size} 人", f"let {course.title} take {changed.max_size} pupils"
        )
    else:
        return
    courses = tuple(changed if one.id == course.id else one for one in scenario.courses)
    yield Repair(what=what, changed=replace(scenario, courses=courses))


def _fits(room: Room, course: Course) -> bool:
    return not course.room_kinds or room.kind in course.room_kinds


def _with_rooms(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    if thing.ground is Ground.ROOM and 1 <= len(thing.who) <= 3:
        like = scenario.room_by_id[RoomId(thing.who[0])]
        more = -(-(thing.least or 1) // like.groups)
    elif thing.ground is Ground.COURSE and thing.aspect == "rooms" and len(thing.who) == 1:
        course = next(course for course in scenario.courses if course.id == thing.who[0])
        seats = max(course.max_size, thing.least or 0)
        like = max(
            (room for room in scenario.rooms if _fits(room, course)), key=lambda room: room.seats, default=scenario.rooms[0]
        )
        like, more = (
            replace(like, seats=max(like.seats, seats), features=like.features | course.room_features, closed=frozenset()),
            1,
        )
    else:
        return
    extra = tuple(replace(like, id=RoomId(f"+{number}"), name=f"+{number}") for number in range(1, more + 1))
    what = Sentence(
        f"再增加 {more} 处与{like.name}同类的场地（{like.seats} 座）",
        f"add {more} more room(s) like {like.name} ({like.seats} seats)",
    )
    yield Repair(what=what, changed=replace(scenario, rooms=(*scenario.rooms, *extra)))


def _with_people(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    """More teachers of the school, free when they are needed."""
    skills: frozenset[str] = frozenset()
    if thing.ground is Ground.STAFF and thing.aspect == "place" and thing.slots:
        zh, en = "各时段都可用", "free in every slot"
    elif thing.ground is Ground.COURSE and thing.aspect == "leaders" and len(thing.who) == 1:
        course = next(course for course in scenario.courses if course.id == thing.who[0])
        if course.leaders or course.provider is not None:
            return
        skills = frozenset() if course.skill is None else frozenset({course.skill})
        zh, en = f"能带“{course.title}”", f"able to lead {course.title}"
    else:
        return
    everything = skills or frozenset(skill for person in scenario.staff for skill in person.skills)
    checks = {check: scenario.term.end for person in scenario.staff for check in person.checks}
    like = Staff(
        id=StaffId("+"),
        name="+",
        kind=StaffKind.OWN,
        skills=everything,
        available=frozenset(scenario.slot_by_id),
        checks=checks,
        approved_until=scenario.term.end,
    )
    least = thing.least or 1
    for count in (least, 2 * least, 4 * least):
        new = tuple(replace(like, id=StaffId(f"+{number}"), name=f"+{number}") for number in range(1, count + 1))
        what = Sentence(f"再增加 {count} 名本校教师（{zh}）", f"add {count} more teacher(s) of the school ({en})")
        yield Repair(what=what, changed=replace(scenario, staff=(*scenario.staff, *new)), kind=f"people {en}")


def _without_stays(scenario: Scenario, thing: Thing) -> Iterator[Repair]:
    """The fewest families who would have to do without a slot; any of those concerned."""
    number = min(thing.least or 1, len(thing.who))
    if thing.ground is not Ground.STAY or not thing.slots or not 0 < number <= MOST_FAMILIES:
        return
    leaving, slots = set(sorted(thing.who)[-number:]), frozenset(thing.slots)
    pupils = tuple(replace(p, stays=p.stays - slots) if p.id in leaving else p for p in scenario.pupils)
    said = told(scenario, replace(thing, who=tuple(sorted(leaving))))
    zh, en = f"{number} 名学生改为不申请（{said.zh}）", f"{number} families do without ({said.en})"
    what = Sentence(zh, en)
    yield Repair(what=what, changed=replace(scenario, pupils=pupils))
