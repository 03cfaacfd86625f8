"""Is what an explanation names really the conflict? Planted ones are found, and shown again with nothing taken over."""

import numpy as np
import pytest

from scheduler.audit import audit
from scheduler.explaining.telling import conflict_sentences
from scheduler.solver.build import build
from scheduler.solver.explain import Verdict, explain_conflict
from scheduler.solver.explain_core import MOST_ITEMS, Core, Item, core_of
from scheduler.solver.explain_grounds import Grounds, grounds
from scheduler.solver.explain_verdicts import EPSILON, adds_up_to_a_contradiction, priced_rows, reduced
from scheduler.solver.limits import Clock
from scheduler.solver.model import Problem
from scheduler.solver.outcome import Options
from scheduler.solver.readers import Limits, Presolve, solve_whole
from tests.solver.conflicts import KINDS, World, planted, whole
from tests.solver.enumeration import TooMany
from tests.solver.test_against_brute_force import by_hand, tiny

OPTIONS = Options(time_limit=60.0, workers=1, deterministic=True)
LIMITS = Limits(seconds=20.0, counted=5.0, workers=1)


def never() -> bool:
    return False


def possible(stated: Grounds, items: tuple[Item, ...]) -> bool:
    """Whether the rows of these items have a common point: asked of CP-SAT as they stand, presolve off, nothing taken away."""
    kept = np.zeros(len(stated.reasons), dtype=bool)
    for item in items:
        kept[item.reasons] = True
    rows = np.flatnonzero(stated.holding(kept))
    problem = stated.problem
    named = Problem(
        matrix=problem.matrix[rows],
        lower=problem.lower,
        upper=problem.upper,
        row_lower=problem.row_lower[rows],
        row_upper=problem.row_upper[rows],
    )
    nothing = np.zeros(len(problem.lower), dtype=np.int64)
    answer = solve_whole(named, nothing, LIMITS, presolve=Presolve.OFF)
    assert answer.infeasible or answer.values is not None
    assert answer.values is None or named.obeyed_by(answer.values)
    return answer.values is not None


def found(world: World) -> tuple[Grounds, Core]:
    stated = grounds(*world)
    core = core_of(stated, Clock(OPTIONS, never)).core
    assert core is not None
    return stated, core


def named_alone_and_needed(seed: int) -> str:
    """The kind of the planted conflict, once everything that is claimed of it was checked."""
    one = planted(seed)
    stated, core = found(one.world)
    assert core.proofs
    assert core.minimal
    assert len(core.items) <= MOST_ITEMS
    assert not possible(stated, core.items), one.kind
    assert all(possible(stated, tuple(i for i in core.items if i is not item)) for item in core.items), one.kind
    rules = {rule.name for i in core.items for n in i.reasons if (rule := _rule(stated, int(n))) is not None}
    assert one.rules <= rules, one.kind
    assert one.grounds <= {item.ground.value for item in core.items}, one.kind
    return one.kind


def _rule(stated: Grounds, number: int) -> object:
    reason = stated.reasons[number]
    return stated.clauses[int(reason.who)].rule if reason.ground == "clause" else None


@pytest.mark.parametrize("seed", [0, 3, 9, 12])
def test_a_planted_conflict_is_named_alone_impossible_and_needs_each_item(seed: int) -> None:
    assert named_alone_and_needed(seed)


@pytest.mark.slow
def test_planted_conflicts_of_crowds_are_named_alone_impossible_and_need_each_item() -> None:
    assert len({named_alone_and_needed(seed) for seed in (2, 6, 8, 13, 15)}) == 5


@pytest.mark.long
def test_a_hundred_planted_conflicts_are_named_alone_impossible_and_need_each_item() -> None:
    assert len({named_alone_and_needed(seed) for seed in range(100, 200)}) == len(KINDS)


def test_a_conflict_is_told_in_the_words_of_a_school() -> None:
    scenario, every = planted(11).world
    explained = explain_conflict(scenario, every, OPTIONS, never)
    assert explained.verdict is Verdict.IMPOSSIBLE
    assert explained.conflict is not None
    said = "\n".join(sentence.zh for sentence in conflict_sentences(scenario, explained.conflict))
    assert "rider申请了" in said
    assert "北线班车的开车时间" in said
    assert "至少差 30 分钟" in said
    assert not any(word in said for word in ("Ground", "rides_kept_", "row", "column", "None"))


