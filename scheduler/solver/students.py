"""Who sits where, and who must not? Rows over places."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import time

import numpy as np

from scheduler.domain import AreaType, BusTrip, Form, Pupil, Service
from scheduler.rulebook import (
    BoardersLookedAfter,
    CareKeptApart,
    CoordinatedBy,
    ExtendedCareGiven,
    GuaranteedPlace,
    LatestLeaveKept,
    NobodyRefused,
    OnlyWhereAskedFor,
    RidesKept,
    ScopeOfService,
    WishesGranted,
    WishesKept,
)
from scheduler.solver.hours import of_day
from scheduler.solver.model import INFINITE, Ints, Mask
from scheduler.solver.scopes import in_force, participants, pupils_bound, seasons_bound
from scheduler.solver.statement import Statement, at_least, at_most, grouped, priced, together
from scheduler.solver.unknowns import Unknowns

NEVER = 48 * 60
"""A minute of the day that no place ends after."""


def nobody_refused(unknowns: Unknowns, rule: NobodyRefused) -> Statement:
    """Slots asked for without a place."""
    return _unplaced(unknowns, Form.BASE_CARE, pupils_bound(unknowns, rule.scope))


def guaranteed_place(unknowns: Unknowns, rule: GuaranteedPlace) -> Statement:
    """Slots asked for without a place, of pupils of the groups."""
    grade = [unknowns.scenario.grade_of(pupil).number for pupil in unknowns.pupils]
    first = [bool(p.flags & rule.flags) or g in rule.grades for p, g in zip(unknowns.pupils, grade, strict=True)]
    return _unplaced(unknowns, Form.BASE_CARE, pupils_bound(unknowns, rule.scope) & np.array(first, dtype=bool))


def extended_care_given(unknowns: Unknowns, rule: ExtendedCareGiven) -> Statement:
    """Extended-care slots without a place, and pupils whose grade is offered none."""
    bound = pupils_bound(unknowns, rule.scope)
    scenario = unknowns.scenario
    never = sum(
        1
        for pupil, kept in zip(unknowns.pupils, bound, strict=True)
        if kept and pupil.extended_care and not scenario.slots_of(scenario.grade_of(pupil).number, Service.EXTENDED_CARE)
    )
    return together([_unplaced(unknowns, Form.EXTENDED_CARE, bound), Statement(constant=never)])


def boarders_looked_after(unknowns: Unknowns, rule: BoardersLookedAfter) -> Statement:
    """Slots of boarders who did not enrol without supervision."""
    return _unplaced(unknowns, Form.BOARDER_CARE, pupils_bound(unknowns, rule.scope))


def _unplaced(unknowns: Unknowns, form: Form, pupils: Mask) -> Statement:
    """Cells of these pupils that the form may fill and nothing does."""
    cells = zip(unknowns.cell_pupil.tolist(), unknowns.cell_slot.tolist(), strict=True)
    fits = np.array([form in unknowns.cells[i][unknowns.slots[s].id] for i, s in cells], dtype=bool)
    return priced(unknowns.unplaced[fits & pupils[unknowns.cell_pupil]], 1)


def only_where_asked_for(unknowns: Unknowns, rule: OnlyWhereAskedFor) -> Statement:
    """Places nobody asked for have no column."""
    return Statement()


def care_kept_apart(unknowns: Unknowns, rule: CareKeptApart) -> Statement:
    """Offers in slots of another service do not exist."""
    return Statement()


def wishes_kept(unknowns: Unknowns, rule: WishesKept) -> Statement:
    """One section a course for each pupil, and no more of them than wanted. Courses not listed have no column."""
    chosen = np.flatnonzero((unknowns.sit_rank > 0) & pupils_bound(unknowns, rule.scope)[unknowns.sit_pupil])
    pupils = unknowns.sit_pupil[chosen]
    courses = [unknowns.offers[o].course.id for o in unknowns.sit_offer[chosen].tolist()]
    rows, keys = grouped(list(zip(pupils.tolist(), courses, strict=True)))
    group, _ = grouped([(int(unknowns.pupil_kind[i]), course) for i, course in keys])
    once = at_most(rows, unknowns.sits[chosen], 1, np.ones(len(keys), dtype=np.int64), group)
    wanted = np.array([pupil.wanted for pupil in unknowns.pupils], dtype=np.int64)
    not_more = at_most(pupils, unknowns.sits[chosen], 1, wanted, unknowns.pupil_kind)
    return together([once, not_more])


def wishes_granted(unknowns: Unknowns, rule: WishesGranted) -> Statement:
    """A place that grants a wish, for each participant who has wishes. An accepted other course grants none."""
    bound = pupils_bound(unknowns, rule.scope) & participants(unknowns)
    wishing = np.flatnonzero(bound & np.array([bool(p.choices) and p.wanted >= 1 for p in unknowns.pupils], dtype=bool))
    number = np.full(len(unknowns.pupils), -1, dtype=np.int64)
    number[wishing] = np.arange(len(wishing))
    kept = unknowns.sit_grants & (number[unknowns.sit_pupil] >= 0)
    ones = np.ones(len(wishing), dtype=np.int64)
    rows = number[unknowns.sit_pupil[kept]]
    return at_least(rows, unknowns.sits[kept], 1, ones, unknowns.pupil_kind[wishing])


def latest_leave_kept(unknowns: Unknowns, rule: LatestLeaveKept) -> Statement:
    """Minutes by which a day's last place ends after the hour the family named, each season."""
    latest = np.full((len(unknowns.pupils), 8), NEVER, dtype=np.int64)
    for i in np.flatnonzero(pupils_bound(unknowns, rule.scope)).tolist():
        for weekday, leave in unknowns.pupils[i].latest_leave.items():
            latest[i, weekday] = of_day(leave)
    every = np.ones(len(unknowns.slots), dtype=bool)
    return _minutes_past(unknowns, dict.fromkeys(seasons_bound(unknowns, rule.scope), latest), every)


