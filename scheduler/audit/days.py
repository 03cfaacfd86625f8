"""What does a grade's day look like? Its regular slots, lessons and breaks by the clock of one season."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from scheduler.audit import naming
from scheduler.audit.report import Subject
from scheduler.audit.world import SCHOOL_WEEK, World
from scheduler.domain import BellKind, Clock, Season, Service, Slot
from scheduler.rulebook import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeDay:
    """The regular slots offered to one grade on one weekday, by the clock of one season."""

    grade: int
    weekday: int
    season: Season
    clocks: tuple[Clock, ...]
    """In order of start; empty where nothing is offered."""

    @property
    def first_start(self) -> time:
        return min(clock.start for clock in self.clocks)

    @property
    def last_end(self) -> time:
        return max(clock.end for clock in self.clocks)

    @property
    def minutes(self) -> int:
        """Minutes offered, breaks left out and no minute counted twice."""
        total, covered_until = 0, 0
        for clock in self.clocks:
            start, end = minute(clock.start), minute(clock.end)
            total += max(0, end - max(start, covered_until))
            covered_until = max(covered_until, end)
        return total


def grade_day(world: World, grade: int, weekday: int, season: Season) -> GradeDay:
    """The day of one grade."""
    offered = (world.clock(slot, season) for slot in world.regular_slots(grade) if slot.weekday == weekday)
    clocks = sorted((clock for clock in offered if clock is not None), key=lambda clock: (clock.start, clock.end))
    return GradeDay(grade=grade, weekday=weekday, season=season, clocks=tuple(clocks))


def school_days(world: World, scope: Scope) -> Iterator[GradeDay]:
    """Every grade bound, Monday to Friday, in every season bound; days without a slot too."""
    for grade in world.grades_bound(scope):
        for weekday in sorted(SCHOOL_WEEK):
            for season in world.seasons_bound(scope):
                yield grade_day(world, grade, weekday, season)


def last_lesson_end(world: World, grade: int, weekday: int, season: Season) -> time | None:
    """When the grade's last daytime lesson ends; `None` without lessons that day."""
    lessons = world.lessons_by_day.get((season.id, grade, weekday), ())
    return max((clock.end for clock in lessons), default=None)


def breaks_of(world: World, grade: int, weekday: int, season: Season) -> tuple[Clock, ...]:
    """Lunch, nap and breaks of the grade's day."""
    return tuple(
        bell.clock
        for bell in world.scenario.bells
        if bell.kind in (BellKind.LUNCH, BellKind.NAP, BellKind.BREAK)
        and bell.season == season.id
        and grade in bell.grades
        and weekday in bell.weekdays
    )


def slots_for(world: World, service: Service, scope: Scope) -> Iterator[tuple[Slot, Season, Clock]]:
    """Slots of a service offered to a grade bound, in use or not, with their clock in every season bound."""
    grades = frozenset(world.grades_bound(scope))
    offered = (slot for slot in world.scenario.slots if slot.service is service and slot.grades & grades)
    for slot in sorted(offered, key=lambda slot: (slot.weekday, slot.number, slot.id)):
        for season in world.seasons_bound(scope):
            if (clock := world.clock(slot, season)) is not None:
                yield slot, season, clock


def minute(hour: time) -> int:
    """Minutes since midnight."""
    return hour.hour * 60 + hour.minute


def overlap(one: Clock, other: Clock) -> int:
    """Minutes two clocks share."""
    return max(0, minute(min(one.end, other.end)) - minute(max(one.start, other.start)))


def of_season(world: World, season: Season) -> tuple[Subject, ...]:
    """The season as a subject, where the school has more than one."""
    return (naming.season(season),) if len(world.scenario.seasons) > 1 else ()


def season_zh(world: World, season: Season) -> str:
    """（夏季作息）, where the school has more than one season."""
    return f"（{season.id} 作息）" if len(world.scenario.seasons) > 1 else ""


def season_en(world: World, season: Season) -> str:
    """(season summer), where the school has more than one."""
    return f" (season {season.id})" if len(world.scenario.seasons) > 1 else ""