def never_called_impossible(world: World) -> Verdict:
    verdict = explain_conflict(*world, OPTIONS, never).verdict
    assert verdict is not Verdict.IMPOSSIBLE
    return verdict


def lawful_by_hand(seeds: range) -> list[World]:
    """Tiny random schools that have a lawful table, as every table there is, judged by the audit, shows."""
    worlds = []
    for seed in seeds:
        scenario, every = tiny(seed)
        try:
            lawful, _ = by_hand(scenario, every, build(scenario, every), 300)
        except TooMany:
            continue
        if lawful:
            worlds.append((scenario, every))
    return worlds


def test_a_school_that_can_be_planned_is_never_called_impossible() -> None:
    assert {never_called_impossible(whole(seed)) for seed in range(4)} == {Verdict.POSSIBLE}


@pytest.mark.slow
def test_no_tiny_school_with_a_lawful_table_is_called_impossible() -> None:
    worlds = lawful_by_hand(range(60))
    assert len(worlds) >= 10
    assert all(never_called_impossible(world) for world in worlds)


@pytest.mark.long
def test_two_hundred_schools_that_can_be_planned_are_never_called_impossible() -> None:
    worlds = [whole(seed) for seed in range(300, 400)] + lawful_by_hand(range(1000, 1800))[:100]
    assert len(worlds) == 200
    assert all(never_called_impossible(world) for world in worlds)


def test_a_school_with_a_plan_is_given_one_that_the_audit_finds_lawful() -> None:
    scenario, every = whole(1)
    explained = explain_conflict(scenario, every, OPTIONS, never)
    assert explained.timetable is not None
    assert audit(scenario, explained.timetable, every).lawful


def raw_items(stated: Grounds) -> tuple[Item, ...]:
    """What an LP's prices point at, taken as they come: the answer without a check."""
    every = np.ones(len(stated.reasons), dtype=bool)
    elastic = np.diff(stated.rests_on.indptr) > 0
    part = reduced(stated.problem, stated.holding(every), None, elastic)
    priced = priced_rows(part, elastic[part.rows], LIMITS, never)
    assert priced is not None
    rows = part.rows[np.abs(priced[1]) > EPSILON]
    used = np.flatnonzero(np.asarray(stated.rests_on[rows].sum(axis=0)).ravel())
    return tuple(Item(stated.reasons[n].ground, 0, np.array([n], dtype=np.int64)) for n in used.tolist())


def test_without_the_checks_idle_things_would_be_named() -> None:
    """The control: prices alone name things that the conflict does not need."""
    stated = grounds(*planted(11).world)
    raw = raw_items(stated)
    spared = [not possible(stated, raw[:number] + raw[number + 1 :]) for number in range(len(raw))]
    assert any(spared)


def test_a_wrong_proof_is_not_believed() -> None:
    """The control of the sum: prices that are a little off add up to nothing, and neither do any on a school with a plan."""
    stated = grounds(*planted(0).world)
    every = np.ones(len(stated.reasons), dtype=bool)
    elastic = np.diff(stated.rests_on.indptr) > 0
    part = reduced(stated.problem, stated.holding(every), None, elastic)
    priced = priced_rows(part, elastic[part.rows], LIMITS, never)
    assert priced is not None
    assert adds_up_to_a_contradiction(part.problem, priced[1])
    assert not adds_up_to_a_contradiction(part.problem, -priced[1])
    largest = int(np.argmax(np.abs(priced[1])))
    spoiled = priced[1].copy()
    spoiled[largest] = 0.0
    assert not adds_up_to_a_contradiction(part.problem, spoiled)


def test_no_prices_prove_a_school_with_a_plan_impossible() -> None:
    stated = grounds(*whole(2))
    random = np.random.Generator(np.random.PCG64(1))
    count = len(stated.problem.row_lower)
    prices = (random.normal(size=count) * (random.random(count) < 0.1) for _ in range(50))
    assert not any(adds_up_to_a_contradiction(stated.problem, one) for one in prices)


def test_the_same_school_gives_the_same_explanation() -> None:
    world = planted(9).world
    one, other = (explain_conflict(*world, OPTIONS, never).conflict for _ in range(2))
    assert one is not None
    assert other is not None
    assert [(t.ground, t.aspect, t.slots, t.who) for t in one.things] == [
        (t.ground, t.aspect, t.slots, t.who) for t in other.things
    ]
