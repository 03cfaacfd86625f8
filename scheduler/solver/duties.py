"""Who is on duty on which date? A fair turn among the people with the role who lead nothing that weekday."""

from collections import Counter, defaultdict
from datetime import date

from scheduler.calendar import service_dates, weekday_followed
from scheduler.domain import Role, Scenario, StaffId
from scheduler.timetable import Duty


def fair_duties(scenario: Scenario, role: Role, busy: frozenset[tuple[StaffId, int]]) -> list[Duty]:
    """One duty of the role on each service date, numbers of duties as even as free weekdays let them be.

    `busy`: (person, weekday) with a regular meeting. Dates nobody can take are left out; the audit names them. The term is
    shared out evenly in itself; whoever had least in it begins in the opening weeks of the holidays.
    """
    holders = sorted(person.id for person in scenario.staff if role in person.roles)
    dates: defaultdict[int, list[date]] = defaultdict(list)
    for day in service_dates(scenario):
        if scenario.term.start <= day <= scenario.term.end:
            dates[weekday_of(scenario, day)].append(day)
    turns: dict[date, StaffId] = {}
    count: Counter[StaffId] = Counter()
    for weekday in sorted(dates, key=lambda weekday: (sum((p, weekday) not in busy for p in holders), weekday)):
        free = [person for person in holders if (person, weekday) not in busy]
        for day in dates[weekday]:
            if free:
                person = min(free, key=lambda person: (count[person], person))
                turns[day] = person
                count[person] += 1
    _even_out(turns, count, holders, busy, scenario)
    for day in service_dates(scenario):
        if holders and not scenario.term.start <= day <= scenario.term.end:
            turns[day] = min(holders, key=lambda person: (count[person], person))
            count[turns[day]] += 1
    return [Duty(day=day, role=role, staff=person) for day, person in sorted(turns.items())]


def weekday_of(scenario: Scenario, day: date) -> int:
    """The weekday of the template week that the date follows; 0 where it follows none and nobody is busy."""
    return weekday_followed(scenario, day) or 0


def _even_out(
    turns: dict[date, StaffId],
    count: "Counter[StaffId]",
    holders: list[StaffId],
    busy: frozenset[tuple[StaffId, int]],
    scenario: Scenario,
) -> None:
    """Passes duties on along chains of people until the busiest has at most one more than the least busy."""
    while holders and max(count[p] for p in holders) - min(count[p] for p in holders) > 1:
        chain = _chain(turns, count, holders, busy, scenario)
        if not chain:
            return
        for day, person in chain:
            count[turns[day]] -= 1
            turns[day] = person
            count[person] += 1


def _chain(
    turns: dict[date, StaffId],
    count: "Counter[StaffId]",
    holders: list[StaffId],
    busy: frozenset[tuple[StaffId, int]],
    scenario: Scenario,
) -> list[tuple[date, StaffId]]:
    """Dates to hand over, from somebody with two more duties than whoever gets one at the end."""
    for start in sorted(holders, key=lambda person: (-count[person], person)):
        reached: dict[StaffId, list[tuple[date, StaffId]]] = {start: []}
        queue = [start]
        while queue:
            giver = queue.pop(0)
            if count[giver] <= count[start] - 2:
                return reached[giver]
            for day, person in sorted(turns.items()):
                if person != giver:
                    continue
                weekday = weekday_of(scenario, day)
                for taker in holders:
                    if taker not in reached and (taker, weekday) not in busy:
                        reached[taker] = [*reached[giver], (day, taker)]
                        queue.append(taker)
    return []
