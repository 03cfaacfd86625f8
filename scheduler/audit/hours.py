"""What is wrong with the hours? When regular slots start and end, how long they last, what they must leave free."""

from collections.abc import Iterator, Mapping

from scheduler.audit import naming
from scheduler.audit.days import (
    GradeDay,
    breaks_of,
    grade_day,
    last_lesson_end,
    minute,
    of_season,
    overlap,
    school_days,
    season_en,
    season_zh,
)
from scheduler.audit.report import Deviation, Subject
from scheduler.audit.world import World
from scheduler.domain import Clock, Season, Slot, Stage
from scheduler.rulebook import (
    AfternoonStart,
    EarliestEnd,
    EndsAroundOffWork,
    LatestEnd,
    OfferedMinutes,
    PeriodLength,
    ProtectedBreaks,
    Scope,
    StartsAfterLessons,
    StartsAt,
)


def starts_after_lessons(world: World, rule: StartsAfterLessons) -> Iterator[Deviation]:
    """Minutes each slot in use starts before the last lesson of its grades has ended and the break is over."""
    for slot, season, clock in _in_use(world, rule.scope):
        ends = [last_lesson_end(world, grade, slot.weekday, season) for grade in _grades(world, slot, rule.scope)]
        last = max((end for end in ends if end is not None), default=None)
        if last is None:
            continue
        early = minute(last) + rule.min_break_minutes - minute(clock.start)
        if early > 0:
            pause_zh = f"，课间应留{rule.min_break_minutes}分钟" if rule.min_break_minutes else ""
            pause_en = f" and a break of {rule.min_break_minutes} min follows" if rule.min_break_minutes else ""
            yield Deviation(
                amount=early,
                subjects=(naming.slot(slot), *of_season(world, season)),
                zh=f"{naming.slot_zh(slot)}{season_zh(world, season)}{naming.at(clock.start)}开始，"
                f"而最后一节课{naming.at(last)}才结束{pause_zh}，早了{early}分钟。",
                en=f"{naming.slot_en(slot)}{season_en(world, season)} starts at {naming.at(clock.start)}, but the last lesson "
                f"ends at {naming.at(last)}{pause_en}: {early} min too early.",
            )


def starts_at(world: World, rule: StartsAt) -> Iterator[Deviation]:
    """Minutes between the start of each day's first slot and the hour it should start."""
    for day in _offered_days(world, rule.scope):
        last = last_lesson_end(world, day.grade, day.weekday, day.season)
        after_lessons = minute(last) + rule.min_break_minutes if last is not None else 0
        due = max(minute(rule.start), after_lessons)
        off = abs(minute(day.first_start) - due)
        if off:
            hour = f"{due // 60:02}:{due % 60:02}"
            yield Deviation(
                amount=off,
                subjects=_subjects(world, day),
                zh=f"{_day_zh(world, day)}服务{naming.at(day.first_start)}开始，应在{hour}开始，相差{off}分钟。",
                en=f"{_day_en(world, day)}: the service starts at {naming.at(day.first_start)}, not at {hour}: {off} min off.",
            )


def latest_end(world: World, rule: LatestEnd) -> Iterator[Deviation]:
    """Minutes each regular meeting runs past the limit."""
    seasons = world.seasons_bound(rule.scope)
    for held in world.held_bound(rule.scope):
        for season in seasons if held.regular else ():
            clock = world.clock(held.slot, season)
            if clock is not None and (late := minute(clock.end) - minute(rule.latest)) > 0:
                yield Deviation(
                    amount=late,
                    subjects=(*held.subjects, *of_season(world, season)),
                    zh=f"{held.zh}{season_zh(world, season)}{naming.at(clock.end)}结束，"
                    f"比最晚的{naming.at(rule.latest)}晚{late}分钟。",
                    en=f"{held.en}{season_en(world, season)} ends at {naming.at(clock.end)}: "
                    f"{late} min past {naming.at(rule.latest)}.",
                )


def earliest_end(world: World, rule: EarliestEnd) -> Iterator[Deviation]:
    """Minutes by which a grade's last slot of the day ends too early."""
    for day in _offered_days(world, rule.scope):
        if (early := minute(rule.earliest) - minute(day.last_end)) > 0:
            yield _ends_wrong(world, day, early, f"应不早于{naming.at(rule.earliest)}，早了", f"{naming.at(rule.earliest)}", True)


