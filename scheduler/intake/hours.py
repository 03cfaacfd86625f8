"""When does anything happen? Rows of seasons, bells, lessons, slots, buses and the calendar made into facts."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from scheduler.domain import (
    Bell,
    BusTrip,
    Clock,
    HolidayWeek,
    HomeClassId,
    Lesson,
    MakeUpDay,
    RouteId,
    SchoolEvent,
    Season,
    SeasonId,
    Service,
    Slot,
    SlotId,
    StaffId,
    Strand,
    TripId,
)
from scheduler.intake.kinds import slot_key
from scheduler.intake.names import Names
from scheduler.intake.people import known_grades
from scheduler.intake.rows import Headed, Row
from scheduler.intake.sheets import Bells, Buses, Calendar, Column, Lessons, Seasons, Slots
from scheduler.intake.words import WEEKDAY_KEYS, Entry

V = TypeVar("V")
Origins = dict[tuple[str, str], Row]
"""Row by sheet and id."""

SCHOOL_DAYS = frozenset({1, 2, 3, 4, 5})
LONGEST_STRETCH = 200
"""Days a holiday row may span; more is a slip of the year."""


def season(row: Row, names: Names) -> Season | None:
    """One season."""
    in_order(row, Seasons.start, Seasons.end)
    if row.refused:
        return None
    return Season(
        id=SeasonId(row.need(Seasons.id)),
        start=row.need(Seasons.start),
        end=row.need(Seasons.end),
        off_work_time=row[Seasons.off_work_time],
        afternoon_start=row[Seasons.afternoon_start],
        kind=row[Seasons.kind],
    )


def in_order(row: Row, start: Column[date], end: Column[date]) -> None:
    """A fault where the last day comes before the first."""
    first, last = row[start], row[end]
    if first is not None and last is not None and last < first:
        row.fault(
            end,
            f"{last} 早于{start.zh} {first}。",
            f"{last} comes before {first}.",
            "请改正其中一个日期。",
            "Correct one of the dates.",
        )


def clock_of(row: Row, start: Column[time], end: Column[time]) -> Clock | None:
    """From start to end; a fault where the end does not come later."""
    first, last = row[start], row[end]
    if first is None or last is None:
        return None
    if last <= first:
        row.fault(
            end,
            f"结束 {last:%H:%M} 不晚于开始 {first:%H:%M}。",
            f"the end {last:%H:%M} is not after the start {first:%H:%M}.",
            "请改正其中一个时间，下午用 24 小时制。",
            "Correct one of them; use the 24-hour clock.",
        )
        return None
    return Clock(first, last)


def _seasons_of(row: Row, column: Column[tuple[str, ...]], names: Names) -> list[SeasonId]:
    return sorted(names.many(row, column, SeasonId)) if row[column] else list(names.seasons)


def bells(row: Row, names: Names) -> Iterator[Bell]:
    """The bells of one row, one a season."""
    seasons = _seasons_of(row, Bells.season, names)
    grades = known_grades(row, Bells.grades, names) or names.grades
    clock = clock_of(row, Bells.start, Bells.end)
    if row.refused or clock is None:
        return
    for each in seasons:
        yield Bell(
            season=each,
            grades=grades,
            kind=row.need(Bells.kind),
            number=row.need(Bells.number),
            clock=clock,
            weekdays=row[Bells.weekdays] or SCHOOL_DAYS,
        )


def lesson(row: Row, names: Names) -> Lesson | None:
    """One daytime lesson."""
    home = names.one(row, Lessons.home_class, HomeClassId)
    teacher = names.one(row, Lessons.teacher, StaffId)
    if row.refused or home is None:
        return None
    subject, pe = row.need(Lessons.subject), row[Lessons.pe]
    return Lesson(
        home_class=home,
        weekday=row.need(Lessons.weekday),
        number=row.need(Lessons.number),
        subject=subject,
        teacher=teacher,
        pe="体育" in subject or subject.strip().upper() in ("PE", "P.E.") if pe is None else pe,
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """One slot row on one weekday."""

    row: Row
    given: str | None
    weekday: int
    number: int
    grades: frozenset[int]
    service: Service
    strand: Strand | None
    seasons: Sequence[SeasonId]
    clock: Clock


def slots(rows: Iterable[Row], names: Names, origins: Origins) -> list[Slot]:
    """The slots of all rows: a row may name several weekdays, and a slot has one row for each clock it follows."""
    offers = [offer for row in rows for offer in _offers(row, names)]
    merged: dict[str, tuple[_Offer, dict[SeasonId, Clock]]] = {}
    for offer, id in zip(offers, _slot_ids(offers), strict=True):
        first, clocks = merged.setdefault(id, (offer, {}))
        if _facts(first) != _facts(offer):
            _clash(offer.row, Slots.id if offer.given else Slots.number, id, first.row)
        for each in offer.seasons:
            if each in clocks:
                _clash(offer.row, Slots.season, id, first.row)
            clocks.setdefault(each, offer.clock)
    origins.update({("slots", id): first.row for id, (first, _) in merged.items()})
    return [
        Slot(
            id=SlotId(id),
            weekday=first.weekday,
            number=first.number,
            grades=first.grades,
            clock_by_season=_whole(first.row, Slots.season, id, clocks, names),
            service=first.service,
            strand=first.strand,
        )
        for id, (first, clocks) in merged.items()
    ]


def _offers(row: Row, names: Names) -> Iterator[_Offer]:
    seasons = _seasons_of(row, Slots.season, names)
    grades = known_grades(row, Slots.grades, names) or names.grades
    clock = clock_of(row, Slots.start, Slots.end)
    if row.refused or clock is None:
        return
    given, days = row[Slots.id], row.need(Slots.weekdays)
    for day in sorted(days):
        id = given if given is None or len(days) == 1 else f"{given}-{WEEKDAY_KEYS[day - 1]}"
        service = row[Slots.service] or Service.REGULAR
        yield _Offer(row, id, day, row.need(Slots.number), grades, service, row[Slots.strand], seasons, clock)


def _facts(offer: _Offer) -> tuple[object, ...]:
    return offer.weekday, offer.number, offer.grades, offer.service, offer.strand


def _slot_ids(offers: Sequence[_Offer]) -> Iterator[str]:
    """Given ids, or weekday and number, with the lowest grade where several groups of grades share them."""
    sharing: defaultdict[tuple[int, int], set[tuple[object, ...]]] = defaultdict(set)
    for offer in offers:
        sharing[offer.weekday, offer.number].add(_facts(offer))
    for offer in offers:
        key = slot_key(offer.weekday, offer.number)
        alone = len(sharing[offer.weekday, offer.number]) == 1
        yield offer.given or (key if alone else f"{key}-g{min(offer.grades, default=0)}")


def _clash(row: Row, column: Headed, id: str, first: Row) -> None:
    if row.refused:
        return
    row.fault(
        column,
        f"“{id}”与第 {first.number} 行重复。",
        f"“{id}” is also in row {first.number}.",
        "同一时段或车次，每种作息只填一行，其余各项要一致；不同的请用不同编号或序号。",
        "Use one row a season with the same other facts, or another id or number.",
    )


def _whole(row: Row, column: Column[tuple[str, ...]], id: str, by_season: dict[SeasonId, V], names: Names) -> dict[SeasonId, V]:
    """The values by season; a fault where a season has none."""
    if (missing := [each for each in names.seasons if each not in by_season]) and not row.refused:
        row.fault(
            column,
            f"“{id}”没有填作息“{'、'.join(missing)}”的时间。",
            f"“{id}” has no time in the season {', '.join(missing)}.",
            "请为每种作息各填一行，或把“作息”留空表示都一样。",
            "Give it one row a season, or leave the season empty where all are the same.",
        )
    return by_season


@dataclass(frozen=True, slots=True)
class _Departure:
    """One bus row on one weekday."""

    row: Row
    given: str | None
    weekday: int
    seasons: Sequence[SeasonId]
    at: time


def trips(rows: Iterable[Row], names: Names, origins: Origins) -> list[BusTrip]:
    """The departures of all rows. Without ids the first of a route's day is the first in every season."""
    departures = [departure for row in rows for departure in _departures(row, names)]
    merged: dict[str, tuple[_Departure, dict[SeasonId, time]]] = {}
    for departure, season_id, id in _trip_ids(departures):
        first, times = merged.setdefault(id, (departure, {}))
        if season_id in times or _bus_facts(first) != _bus_facts(departure):
            _clash(departure.row, Buses.id, id, first.row)
        times.setdefault(season_id, departure.at)
    origins.update({("buses", id): first.row for id, (first, _) in merged.items()})
    return [
        BusTrip(
            id=TripId(id),
            route=RouteId(first.row.need(Buses.route)),
            vehicle=first.row.need(Buses.vehicle),
            weekday=first.weekday,
            departure_by_season=_whole(first.row, Buses.season, id, times, names),
            seats=first.row[Buses.seats],
        )
        for id, (first, times) in merged.items()
    ]