def rides_kept(unknowns: Unknowns, rule: RidesKept) -> Statement:
    """Minutes by which riders with no other way home miss the last trip, days without one, and seats no trip has.

    Trips are named afterwards: seats are counted over all trips of a route and day, so that sharing them out badly is seen by
    the audit alone.
    """
    bound = pupils_bound(unknowns, rule.scope) & participants(unknowns)
    riders = [i for i in np.flatnonzero(bound).tolist() if _must_ride(unknowns.pupils[i])]
    seasons = seasons_bound(unknowns, rule.scope)
    latest = {}
    for season in seasons:
        last = _last_trips(unknowns.scenario.trips, unknowns.scenario.seasons[season].id)
        latest[season] = np.full((len(unknowns.pupils), 8), NEVER, dtype=np.int64)
        for i in riders:
            for weekday in range(1, 8):
                departure = last.get((str(unknowns.pupils[i].route), weekday))
                if departure is not None:
                    latest[season][i, weekday] = of_day(departure) - rule.buffer_minutes
    minutes = _minutes_past(unknowns, latest, unknowns.regular)
    none, full = _without_a_seat(unknowns, [unknowns.pupils[i] for i in riders], seasons)
    return together([minutes, Statement(constant=none + full)])


def _must_ride(pupil: Pupil) -> bool:
    return pupil.route is not None and pupil.only_way_home


def _last_trips(trips: tuple[BusTrip, ...], season: str) -> dict[tuple[str, int], time]:
    """The last departure by route and weekday."""
    last: dict[tuple[str, int], time] = {}
    for trip in trips:
        departures = {str(id): departure for id, departure in trip.departure_by_season.items()}
        if season in departures:
            key = (str(trip.route), trip.weekday)
            last[key] = max(last.get(key, departures[season]), departures[season])
    return last


def _without_a_seat(unknowns: Unknowns, riders: list[Pupil], seasons: list[int]) -> tuple[int, int]:
    """Days of riders without any trip, in each season; riders above the seats of all trips, in the fullest season."""
    scenario = unknowns.scenario
    waiting: defaultdict[tuple[str, int], int] = defaultdict(int)
    for pupil in riders:
        for weekday in {scenario.slot_by_id[slot].weekday for slot in pupil.stays}:
            waiting[str(pupil.route), weekday] += 1
    none = full = 0
    for (route, weekday), number in waiting.items():
        above = 0
        for index in seasons:
            leaving = [
                trip
                for trip in scenario.trips
                if trip.route == route and trip.weekday == weekday and scenario.seasons[index].id in trip.departure_by_season
            ]
            if not leaving:
                none += number
            elif all(trip.seats is not None for trip in leaving):
                above = max(above, number - sum(trip.seats or 0 for trip in leaving))
        full += above
    return none, full


def _minutes_past(unknowns: Unknowns, latest: Mapping[int, Ints], counted: Mask) -> Statement:
    """The largest lateness over a pupil's places of a day in the slots counted, added up over pupils, days and seasons.

    `latest`: by season, the minute of the day by which a pupil's places must end. Shape: (pupils, weekdays 0 to 7).
    """
    sits, slots = unknowns.sit_slots
    pupils, weekdays = unknowns.sit_pupil[sits], unknowns.slot_weekday[slots]
    columns, minutes, keys = [], [], []
    for season, limit in latest.items():
        clocks = [slot.clock_by_season.get(unknowns.scenario.seasons[season].id) for slot in unknowns.slots]
        ends = np.array([0 if clock is None else of_day(clock.end) for clock in clocks], dtype=np.int64)
        past = (ends[slots] - limit[pupils, weekdays]) * counted[slots]
        late = np.flatnonzero(past > 0)
        columns.append(unknowns.sits[sits[late]])
        minutes.append(past[late])
        keys.append((season * len(unknowns.pupils) + pupils[late]) * 8 + weekdays[late])
    none = [np.zeros(0, dtype=np.int64)]
    entries, key = np.concatenate(columns or none), np.concatenate(keys or none)
    count = len(entries)
    return Statement(
        rows=np.arange(count),
        columns=entries,
        coefficients=np.concatenate(minutes or none),
        lower=np.full(count, -INFINITE, dtype=np.int64),
        upper=np.zeros(count, dtype=np.int64),
        measure=np.unique(key, return_inverse=True)[1],
        in_minutes=True,
    )


def scope_of_service(unknowns: Unknowns, rule: ScopeOfService) -> Statement:
    """Participants of other stages, and the school's own form and ownership: facts."""
    scenario = unknowns.scenario
    if not in_force(scenario, rule.scope):
        return Statement()
    school = scenario.school
    wrong = int(bool(rule.ownership) and school.ownership not in rule.ownership)
    wrong += int(bool(rule.forms) and school.form not in rule.forms)
    bound = pupils_bound(unknowns, rule.scope) & participants(unknowns)
    stages = [scenario.grade_of(pupil).stage for pupil, kept in zip(unknowns.pupils, bound, strict=True) if kept]
    return Statement(constant=wrong + sum(1 for stage in stages if rule.stages and stage not in rule.stages))


def coordinated_by(unknowns: Unknowns, rule: CoordinatedBy) -> Statement:
    """Names missing: facts."""
    school = unknowns.scenario.school
    if not in_force(unknowns.scenario, rule.scope):
        return Statement()
    village = school.area is AreaType.VILLAGE and not school.central_school
    return Statement(constant=int(village) + int(school.boarding and not school.county_plan))