def ends_around_off_work(world: World, rule: EndsAroundOffWork) -> Iterator[Deviation]:
    """Minutes by which a grade's last slot of the day ends outside the window around the off-work time."""
    for day in _offered_days(world, rule.scope):
        off_work = day.season.off_work_time
        if off_work is None:
            continue
        after = minute(day.last_end) - minute(off_work)
        due_zh, due_en = f"当地下班时间{naming.at(off_work)}", f"the local off-work time of {naming.at(off_work)}"
        if rule.before_minutes is not None and (early := -after - rule.before_minutes) > 0:
            zh = f"{due_zh}前最多可早{rule.before_minutes}分钟，又早了" if rule.before_minutes else f"早于{due_zh}"
            due_en = f"{rule.before_minutes} min before {due_en}" if rule.before_minutes else due_en
            yield _ends_wrong(world, day, early, zh, due_en, True)
        if rule.after_minutes is not None and (late := after - rule.after_minutes) > 0:
            zh = f"{due_zh}后最多可晚{rule.after_minutes}分钟，又晚了"
            yield _ends_wrong(world, day, late, zh, f"{rule.after_minutes} min after {due_en}", False)


def ends_around_off_work_notes(world: World, rule: EndsAroundOffWork) -> Iterator[Deviation]:
    """Seasons whose off-work time is not given: there the rule could not be measured."""
    for season in world.seasons_bound(rule.scope):
        if season.off_work_time is None:
            yield Deviation(
                amount=1,
                subjects=(naming.season(season),),
                zh=f"{season.id}作息没有填写当地下班时间，无法核对服务结束时间。",
                en=f"Season {season.id} has no off-work time: the end of the service could not be checked.",
            )


def offered_minutes(world: World, rule: OfferedMinutes) -> Iterator[Deviation]:
    """Minutes missing in what a grade is offered on a day."""
    for day in school_days(world, rule.scope):
        if (short := rule.minutes - day.minutes) > 0:
            yield Deviation(
                amount=short,
                subjects=_subjects(world, day),
                zh=f"{_day_zh(world, day)}只提供{day.minutes}分钟服务，比要求的{rule.minutes}分钟少{short}分钟。",
                en=f"{_day_en(world, day)} is offered {day.minutes} min of service, {short} short of {rule.minutes}.",
            )


def period_length(world: World, rule: PeriodLength) -> Iterator[Deviation]:
    """Minutes between each slot in use and the nearest whole number of billing periods."""
    if not world.scenario.school.billed_by_period:
        return
    for slot, season, clock in _in_use(world, rule.scope):
        stages = {world.scenario.grade_by_number[grade].stage for grade in _grades(world, slot, rule.scope)}
        off, period = max(
            ((_to_multiple(clock.minutes, period), period) for stage in stages if (period := _period(world, rule, stage))),
            default=(0, 0),
        )
        if off:
            yield Deviation(
                amount=off,
                subjects=(naming.slot(slot), *of_season(world, season)),
                zh=f"{naming.slot_zh(slot)}{season_zh(world, season)}长{clock.minutes}分钟，不是一课时{period}分钟的整数倍，"
                f"相差{off}分钟。",
                en=f"{naming.slot_en(slot)}{season_en(world, season)} lasts {clock.minutes} min, {off} min off a whole number "
                f"of periods of {period} min.",
            )


def protected_breaks(world: World, rule: ProtectedBreaks) -> Iterator[Deviation]:
    """Minutes each slot in use takes from lunch, nap, breaks and the pause before it."""
    for slot, season, clock in _in_use(world, rule.scope):
        worst, taken, missing = max(
            (sum(losses), *losses)
            for grade in _grades(world, slot, rule.scope)
            for losses in [_taken_from_breaks(world, rule, slot, clock, grade, season)]
        )
        if worst:
            parts_zh = [f"占用午餐、午休或课间{taken}分钟"] if taken else []
            parts_en = [f"takes {taken} min of lunch, nap or breaks"] if taken else []
            if missing:
                parts_zh.append(f"开始前的间隔少{missing}分钟（应有{rule.min_break_minutes}分钟）")
                parts_en.append(f"leaves {missing} min too little of the {rule.min_break_minutes} min before it")
            yield Deviation(
                amount=worst,
                subjects=(naming.slot(slot), *of_season(world, season)),
                zh=f"{naming.slot_zh(slot)}{season_zh(world, season)}{'，'.join(parts_zh)}。",
                en=f"{naming.slot_en(slot)}{season_en(world, season)} {' and '.join(parts_en)}.",
            )


