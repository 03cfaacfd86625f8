"""Who misses the bus? Riders, the trips they take, and the last end of their day."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import time

from scheduler.audit import naming
from scheduler.audit.days import of_season, season_en, season_zh
from scheduler.audit.report import Deviation
from scheduler.audit.world import World
from scheduler.domain import BusTrip, Pupil, PupilId, Season, TripId, minutes_between
from scheduler.rulebook import RidesKept


def rides_kept(world: World, rule: RidesKept) -> Iterator[Deviation]:
    """Minutes by which riders with no other way home miss their trip, days without one, and riders above the seats."""
    riders = [pupil for pupil in world.participants_bound(rule.scope) if pupil.route is not None and pupil.only_way_home]
    named = trips_named(world)
    fullest: dict[TripId, int] = {}
    for season in world.seasons_bound(rule.scope):
        load: Counter[TripId] = Counter()
        for pupil in riders:
            for weekday in sorted({slot.weekday for slot in world.stays_of(pupil)}):
                trip = trip_taken(world, pupil, weekday, season, named)
                if trip is None:
                    yield _no_trip(world, pupil, weekday, season)
                    continue
                load[trip.id] += 1
                yield from _missed(world, pupil, weekday, season, trip, rule.buffer_minutes)
        fullest = {trip: max(fullest.get(trip, 0), load[trip]) for trip in fullest.keys() | load.keys()}
    for id, number in sorted(fullest.items()):
        yield from _over_full(world.scenario.trip_by_id[id], number)


def missed_by_others(world: World, rule: RidesKept) -> Iterator[Deviation]:
    """The same minutes for riders who have another way home: worth telling, never findings."""
    named = trips_named(world)
    for season in world.seasons_bound(rule.scope):
        for pupil in world.participants_bound(rule.scope):
            if pupil.route is None or pupil.only_way_home:
                continue
            for weekday in sorted({slot.weekday for slot in world.stays_of(pupil)}):
                trip = trip_taken(world, pupil, weekday, season, named)
                if trip is not None:
                    yield from _missed(world, pupil, weekday, season, trip, rule.buffer_minutes)


def trips_named(world: World) -> Mapping[tuple[PupilId, int], TripId]:
    """The trip the table names for a rider and weekday."""
    return {(ride.pupil, ride.weekday): ride.trip for ride in world.timetable.rides}


def trip_taken(
    world: World, pupil: Pupil, weekday: int, season: Season, named: Mapping[tuple[PupilId, int], TripId]
) -> BusTrip | None:
    """The trip named for the day, else the last of the route; `None` where it does not leave for this pupil that day."""
    leaving = [
        trip
        for trip in world.scenario.trips
        if trip.route == pupil.route and trip.weekday == weekday and season.id in trip.departure_by_season
    ]
    if (pupil.id, weekday) in named:
        return next((trip for trip in leaving if trip.id == named[pupil.id, weekday]), None)
    return max(leaving, key=lambda trip: (trip.departure_by_season[season.id], trip.id), default=None)


def _last_end(world: World, pupil: Pupil, weekday: int, season: Season) -> time | None:
    """When the pupil's last regular place of that weekday ends."""
    held = (cell.slot for cell in world.cells_by_pupil[pupil.id] if cell.regular and cell.slot.weekday == weekday)
    clocks = (world.clock(slot, season) for slot in held)
    return max((clock.end for clock in clocks if clock is not None), default=None)


def _missed(world: World, pupil: Pupil, weekday: int, season: Season, trip: BusTrip, buffer_minutes: int) -> Iterator[Deviation]:
    end = _last_end(world, pupil, weekday, season)
    if end is None:
        return
    departure = trip.departure_by_season[season.id]
    late = minutes_between(departure, end) + buffer_minutes
    if late > 0:
        in_zh, in_en = season_zh(world, season), season_en(world, season)
        yield Deviation(
            amount=late,
            subjects=(naming.pupil(pupil), naming.trip(trip), *of_season(world, season)),
            zh=f"{pupil.name}{naming.weekday_zh(weekday)}{naming.at(end)}结束{in_zh}，加{buffer_minutes}分钟赶车时间，"
            f"比{naming.at(departure)}发车的{trip.id}晚{late}分钟。",
            en=f"{pupil.name} ends at {naming.at(end)} on {naming.weekday_en(weekday)}{in_en}; with {buffer_minutes} minutes "
            f"for the way that is {late} minutes past {trip.id} at {naming.at(departure)}.",
        )


def _no_trip(world: World, pupil: Pupil, weekday: int, season: Season) -> Deviation:
    in_zh, in_en = season_zh(world, season), season_en(world, season)
    return Deviation(
        amount=1,
        subjects=(naming.pupil(pupil), *of_season(world, season)),
        zh=f"{pupil.name}{naming.weekday_zh(weekday)}留校{in_zh}，当天没有可乘的{pupil.route}线车次。",
        en=f"{pupil.name} stays on {naming.weekday_en(weekday)}{in_en}, when no trip of route {pupil.route} takes them home.",
    )


def _over_full(trip: BusTrip, riders: int) -> Iterator[Deviation]:
    if trip.seats is not None and riders > trip.seats:
        yield Deviation(
            amount=riders - trip.seats,
            subjects=(naming.trip(trip),),
            zh=f"{trip.id}只有{trip.seats}个座位，必须乘坐的学生有{riders}人，超出{riders - trip.seats}人。",
            en=f"{trip.id} has {trip.seats} seats for {riders} riders with no other way home, {riders - trip.seats} too many.",
        )
