"""What would one more room, one more teacher, ten minutes or a waiver buy? Each really solved, from one plan, with one budget.

Two plans of the same school, found with different luck, differ by something: that is the noise, and what lies within it is
called so. A gain is proven only where the school as it is cannot have it, by the bound of its own plan.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from pathlib import Path

from scheduler.audit import audit
from scheduler.audit.figures import pupil_figures, wish_figures
from scheduler.audit.world import World
from scheduler.choosing.pressing import pressing
from scheduler.domain import (
    ClauseId,
    Clock,
    Room,
    RoomId,
    RoomKind,
    Scenario,
    Service,
    SlotId,
    Staff,
    StaffId,
    StaffKind,
    Waiver,
)
from scheduler.errors import Fault, InputFaults
from scheduler.intake import in_order
from scheduler.intake.text import same_look
from scheduler.policy import Clause, Strength, clauses_in_force, load_policy
from scheduler.solver.outcome import Options, Solution, Stop
from scheduler.solver.plan import solve
from scheduler.timetable import Timetable

ROOM_KINDS: Mapping[RoomKind, tuple[str, str]] = {
    RoomKind.CLASSROOM: ("教室", "classroom"),
    RoomKind.FUNCTION_ROOM: ("功能室", "function room"),
    RoomKind.READING_ROOM: ("阅览室", "reading room"),
    RoomKind.LIBRARY: ("图书馆", "library"),
    RoomKind.GYM: ("体育馆", "gym"),
    RoomKind.PLAYGROUND: ("操场", "playground"),
    RoomKind.OFF_SITE: ("校外场地", "place off site"),
}
MOST_ROOMS, MOST_WAIVERS = 3, 2
DEFAULT_MINUTES = 10
USUAL_SEATS = 45
NEW = "whatif"
NEVER_WAIVED = frozenset({"nobody_refused", "guaranteed_place"})
"""Rules that nobody would waive to please others: not tried unless asked for."""


class Surety(StrEnum):
    """How sure a difference is."""

    PROVEN = "proven"
    """The school as it is cannot have it, whatever the plan; or: no plan of the changed school has more."""
    FOUND = "found"
    """Found with the same budget, beyond the noise; not proven."""
    NOISE = "noise"
    """No larger than what luck alone makes of one school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One thing that would be otherwise."""

    zh: str
    en: str
    scenario: Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a plan gives."""

    granted: int
    first_choices: int
    none_granted: int
    unplaced: int
    base_care: int
    lawful: bool
    most: float
    """No plan of that school grants more wishes; infinite where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A variation with what it came to."""

    variation: Variation
    figures: Figures
    gained: int
    """Wishes granted beyond those of the school as it is."""
    first_choices: int
    surety: Surety


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All variations beside the school as it is."""

    base: Figures
    noise: int
    """Wishes by which plans of one school differ by luck."""
    noise_first: int
    rows: tuple[Row, ...]
    budget: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to vary; nothing given: a sensible set."""

    rooms: tuple[str, ...] = ()
    """Kinds of room, in Chinese or English."""
    teachers: tuple[str, ...] = ()
    """Skills; `*` for somebody who leads what needs none."""
    minutes: tuple[int, ...] = ()
    waivers: tuple[str, ...] = ()
    """Clause ids."""

    @property
    def nothing(self) -> bool:
        return not (self.rooms or self.teachers or self.minutes or self.waivers)


Heard = Callable[[str, str], None]


def what_if(
    scenario: Scenario,
    asked: Asked,
    options: Options,
    stop: Stop,
    start: Timetable | None = None,
    policy_folder: Path | None = None,
    hear: Heard = lambda zh, en: None,
) -> Table:
    """Solves the school as it is and each variation of it, all from one plan, each within `options`.

    Without `start` that plan is made first, with the same budget. Raises `InputFaults` for kinds, skills or clauses that the
    school does not have.
    """
    policy = load_policy(scenario.school.county, policy_folder)
    clauses = clauses_in_force(policy, scenario)

    def solved(school: Scenario, seed: int, begin: Timetable | None) -> tuple[Timetable, Figures]:
        in_force = clauses_in_force(policy, school)
        solution = solve(
            school, in_force, replace(options, seed=seed), lambda news: None, stop, digest="", program="", start=begin
        )
        return solution.timetable, _figures(school, solution, in_force)

    if start is None:
        hear("先求一份课表作为起点", "a plan to begin with")
        start = solved(scenario, options.seed, None)[0]
    variations = list(_variations(scenario, clauses, start, asked))
    hear("现状，两次，看误差有多大", "the school as it is, twice, for the noise")
    runs = [solved(scenario, options.seed + luck, start)[1] for luck in (0, 1)]
    base = max(runs, key=lambda one: (one.lawful, one.granted))
    noise, noise_first = abs(runs[0].granted - runs[1].granted), abs(runs[0].first_choices - runs[1].first_choices)
    most = min(one.most for one in runs)
    rows = []
    for variation in variations:
        if stop():
            break
        hear(variation.zh, variation.en)
        figures = solved(variation.scenario, options.seed, start)[1]
        gained = figures.granted - base.granted
        proven = figures.granted > most or figures.most <= base.granted
        surety = Surety.PROVEN if proven else Surety.NOISE if abs(gained) <= noise else Surety.FOUND
        row = Row(
            variation=variation,
            figures=figures,
            gained=gained,
            first_choices=figures.first_choices - base.first_choices,
            surety=surety,
        )
        rows.append(row)
    return Table(base=base, noise=noise, noise_first=noise_first, rows=tuple(rows), budget=options.time_limit)


