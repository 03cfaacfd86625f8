"""How is a conflict told? Each clause and fact of it as a sentence of a school, in Chinese and English, and as a record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from scheduler.audit.naming import grade_en, grade_zh, slot_en, slot_zh
from scheduler.domain import Lock, Scenario, Slot, Staff
from scheduler.policies.clause import Strength
from scheduler.solver.explain import Conflict, Ground, Thing

MOST_NAMES = 3
"""People or courses named one by one; of more, only how many."""

MINUTES = frozenset(
    """starts_after_lessons starts_at latest_end earliest_end ends_around_off_work offered_minutes period_length protected_breaks
    afternoon_start extended_care_time evening_study_time enrichment_share exercise_minutes homework_capacity on_campus
    own_staff_share third_party_share rides_kept latest_leave_kept""".split()
)
PLACES = frozenset(
    "nobody_refused guaranteed_place extended_care_given boarders_looked_after no_written_homework slot_order".split()
)
STRENGTHS = {Strength.MUST: ("必须", "must"), Strength.IN_PRINCIPLE: ("原则上", "in principle")}


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class ThingRecord(TypedDict):
    """One clause or fact of a conflict, for programs."""

    ground: str
    aspect: str
    clause: str | None
    slots: list[str]
    who: list[str]
    needed: bool
    least: int | None
    zh: str
    en: str


def thing_record(scenario: Scenario, thing: Thing) -> ThingRecord:
    """With its sentence in both languages."""
    said = told(scenario, thing)
    return ThingRecord(
        ground=thing.ground.value,
        aspect=thing.aspect,
        clause=thing.clause.id if thing.clause is not None else None,
        slots=list(thing.slots),
        who=list(thing.who),
        needed=thing.needed,
        least=thing.least,
        zh=said.zh,
        en=said.en,
    )


def conflict_sentences(scenario: Scenario, conflict: Conflict) -> Iterator[Sentence]:
    """Headline, one line a thing, and what was proven of the set."""
    count = len(conflict.things)
    yield Sentence(
        f"以下 {count} 项不能同时成立，所以没有合规的方案：",
        f"These {count} cannot hold together, so there is no lawful plan:",
    )
    for number, thing in enumerate(conflict.things, start=1):
        said = told(scenario, thing)
        yield Sentence(f"  {number}. {said.zh}", f"  {number}. {said.en}")
    spare = [number for number, thing in enumerate(conflict.things, start=1) if not thing.needed]
    if not spare:
        yield Sentence(
            "已逐项验证：去掉其中任何一项，其余各项就能同时成立。",
            "Checked one by one: without any one of them the others can hold.",
        )
    else:
        which = "、".join(map(str, spare))
        yield Sentence(
            f"这些项合在一起已证明不可能；其中第 {which} 项是否必不可少，限时内未能证明。",
            f"Together they are proven impossible; whether number {', '.join(map(str, spare))} is needed was not proven in time.",
        )


def told(scenario: Scenario, thing: Thing) -> Sentence:
    """One clause or fact, with the least it would have to give way where its unit is clear."""
    tellers = {
        Ground.CLAUSE: _clause,
        Ground.LOCK: _locks,
        Ground.STAY: _stays,
        Ground.STAFF: _staff,
        Ground.ROOM: _rooms,
        Ground.COURSE: _courses,
        Ground.WISH: _wishes,
        Ground.ROUTE: _routes,
    }
    return tellers[thing.ground](scenario, thing)


def _clause(scenario: Scenario, thing: Thing) -> Sentence:
    clause = thing.clause
    assert clause is not None
    assert clause.rule is not None
    zh, en = STRENGTHS.get(clause.strength, ("", ""))
    short_zh, short_en = "", ""
    if thing.least is not None:
        unit_zh, unit_en = _unit(clause.rule.name)
        short_zh, short_en = (
            f"；其余各项不变时至少差 {thing.least} {unit_zh}",
            f"; if all else stays, short by at least {thing.least} {unit_en}",
        )
    return Sentence(
        f"条款（{zh}）{clause.at}“{clause.quote}”（{clause.id}）{short_zh}",
        f"clause ({en}) {clause.at} “{clause.quote}” ({clause.id}){short_en}",
    )


def _unit(rule: str) -> tuple[str, str]:
    if rule in MINUTES:
        return "分钟", "minutes"
    if rule in PLACES:
        return "人次", "places"
    if rule == "daily_pe":
        return "人次体育活动", "pupils' PE meetings"
    return "处", "cases"


def _locks(scenario: Scenario, thing: Thing) -> Sentence:
    locks = [scenario.locks[int(number)] for number in thing.who]
    if len(locks) > MOST_NAMES:
        return Sentence(f"{len(locks)} 条预排", f"{len(locks)} locks")
    said = [_lock(scenario, lock) for lock in locks]
    return Sentence("；".join(one.zh for one in said), "; ".join(one.en for one in said))


def _lock(scenario: Scenario, lock: Lock) -> Sentence:
    title = scenario.course_by_id[lock.course].title
    zh, en = [f"预排“{title}”"], [f"lock: {title}"]
    if lock.pupil is not None:
        zh.append(f"安排{scenario.pupil_by_id[lock.pupil].name}")
        en.append(f"takes {scenario.pupil_by_id[lock.pupil].name}")
    if lock.slots:
        slots = _slots(scenario, tuple(lock.slots))
        zh.append(slots.zh)
        en.append(slots.en)
    if lock.room is not None:
        zh.append(f"在{scenario.room_by_id[lock.room].name}")
        en.append(f"in {scenario.room_by_id[lock.room].name}")
    if lock.staff is not None:
        zh.append(f"由{scenario.staff_by_id[lock.staff].name}带")
        en.append(f"led by {scenario.staff_by_id[lock.staff].name}")
    return Sentence(f"{'，'.join(zh)}（{lock.by}：{lock.why}）", f"{', '.join(en)} ({lock.by}: {lock.why})")


def _stays(scenario: Scenario, thing: Thing) -> Sentence:
    pupils = [scenario.pupil_by_id[id] for id in scenario.pupil_by_id if id in set(thing.who)]
    slots = _slots(scenario, thing.slots)
    classes = {pupil.home_class for pupil in pupils}
    grades = {scenario.grade_of(pupil).number for pupil in pupils}
    if len(pupils) <= MOST_NAMES:
        zh, en = "、".join(p.name for p in pupils), ", ".join(p.name for p in pupils)
    elif len(classes) == 1:
        name = scenario.home_class_by_id[classes.pop()].name
        zh, en = f"{name} {len(pupils)} 名学生", f"{len(pupils)} pupils of {name}"
    elif len(grades) == 1:
        grade = grades.pop()
        zh, en = f"{grade_zh(grade)} {len(pupils)} 名学生", f"{len(pupils)} pupils of {grade_en(grade)}"
    else:
        zh, en = f"{len(pupils)} 名学生", f"{len(pupils)} pupils"
    return Sentence(f"{zh}申请了{slots.zh}", f"{en} asked for {slots.en}")


def _staff(scenario: Scenario, thing: Thing) -> Sentence:
    people = [scenario.staff_by_id[id] for id in scenario.staff_by_id if id in set(thing.who)]
    names = "、".join(person.name for person in people) if len(people) <= MOST_NAMES else ""
    who_zh, who_en = names or f"{len(people)} 名可用人员", names.replace("、", ", ") or f"the {len(people)} people available"
    at = _slots(scenario, thing.slots)
    if thing.aspect == "place":
        more_zh = f"；至少再要 {thing.least} 人" if thing.least else ""
        more_en = f"; at least {thing.least} more people are needed" if thing.least else ""
        each_zh, each_en = ("同一时间", "") if len(people) == 1 else ("每人", "each ")
        return Sentence(
            f"{at.zh}，{who_zh}{each_zh}只能在一处{more_zh}", f"{at.en}: {who_en} can {each_en}be in one place only{more_en}"
        )
    if thing.aspect == "load":
        caps = ""
        if len(people) == 1:
            person = people[0]
            caps = f"（每天 {_cap(person.max_per_day)}、每周 {_cap(person.max_per_week)}）"
        return Sentence(f"{who_zh}的课次上限{caps}", f"the most meetings of {who_en}{caps and f' ({_caps_en(people[0])})'}")
    if thing.aspect == "flexible":
        return Sentence(f"{who_zh}的弹性上下班约定", f"the flexible hours of {who_en}")
    return Sentence(f"{at.zh}，{who_zh}的时间和课次上限", f"{at.en}: the hours of {who_en}")


def _cap(number: int | None) -> str:
    return "不限" if number is None else f"{number} 次"


def _caps_en(person: Staff) -> str:
    day, week = ("any" if most is None else str(most) for most in (person.max_per_day, person.max_per_week))
    return f"{day} a day, {week} a week"


def _rooms(scenario: Scenario, thing: Thing) -> Sentence:
    at = _slots(scenario, thing.slots)
    more_zh = f"；至少再要 {thing.least} 组的场地" if thing.least else ""
    more_en = f"; room for at least {thing.least} more groups is needed" if thing.least else ""
    if len(thing.who) > MOST_NAMES:
        return Sentence(f"{at.zh}，各类场地同时容纳的组数有限{more_zh}", f"{at.en}: rooms hold so many groups at a time{more_en}")
    rooms = [scenario.room_by_id[id] for id in scenario.room_by_id if id in set(thing.who)]
    alike = [
        room
        for room in scenario.rooms
        for one in rooms
        if (room.kind, room.seats, room.groups) == (one.kind, one.seats, one.groups)
    ]
    names = "、".join(room.name for room in (alike if len(alike) <= MOST_NAMES else rooms))
    rest_zh = f"等 {len(alike)} 处" if len(alike) > MOST_NAMES else ""
    groups = sum(room.groups for room in alike)
    return Sentence(
        f"{at.zh}，{names}{rest_zh}同时最多容纳 {groups} 组{more_zh}",
        f"{at.en}: {names.replace('、', ', ')}{' and others alike' if rest_zh else ''} hold {groups} groups at a time{more_en}",
    )


COURSE_WORDS: Mapping[str, tuple[str, str]] = {
    "leaders": ("须由愿意、有资格且可用的人带", "needs a leader who is willing, able and available"),
    "ratio": ("须按师生比配备人手", "needs one adult for so many pupils"),
    "rooms": ("须有合用的场地，人数不超过座位和每班上限", "needs a room that suits, and no more pupils than seats or its most"),
    "least": ("达到最少开班人数才开班", "opens only with enough pupils"),
    "sections": ("开班数有上限", "has so many sections at most"),
    "": ("有开班的条件（人、场地、人数、班数）", "needs leaders, rooms and numbers"),
}


def _courses(scenario: Scenario, thing: Thing) -> Sentence:
    courses = [scenario.course_by_id[id] for id in scenario.course_by_id if id in set(thing.who)]
    zh, en = COURSE_WORDS[thing.aspect]
    if len(courses) > MOST_NAMES:
        return Sentence(f"各项目每个教学班{zh}", f"each section of a course {en}")
    names = "、".join(f"“{course.title}”" for course in courses)
    figures = ""
    if len(courses) == 1:
        one = courses[0]
        shown: Mapping[str, object] = {
            "least": one.min_size,
            "sections": one.max_sections,
            "rooms": one.max_size,
            "ratio": one.pupils_per_adult,
        }
        figures = f"（{shown[thing.aspect]}）" if shown.get(thing.aspect) is not None else ""
    return Sentence(
        f"{names}{zh}{figures}", f"{', '.join(c.title for c in courses)} {en}{figures.replace('（', ' (').replace('）', ')')}"
    )


def _wishes(scenario: Scenario, thing: Thing) -> Sentence:
    pupils = [scenario.pupil_by_id[id] for id in scenario.pupil_by_id if id in set(thing.who)]
    zh = "、".join(p.name for p in pupils) if len(pupils) <= MOST_NAMES else f"{len(pupils)} 名学生"
    en = ", ".join(p.name for p in pupils) if len(pupils) <= MOST_NAMES else f"{len(pupils)} pupils"
    wanted = f"（想要 {pupils[0].wanted} 个）" if len(pupils) == 1 else ""
    return Sentence(f"{zh}得到的席位不重复，也不超过想要的个数{wanted}", f"{en}: each course once, and no more seats than wanted")


def _routes(scenario: Scenario, thing: Thing) -> Sentence:
    times = sorted(
        f"{departure:%H:%M}"
        for trip in scenario.trips
        if trip.route in thing.who
        for departure in trip.departure_by_season.values()
    )
    span = f"{times[0]}–{times[-1]}" if times else "—"
    return Sentence(
        f"{'、'.join(thing.who)}线班车的开车时间（{span}）", f"the departures of route {', '.join(thing.who)} ({span})"
    )


def _slots(scenario: Scenario, ids: Sequence[str]) -> Sentence:
    slots: list[Slot] = sorted(
        (scenario.slot_by_id[s] for s in scenario.slot_by_id if s in set(ids)), key=lambda s: (s.weekday, s.number, s.id)
    )
    if not slots:
        return Sentence("全周", "the whole week")
    if len(slots) > MOST_NAMES:
        return Sentence(f"{len(slots)} 个时段", f"{len(slots)} slots")
    return Sentence("、".join(map(slot_zh, slots)), ", ".join(map(slot_en, slots)))