def _departures(row: Row, names: Names) -> Iterator[_Departure]:
    seasons = _seasons_of(row, Buses.season, names)
    if row.refused:
        return
    given, days = row[Buses.id], row.need(Buses.weekdays)
    for day in sorted(days):
        id = given if given is None or len(days) == 1 else f"{given}-{WEEKDAY_KEYS[day - 1]}"
        yield _Departure(row, id, day, seasons, row.need(Buses.departure))


def _bus_facts(departure: _Departure) -> tuple[object, ...]:
    row = departure.row
    return departure.weekday, row.need(Buses.route), row.need(Buses.vehicle), row[Buses.seats]


def _trip_ids(departures: Sequence[_Departure]) -> Iterator[tuple[_Departure, SeasonId, str]]:
    nameless: defaultdict[tuple[str, int, SeasonId], list[_Departure]] = defaultdict(list)
    for departure in departures:
        for each in departure.seasons:
            if departure.given is not None:
                yield departure, each, departure.given
            else:
                nameless[departure.row.need(Buses.route), departure.weekday, each].append(departure)
    for (route, day, each), group in nameless.items():
        base = re.sub(r"[\s,;、/|@\"，；]", "", route)
        for number, departure in enumerate(sorted(group, key=lambda departure: departure.at), 1):
            yield departure, each, f"{base}-{WEEKDAY_KEYS[day - 1]}-{number}"


