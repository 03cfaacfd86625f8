"""When is the service of an invented school? Its slots and the daytime bells around them."""

from collections.abc import Iterator, Mapping

from scheduler.domain import Bell, BellKind, Clock, SeasonId, Service, Slot, SlotId
from scheduler.generate.profiles import Band, Hours, Profile

DAY_NAMES = {1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat", 7: "sun"}


def build_slots(profile: Profile, grades: tuple[int, ...]) -> tuple[Slot, ...]:
    """Regular slots of each band, then extended care, evening study and the weekend day."""
    slots: list[Slot] = []
    for band in profile.bands:
        held = frozenset(band.grades) & frozenset(grades)
        if held:
            slots += _of_band(profile, band, held)
    weekend = profile.term.weekend_weekday
    if weekend:
        for number, clock in enumerate(profile.weekend, start=1):
            clocks = {season.id: clock for season in profile.seasons}
            day = DAY_NAMES[weekend]
            slots.append(
                Slot(
                    id=SlotId(f"w-{day}-{number}"),
                    weekday=weekend,
                    number=number,
                    grades=frozenset(grades),
                    clock_by_season=clocks,
                )
            )
    return tuple(slots)


def _of_band(profile: Profile, band: Band, held: frozenset[int]) -> Iterator[Slot]:
    for weekday in range(1, 6):
        day = f"{band.key}-{DAY_NAMES[weekday]}"
        for place, clocks in enumerate(_columns(band.slots)):
            yield Slot(
                id=SlotId(f"{day}-{place + 1}"),
                weekday=weekday,
                number=place + 1,
                grades=held,
                clock_by_season=clocks,
                strand=profile.strands[place] if profile.strands else None,
            )
        regular = len(next(iter(band.slots.values())))
        for clocks in _columns(band.extended):
            yield Slot(
                id=SlotId(f"{day}-extended"),
                weekday=weekday,
                number=regular + 1,
                grades=held,
                clock_by_season=clocks,
                service=Service.EXTENDED_CARE,
            )
        for clocks in _columns(band.evening) if weekday < 5 else ():
            yield Slot(
                id=SlotId(f"{day}-evening"),
                weekday=weekday,
                number=regular + 2,
                grades=held,
                clock_by_season=clocks,
                service=Service.EVENING_STUDY,
            )


def _columns(hours: Hours) -> Iterator[Mapping[SeasonId, Clock]]:
    """The first clock of every season, the second of every season, …"""
    for clocks in zip(*hours.values(), strict=True):
        yield dict(zip(hours, clocks, strict=True))


def build_bells(profile: Profile, grades: tuple[int, ...]) -> tuple[Bell, ...]:
    """Lessons, the big break, lunch and nap of each band and season."""
    kinds = (BellKind.BREAK, BellKind.LUNCH, BellKind.NAP)
    bells: list[Bell] = []
    for band in profile.bands:
        held = frozenset(band.grades) & frozenset(grades)
        if not held:
            continue
        for season, lessons in band.lessons.items():
            bells += [
                Bell(season=season, grades=held, kind=BellKind.LESSON, number=number, clock=clock)
                for number, clock in enumerate(lessons, start=1)
            ]
            bells += [
                Bell(season=season, grades=held, kind=kind, number=1, clock=clock)
                for kind, clock in zip(kinds, band.breaks[season], strict=True)
            ]
    return tuple(bells)
