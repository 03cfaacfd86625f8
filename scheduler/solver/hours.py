"""Which slots and days deviate, whoever sits there? The school's slots are facts, so most of these are constants or prices."""

import numpy as np

from scheduler.domain import Service, minutes_between
from scheduler.rulebook import LatestEnd
from scheduler.solver.content import bound_seasons, in_scope
from scheduler.solver.statement import Statement, priced
from scheduler.solver.unknowns import Unknowns


def latest_end(unknowns: Unknowns, rule: LatestEnd) -> Statement:
    """Minutes past the limit of the meetings that take place: one coefficient an offer."""
    seasons = [unknowns.scenario.seasons[index].id for index in bound_seasons(unknowns, rule.scope)]
    amounts = []
    for offer in unknowns.offers:
        late = 0
        for slot in offer.slots:
            bound = any(
                in_scope(unknowns, grade, rule.scope) for grade in slot.grades if grade in unknowns.scenario.grade_by_number
            )
            if slot.service is Service.REGULAR and bound:
                late += sum(
                    max(0, minutes_between(rule.latest, slot.clock_by_season[season].end))
                    for season in seasons
                    if season in slot.clock_by_season
                )
        amounts.append(late)
    return priced(unknowns.sections, np.array(amounts, dtype=np.int64))