def _figures(scenario: Scenario, solution: Solution, clauses: Sequence[Clause]) -> Figures:
    world = World(scenario, solution.timetable)
    pupils, wishes = pupil_figures(world), wish_figures(world)
    rounds = [stage.bound for stage in solution.stages if re.fullmatch(r"round_\d+", stage.name)]
    return Figures(
        granted=wishes.granted,
        first_choices=round((wishes.first_choice_share or 0.0) * wishes.pupils),
        none_granted=wishes.none_granted,
        unplaced=pupils.unplaced,
        base_care=pupils.base_care_slots,
        lawful=audit(scenario, solution.timetable, clauses).lawful,
        most=-sum(rounds) if rounds else float("inf"),
    )


# What is varied.


def _variations(scenario: Scenario, clauses: Sequence[Clause], start: Timetable, asked: Asked) -> Iterator[Variation]:
    faults: list[Fault] = []
    rooms = [_kind_of(text, faults) for text in asked.rooms]
    known = sorted({skill for one in scenario.staff for skill in one.skills})
    for skill in asked.teachers:
        if skill != "*" and skill not in known:
            faults.append(_fault("--teacher", skill, "、".join(["*", *known]), ", ".join(["*", *known])))
    waivable = {clause.id: clause for clause in clauses if clause.strength is Strength.IN_PRINCIPLE}
    for id in asked.waivers:
        if id not in waivable:
            faults.append(_fault("--waiver", id, "、".join(sorted(waivable)), ", ".join(sorted(waivable))))
    if faults:
        raise InputFaults(faults)
    if asked.nothing:
        yield from (_with_room(scenario, kind, start) for kind in _scarce_kinds(scenario, start))
        yield from (_with_teacher(scenario, skill) for skill in _skills_short(scenario, start))
        yield _later(scenario, DEFAULT_MINUTES)
        yield from (_with_waiver(scenario, clause) for clause in _in_the_way(scenario, waivable, start))
        return
    yield from (_with_room(scenario, kind, start) for kind in rooms if kind is not None)
    yield from (_with_teacher(scenario, None if skill == "*" else skill) for skill in asked.teachers)
    yield from (_later(scenario, minutes) for minutes in asked.minutes)
    yield from (_with_waiver(scenario, waivable[ClauseId(id)]) for id in asked.waivers)


def _in_the_way(scenario: Scenario, waivable: Mapping[ClauseId, Clause], start: Timetable) -> list[Clause]:
    """The clauses that would be broken most if the wishes refused in that plan were granted; none that stands in nobody's way."""
    waived = {waiver.clause for waiver in scenario.waivers}
    tried = {
        id: clause for id, clause in waivable.items() if clause.rule and clause.rule.name not in NEVER_WAIVED and id not in waived
    }
    broken = pressing(scenario, tuple(tried.values()), start)
    return [tried[id] for id, _ in sorted(broken.items(), key=lambda item: (-item[1], item[0]))[:MOST_WAIVERS]]


def _kind_of(text: str, faults: list[Fault]) -> RoomKind | None:
    for kind, words in ROOM_KINDS.items():
        if same_look(text) in {same_look(word) for word in (*words, kind.value)}:
            return kind
    listed_zh, listed_en = ("、".join(zh for zh, _ in ROOM_KINDS.values()), ", ".join(kind.value for kind in ROOM_KINDS))
    faults.append(_fault("--room", text, listed_zh, listed_en))
    return None


