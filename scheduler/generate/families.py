"""Who lives around an invented school, and what do they want? Pupils, siblings, stays, buses and ranked wishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from math import ceil
from random import Random

from scheduler.domain import (
    BusTrip,
    Choice,
    CourseId,
    Flag,
    HomeClass,
    Pattern,
    Pupil,
    PupilId,
    RouteId,
    Service,
    Slot,
    SlotId,
    Staff,
    Strand,
    TripId,
    Vehicle,
)
from scheduler.generate.clocks import at
from scheduler.generate.grid import DAY_NAMES
from scheduler.generate.menu import Item
from scheduler.generate.names import Namer
from scheduler.generate.profiles import Profile

FLAG_SHARES = (
    (Flag.LEFT_BEHIND, 0.06),
    (Flag.MIGRANT_WORKER_CHILD, 0.03),
    (Flag.HARDSHIP, 0.02),
    (Flag.DIBAO, 0.015),
    (Flag.RURAL_OUT_OF_POVERTY, 0.015),
    (Flag.DISABILITY, 0.01),
    (Flag.LEARNING_DIFFICULTY, 0.02),
    (Flag.TALENT, 0.01),
)
MOST_SEATS = 60
EARLY_ROUTE = RouteId("远坪线")
"""The far route, whose only bus leaves before the last slot ends."""


@dataclass(frozen=True, slots=True)
class Route:
    """A bus line of the township."""

    id: RouteId
    vehicle: Vehicle
    departures: tuple[str, ...]
    share: float


ROUTES = (
    Route(RouteId("云湖线"), Vehicle.SCHOOL_BUS, ("17:45", "18:10"), 0.42),
    Route(RouteId("龙山线"), Vehicle.SCHOOL_BUS, ("17:45", "18:10"), 0.38),
    Route(EARLY_ROUTE, Vehicle.COACH, ("17:15",), 0.20),
)


def settle(
    random: Random, namer: Namer, profile: Profile, classes: Sequence[HomeClass], sizes: Sequence[int], slots: Sequence[Slot]
) -> list[Pupil]:
    """All pupils with their days, but without wishes yet."""
    pupils: list[Pupil] = []
    households: list[tuple[str, str, int, Pupil]] = []
    for home_class, size in zip(classes, sizes, strict=True):
        for seat in range(1, size + 1):
            sibling = _sibling(random, households, home_class.grade)
            surname = sibling[1] if sibling else namer.surname()
            entered = profile.term.start.year - (home_class.grade - 1) % 6
            pupil = Pupil(
                id=PupilId(f"{entered}{home_class.id.replace('-', '').rjust(4, '0')}{seat:02}"),
                name=namer.child(home_class.id, surname),
                home_class=home_class.id,
            )
            if sibling:
                pupil = replace(pupil, household=sibling[0], route=sibling[3].route, only_way_home=sibling[3].only_way_home)
            elif random.random() < 0.16:
                pupil = replace(pupil, household=f"H{len(pupils) + 1:03}")
            if not sibling and random.random() < profile.riders:
                route = random.choices(ROUTES, [route.share for route in ROUTES])[0]
                pupil = replace(pupil, route=route.id, only_way_home=random.random() < 0.6)
            pupil = _enrol(random, profile, pupil, home_class.grade, slots)
            if pupil.household and not sibling:
                households.append((pupil.household, surname, home_class.grade, pupil))
            pupils.append(pupil)
    return _without_lonely_households(pupils)


def _sibling(random: Random, households: list[tuple[str, str, int, Pupil]], grade: int) -> tuple[str, str, int, Pupil] | None:
    """An older or younger child of a family already here, taken off the list."""
    others = [place for place, (_, _, other, _) in enumerate(households) if other != grade]
    if not others or random.random() > 0.13:
        return None
    return households.pop(random.choice(others))


def _without_lonely_households(pupils: list[Pupil]) -> list[Pupil]:
    seen: dict[str, int] = {}
    for pupil in pupils:
        if pupil.household:
            seen[pupil.household] = seen.get(pupil.household, 0) + 1
    return [replace(pupil, household=None) if pupil.household and seen[pupil.household] < 2 else pupil for pupil in pupils]


def _enrol(random: Random, profile: Profile, pupil: Pupil, grade: int, slots: Sequence[Slot]) -> Pupil:
    regular = [slot for slot in slots if slot.service is Service.REGULAR and grade in slot.grades and slot.weekday <= 5]
    flags = frozenset(flag for flag, share in FLAG_SHARES if random.random() < share)
    boarder = profile.boarding and grade >= 5 and pupil.route is None and random.random() < 0.22
    if random.random() < (0.08 if not boarder else 0.3):
        return replace(pupil, enrolled=False, boarder=boarder, flags=flags)
    rider = pupil.route == EARLY_ROUTE and pupil.only_way_home
    stays, latest = _stays(random, profile, regular, early=rider)
    weekend = [slot.id for slot in slots if slot.weekday > 5 and grade in slot.grades]
    if weekend and random.random() < 0.22:
        stays |= frozenset(weekend)
    full = {slot.id for slot in regular} <= stays
    offers = {slot.service for slot in slots if grade in slot.grades}
    signed = date(profile.term.start.year, profile.term.start.month, profile.term.start.day)
    return replace(
        pupil,
        stays=stays,
        latest_leave=latest,
        flags=flags,
        boarder=boarder,
        extended_care=full and Service.EXTENDED_CARE in offers and random.random() < 0.06,
        evening_study=full and not latest and Service.EVENING_STUDY in offers and random.random() < 0.4,
        agreement=signed.replace(day=min(28, signed.day + random.randrange(5))),
    )


def _stays(
    random: Random, profile: Profile, regular: Sequence[Slot], early: bool
) -> tuple[frozenset[SlotId], Mapping[int, time]]:
    """Every slot for most; otherwise some days, or every day but not to the end."""
    numbers = sorted({slot.number for slot in regular})
    if early:
        return frozenset(slot.id for slot in regular if slot.number == 1), {}
    if profile.daily_periods:
        bought = random.choices(tuple(profile.daily_periods), tuple(profile.daily_periods.values()))[0]
        days = random.sample(range(1, 6), 3) if random.random() < 0.12 else range(1, 6)
        return frozenset(slot.id for slot in regular if slot.number <= bought and slot.weekday in days), {}
    luck = random.random()
    if luck < profile.full_week:
        latest = {random.randrange(1, 6): at("19:30")} if luck < 0.04 else {}
        return frozenset(slot.id for slot in regular), latest
    if luck < profile.full_week + 0.6 * (1 - profile.full_week):
        days = random.sample(range(1, 6), random.choice((2, 3, 3, 4)))
        return frozenset(slot.id for slot in regular if slot.weekday in days), {}
    last = random.choice(numbers[:-1])
    kept = [slot for slot in regular if slot.number <= last]
    ends = {
        day: max(clock.end for slot in kept if slot.weekday == day for clock in slot.clock_by_season.values())
        for day in range(1, 6)
    }
    return frozenset(slot.id for slot in kept), ends


def trips_for(profile: Profile, pupils: Sequence[Pupil]) -> tuple[BusTrip, ...]:
    """Each route's departures on every school day, as many buses at each as a quarter more than the riders need."""
    trips: list[BusTrip] = []
    for route in ROUTES:
        riders = sum(pupil.route == route.id for pupil in pupils)
        if not riders:
            continue
        seats = 36 if riders <= 40 else 10 * (riders // 8)
        buses = ceil(seats / MOST_SEATS)
        departures = [departure for departure in route.departures for _ in range(buses)]
        for weekday in range(1, 6):
            for number, departure in enumerate(departures, start=1):
                trips.append(
                    BusTrip(
                        id=TripId(f"{route.id}-{DAY_NAMES[weekday]}-{number}"),
                        route=route.id,
                        vehicle=route.vehicle,
                        weekday=weekday,
                        departure_by_season={season.id: at(departure) for season in profile.seasons},
                        seats=ceil(seats / buses),
                    )
                )
    return tuple(trips)


def wish(
    random: Random,
    profile: Profile,
    pupil: Pupil,
    grade: int,
    items: Sequence[Item],
    slots: Sequence[Slot],
    staff: Sequence[Staff],
) -> Pupil:
    """The pupil with three to eight ranked wishes that follow two or three leanings."""
    hours = [slot for slot in slots if slot.id in pupil.stays and slot.strand is not Strand.ONE]
    open_items = [item for item in items if grade in item.grades and _fits(item, hours)]
    if not pupil.enrolled or not open_items or random.random() < 0.04:
        return pupil
    leanings = [random.betavariate(0.9, 1.6) for _ in range(5)]
    drawn = [
        (
            item.charm + sum(lean * taste for lean, taste in zip(leanings, item.tastes, strict=True)) / 2 + random.gauss(0, 0.7),
            item,
        )
        for item in open_items
    ]
    drawn.sort(key=lambda pair: (-pair[0], pair[1].key))
    listed = [item for _, item in drawn[: random.choice((3, 4, 4, 5, 5, 6, 7, 8))]]
    choices = tuple(_choice(random, profile, rank, item, hours, staff) for rank, item in enumerate(listed, start=1))
    days = len({slot.weekday for slot in hours})
    wanted = min(random.choice((2, 2, 3, 3, 4)), len(choices), max(1, days - 1))
    return replace(pupil, choices=choices, wanted=wanted, accept_any=random.random() < 0.3)


def _fits(item: Item, hours: Sequence[Slot]) -> bool:
    """Whether the pupil's hours hold one section of the course's pattern."""
    if item.pattern is Pattern.TWO_DAYS:
        numbers = [slot.number for slot in hours if slot.weekday <= 5]
        return any(numbers.count(number) >= 2 for number in set(numbers))
    if item.pattern is Pattern.DOUBLE:
        places = {(slot.weekday, slot.number) for slot in hours}
        return any((weekday, number + 1) in places for weekday, number in places)
    return bool(hours)


def _choice(random: Random, profile: Profile, rank: int, item: Item, hours: Sequence[Slot], staff: Sequence[Staff]) -> Choice:
    teachers = [person for person in staff if item.skill in person.skills]
    days = sorted({slot.weekday for slot in hours if slot.weekday <= 5})
    named = profile.names_teachers and item.pattern is Pattern.SINGLE and len(teachers) > 1 and random.random() < 0.3
    weekday = random.choice(days) if days and item.pattern is Pattern.SINGLE and random.random() < 0.03 else None
    return Choice(
        rank=rank,
        course=CourseId(item.key),
        teacher=random.choice(teachers).id if named else None,
        weekday=None if named else weekday,
    )