def afternoon_start(world: World, rule: AfternoonStart) -> Iterator[Deviation]:
    """Minutes between a season's afternoon start and the printed hour."""
    if not world.grades_bound(rule.scope):
        return
    for season in world.seasons_bound(rule.scope):
        due = rule.start_by_season.get(season.kind) if season.kind is not None else None
        if due is None or season.afternoon_start is None:
            continue
        if off := abs(minute(season.afternoon_start) - minute(due)):
            yield Deviation(
                amount=off,
                subjects=(naming.season(season),),
                zh=f"{season.id}作息下午{naming.at(season.afternoon_start)}上课，规定为{naming.at(due)}，相差{off}分钟。",
                en=f"In season {season.id} afternoon lessons start at {naming.at(season.afternoon_start)}, not at "
                f"{naming.at(due)}: {off} min off.",
            )


def _in_use(world: World, scope: Scope) -> Iterator[tuple[Slot, Season, Clock]]:
    """Regular slots in use that are offered to a grade bound, with their clock in every season bound."""
    grades = frozenset(world.grades_bound(scope))
    for slot in world.regular_slots_in_use:
        for season in world.seasons_bound(scope) if slot.grades & grades else ():
            if (clock := world.clock(slot, season)) is not None:
                yield slot, season, clock


def _grades(world: World, slot: Slot, scope: Scope) -> tuple[int, ...]:
    return tuple(grade for grade in world.grades_bound(scope) if grade in slot.grades)


def _offered_days(world: World, scope: Scope) -> Iterator[GradeDay]:
    return (day for day in school_days(world, scope) if day.clocks)


def _period(world: World, rule: PeriodLength, stage: Stage) -> int | None:
    by_stage: Mapping[Stage, int] = rule.minutes_by_stage
    return by_stage.get(stage, world.scenario.school.period_minutes)


def _to_multiple(minutes: int, period: int) -> int:
    """Minutes to the nearest multiple of the period; 0 is none."""
    return min(abs(minutes - times * period) for times in {max(1, minutes // period), minutes // period + 1})


def _taken_from_breaks(
    world: World, rule: ProtectedBreaks, slot: Slot, clock: Clock, grade: int, season: Season
) -> tuple[int, int]:
    """Minutes of overlap with the grade's breaks, and minutes missing in the pause before the slot."""
    taken = sum(overlap(clock, pause) for pause in breaks_of(world, grade, slot.weekday, season))
    others = (*world.lessons_by_day.get((season.id, grade, slot.weekday), ()), *_slots(world, grade, slot, season))
    ends = [other.end for other in others if other.start < clock.start]
    if not ends:
        return taken, 0
    pause = minute(clock.start) - minute(max(ends))
    return taken, min(rule.min_break_minutes, max(0, rule.min_break_minutes - pause))


def _slots(world: World, grade: int, slot: Slot, season: Season) -> tuple[Clock, ...]:
    return grade_day(world, grade, slot.weekday, season).clocks


def _subjects(world: World, day: GradeDay) -> tuple[Subject, ...]:
    return (naming.grade(day.grade), *of_season(world, day.season))


def _day_zh(world: World, day: GradeDay) -> str:
    return f"{naming.grade_zh(day.grade)}{naming.weekday_zh(day.weekday)}{season_zh(world, day.season)}"


def _day_en(world: World, day: GradeDay) -> str:
    return f"{naming.grade_en(day.grade).capitalize()}, {naming.weekday_en(day.weekday)}{season_en(world, day.season)}"


def _ends_wrong(world: World, day: GradeDay, off: int, due_zh: str, due_en: str, early: bool) -> Deviation:
    side = "before" if early else "past"
    return Deviation(
        amount=off,
        subjects=_subjects(world, day),
        zh=f"{_day_zh(world, day)}最后一个时段{naming.at(day.last_end)}结束，{due_zh}{off}分钟。",
        en=f"{_day_en(world, day)}: the last slot ends at {naming.at(day.last_end)}, {off} min {side} {due_en}.",
    )