def _fault(option: str, text: str, known_zh: str, known_en: str) -> Fault:
    return Fault(
        place=option,
        zh=f"没有“{text}”。",
        en=f"there is no “{text}”.",
        todo_zh=f"可以写：{known_zh or '（没有可选的）'}。",
        todo_en=f"Known: {known_en or 'none'}.",
    )


def _scarce_kinds(scenario: Scenario, start: Timetable) -> list[RoomKind]:
    """Kinds of room that are all taken in some slot, those most often so first."""
    groups: Counter[RoomKind] = Counter()
    for room in scenario.rooms:
        groups[room.kind] += room.groups
    held: Counter[tuple[RoomKind, SlotId]] = Counter()
    for meeting in start.meetings:
        room_ = scenario.room_by_id.get(meeting.room) if meeting.room is not None else None
        if room_ is not None:
            held[room_.kind, meeting.slot] += 1
    full = Counter(kind for (kind, _), number in held.items() if number >= groups[kind])
    return [kind for kind, _ in sorted(full.items(), key=lambda item: (-item[1], item[0].value))][:MOST_ROOMS]


def _skills_short(scenario: Scenario, start: Timetable) -> list[str | None]:
    """Somebody for what needs no skill, and the skill behind most wishes that were not granted."""
    granted = {(one.pupil, start.section_by_id[one.section].course) for one in start.placements if one.chosen}
    missed: Counter[str] = Counter()
    for pupil in scenario.pupils:
        for choice in pupil.choices:
            course = scenario.course_by_id[choice.course]
            led_by_us = course.skill is not None and course.provider is None and not course.leaders
            if led_by_us and course.skill is not None and (pupil.id, course.id) not in granted:
                missed[course.skill] += 1
    first = [skill for skill, _ in sorted(missed.items(), key=lambda item: (-item[1], item[0]))][:1]
    return [None, *first]


def _with_room(scenario: Scenario, kind: RoomKind, start: Timetable) -> Variation:
    alike = [room for room in scenario.rooms if room.kind is kind]
    used = Counter(meeting.room for meeting in start.meetings)
    name = ROOM_KINDS[kind]
    nothing = Room(id=RoomId(""), name="", kind=kind, seats=USUAL_SEATS)
    like = max(alike, key=lambda room: (used[room.id], room.id), default=nothing)
    room = replace(
        like,
        id=RoomId(f"{NEW}-room"),
        name=f"新增{name[0]}",
        closed=frozenset(),
        safe_until=scenario.term.end,
        groups=like.groups,
    )
    return Variation(
        zh=f"多一处{name[0]}（同{like.name}，{room.seats} 座）" if alike else f"多一处{name[0]}（{room.seats} 座）",
        en=f"one more {name[1]} ({room.seats} seats" + (f", like {like.name})" if alike else ")"),
        scenario=in_order(replace(scenario, rooms=(*scenario.rooms, room))),
    )


def _with_teacher(scenario: Scenario, skill: str | None) -> Variation:
    own = [one for one in scenario.staff if one.kind is StaffKind.OWN and one.willing]
    checks = {check: scenario.term.end for one in scenario.staff for check in one.checks}
    day = [one.max_per_day for one in own if one.max_per_day is not None]
    week = [one.max_per_week for one in own if one.max_per_week is not None]
    person = Staff(
        id=StaffId(f"{NEW}-teacher"),
        name="新增教师",
        kind=StaffKind.OWN,
        skills=frozenset() if skill is None else frozenset({skill}),
        available=frozenset(scenario.slot_by_id),
        max_per_day=max(day, default=None),
        max_per_week=max(week, default=None),
        checks=checks,
        approved_until=scenario.term.end,
    )
    return Variation(
        zh="多一名本校教师（不带专长）" if skill is None else f"多一名能带“{skill}”的本校教师",
        en="one more teacher of the school (no skill)"
        if skill is None
        else f"one more teacher of the school, able to lead {skill}",
        scenario=in_order(replace(scenario, staff=(*scenario.staff, person))),
    )