CalendarEntry = MakeUpDay | SchoolEvent | HolidayWeek | date


def calendar(row: Row, names: Names) -> Iterator[CalendarEntry]:
    """What one row of the calendar says; a plain date is a day off."""
    kind = row[Calendar.kind]
    if kind is Entry.MAKE_UP_DAY:
        row.require(Calendar.follows, "没有填按星期几上课。", "it is empty: which weekday does the day follow?")
    if kind is Entry.EVENT:
        row.require(Calendar.name, "活动没有填名称。", "it is empty; an event needs a name.")
    if kind is Entry.HOLIDAY_WEEK:
        row.require(Calendar.end, "没有填最后一天。", "it is empty; write the last day.")
        row.require(Calendar.season, "没有填寒假还是暑假。", "it is empty: winter or summer holiday?")
    in_order(row, Calendar.day, Calendar.end)
    _no_long_stretch(row)
    if row.refused:
        return
    day = row.need(Calendar.day)
    end = row[Calendar.end] or day
    if kind is Entry.MAKE_UP_DAY:
        yield MakeUpDay(day=day, follows=row.need(Calendar.follows))
    elif kind is Entry.HOLIDAY_WEEK:
        yield HolidayWeek(season=row.need(Calendar.season), start=day, end=end)
    for number in range((end - day).days + 1):
        if kind is Entry.EVENT:
            yield SchoolEvent(
                day=day + timedelta(days=number), name=row.need(Calendar.name), service=row[Calendar.service] or False
            )
        elif kind is Entry.HOLIDAY:
            yield day + timedelta(days=number)


def _no_long_stretch(row: Row) -> None:
    day, end = row[Calendar.day], row[Calendar.end]
    if day is not None and end is not None and (end - day).days > LONGEST_STRETCH:
        row.fault(
            Calendar.end,
            f"从 {day} 到 {end} 太长了。",
            f"from {day} to {end} is too long.",
            "请看看年份是不是写错了。",
            "See whether the year is right.",
        )
