"""Do the agreement claims see mistakes in the encoders? Each is planted alone, and the claims must fail.

A rule that forbids too much is invisible to whoever solves and then audits: the plan is lawful, only worse than need be.
"""

from dataclasses import replace
from functools import cache
from random import Random
from typing import NamedTuple

import pytest

from scheduler.audit.world import World
from scheduler.domain import Scenario
from scheduler.policy import Clause, Strength
from scheduler.solver.build import TWINS, build
from scheduler.solver.mapping import values_of
from scheduler.timetable import Timetable
from tests.solver.agreement import Case, agree, audited
from tests.solver.laws import NATURE, clauses, law
from tests.solver.mistakes import AUDIT, COLUMNS, MISTAKES, SOLVER
from tests.solver.planting import Mistake, plant
from tests.solver.schools import Size, school
from tests.solver.tables import drawn, openings
from tests.test_agreement import a_point_of_the_model, a_table_without_findings, any_table

CARELESS = (0.0, 0.0, 0.0, 0.1)
SIZE = Size(pupils=11, days=2, slots=3, courses=5, staff=4, rooms=3)


class Drawn(NamedTuple):
    """A school, its law, and some tables."""

    scenario: Scenario
    clauses: tuple[Clause, ...]
    tables: tuple[Timetable, ...]


@cache
def world_of(seed: int) -> Drawn:
    """The same for the same seed, whatever is planted."""
    random = Random(seed)
    scenario = school(random, SIZE)
    every = clauses(NATURE + law(random))
    open_ = openings(scenario)
    tables = tuple(drawn(random, scenario, open_, random.randint(2, 9), careless) for careless in CARELESS)
    return Drawn(scenario, every, tables)


def disagree(rule: str, seed: int) -> bool:
    """Whether the two sides say different things about one rule in some table of this seed."""
    scenario, every, tables = world_of(seed)
    wishes = [replace(clause, strength=Strength.ENCOURAGED) for clause in every if clause.rule and clause.rule.name == rule]
    model = build(scenario, wishes)
    for table in tables:
        one = Case(scenario, every, table, model)
        if values_of(model.unknowns, table).not_expressible:
            continue
        for clause_id, statement in model.statements.items():
            clause = next(clause for clause in every if clause.id == clause_id)
            if not agree(one, rule, audited(World(scenario, table), clause), statement.deviation(one.mapped.values)):
                return True
    return False


def shows(claim: object, seed: int) -> bool:
    try:
        claim(seed, SIZE)  # type: ignore[operator]
    except AssertionError:
        return True
    return False


def seen(mistake: Mistake, seeds: range) -> bool:
    """Some claim fails for one of the seeds."""
    if mistake.rule is not None:
        return any(disagree(mistake.rule, seed) for seed in seeds)
    claims = (any_table, a_table_without_findings, a_point_of_the_model)
    return any(shows(claim, seed) for seed in seeds for claim in claims)


def test_there_are_mistakes_of_every_kind() -> None:
    assert len(SOLVER) >= 30
    assert len(AUDIT) >= 10
    assert len(COLUMNS) >= 10
    assert len({mistake.rule for mistake in MISTAKES if mistake.rule}) >= 45
    assert {mistake.rule for mistake in MISTAKES if mistake.rule} <= set(TWINS)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.where}: {mistake.what}")
def test_a_mistake_in_an_encoder_is_seen(mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(mistake, monkeypatch)
    assert seen(mistake, range(400) if mistake.rule else range(150))


@pytest.mark.slow
def test_without_a_mistake_nothing_is_seen() -> None:
    rules = sorted({mistake.rule for mistake in MISTAKES if mistake.rule})
    assert not [(rule, seed) for seed in range(10) for rule in rules if disagree(rule, seed)]