def _later(scenario: Scenario, minutes: int) -> Variation:
    """The last regular slot of each grade's day is longer; buses and the hours families named wait as long."""
    last: dict[tuple[int, int], int] = {}
    regular = [slot for slot in scenario.slots if slot.service is Service.REGULAR]
    for slot in regular:
        for grade in slot.grades:
            last[grade, slot.weekday] = max(last.get((grade, slot.weekday), 0), slot.number)
    ends = {slot.id for slot in regular if all(last[grade, slot.weekday] == slot.number for grade in slot.grades)}
    slots = tuple(
        replace(
            slot,
            clock_by_season={
                season: Clock(clock.start, _plus(clock.end, minutes)) for season, clock in slot.clock_by_season.items()
            },
        )
        if slot.id in ends
        else slot
        for slot in scenario.slots
    )
    trips = tuple(
        replace(trip, departure_by_season={season: _plus(hour, minutes) for season, hour in trip.departure_by_season.items()})
        for trip in scenario.trips
    )
    pupils = tuple(
        replace(pupil, latest_leave={day: _plus(hour, minutes) for day, hour in pupil.latest_leave.items()})
        if pupil.latest_leave
        else pupil
        for pupil in scenario.pupils
    )
    return Variation(
        zh=f"放学晚 {minutes} 分钟（末节延长，班车和接送顺延）",
        en=f"{minutes} minutes later (the last slot longer; buses and families wait)",
        scenario=in_order(replace(scenario, slots=slots, trips=trips, pupils=pupils)),
    )


def _plus(hour: time, minutes: int) -> time:
    total = max(0, min(hour.hour * 60 + hour.minute + minutes, 24 * 60 - 1))
    return time(total // 60, total % 60)


def _with_waiver(scenario: Scenario, clause: Clause) -> Variation:
    term = scenario.term
    waiver = Waiver(clause=clause.id, reason="假如", approver="假如", approved_on=term.start, start=term.start, end=term.end)
    quote = clause.quote if len(clause.quote) <= 24 else f"{clause.quote[:24]}…"
    return Variation(
        zh=f"豁免 {clause.id}（{clause.at}“{quote}”）",
        en=f"a waiver of {clause.id} ({clause.at} “{quote}”)",
        scenario=in_order(replace(scenario, waivers=(*scenario.waivers, waiver))),
    )


# How it is told.

SURETY: Mapping[Surety, tuple[str, str]] = {
    Surety.PROVEN: ("已证明", "proven"),
    Surety.FOUND: ("求得，未证明", "found, not proven"),
    Surety.NOISE: ("在误差内", "within the noise"),
}


def in_words(table: Table, language: str = "zh") -> list[str]:
    """A table of the variations, as lines."""
    zh = language == "zh"
    base = table.base
    heads = ("变化", "志愿", "第一志愿", "未安排", "托管", "合规", "把握")
    heads_en = ("what", "wishes", "first", "unplaced", "base care", "lawful", "how sure")
    lines = [" | ".join(heads if zh else heads_en)]
    yes, no = ("是", "否") if zh else ("yes", "no")
    name = "现状" if zh else "as it is"
    known = (
        name,
        str(base.granted),
        str(base.first_choices),
        str(base.unplaced),
        str(base.base_care),
        yes if base.lawful else no,
    )
    lines.append(" | ".join((*known, "—")))
    for row in table.rows:
        figures = row.figures
        cells = (
            row.variation.zh if zh else row.variation.en,
            f"{figures.granted} ({row.gained:+d})",
            f"{figures.first_choices} ({row.first_choices:+d})",
            f"{figures.unplaced} ({figures.unplaced - base.unplaced:+d})",
            f"{figures.base_care} ({figures.base_care - base.base_care:+d})",
            yes if figures.lawful else no,
            SURETY[row.surety][0 if zh else 1],
        )
        lines.append(" | ".join(cells))
    if zh:
        lines.append(
            f"每项都从同一份课表出发、用同样的 {table.budget:g} 秒求解；同一所学校两次求解相差 {table.noise} 个志愿，这就是误差。"
        )
    else:
        lines.append(
            f"Each was solved from the same plan for the same {table.budget:g} seconds; two runs of one school differ by "
            f"{table.noise} wishes, which is the noise."
        )
    return lines


def as_json(table: Table) -> Mapping[str, object]:
    """The content of `whatif.json`."""
    return {
        "budget_seconds": table.budget,
        "noise": {"wishes": table.noise, "first_choices": table.noise_first},
        "as_it_is": _plain(table.base),
        "variations": [
            {
                "zh": row.variation.zh,
                "en": row.variation.en,
                **_plain(row.figures),
                "gained_wishes": row.gained,
                "gained_first_choices": row.first_choices,
                "surety": row.surety.value,
            }
            for row in table.rows
        ],
    }


def _plain(figures: Figures) -> dict[str, object]:
    return {
        "granted": figures.granted,
        "first_choices": figures.first_choices,
        "none_granted": figures.none_granted,
        "unplaced": figures.unplaced,
        "base_care_slots": figures.base_care,
        "lawful": figures.lawful,
        "most_wishes_of_any_plan": figures.most if figures.most != float("inf") else None,
    }
