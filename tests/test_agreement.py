"""Do the solver and the audit mean the same law? Four claims over small random schools.

(a) A table without findings is a point of the search model, with no deviation. (b) A point of the search model is named to a
table without findings, or the naming says which row is missing. (c) Both sides give the same deviation for any table, right
or wrong, clause by clause. (d) What has no column is a finding of the rule that forbids it.
"""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.audit.world import World
from scheduler.domain import Scenario
from scheduler.generate import generate
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.rulebook import RULES, RidesKept, Rule
from scheduler.solver.build import HARD, TWINS, SearchModel, build
from scheduler.solver.gaps import gaps
from scheduler.solver.mapping import NARROWER
from scheduler.solver.model import Ints
from scheduler.solver.naming import named
from scheduler.solver.outcome import Options
from scheduler.solver.plan import solve
from scheduler.solver.readers import Limits, solve_whole
from scheduler.timetable import Timetable
from tests.solver.agreement import BUSES_LATER, ONLY_AUDITED, Case, audited, case, disagreements, narrow
from tests.solver.laws import NATURE, clauses, law
from tests.solver.schools import Size, school
from tests.solver.tables import drawn, empty, openings, with_section

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
SIZES = st.builds(
    Size,
    pupils=st.integers(1, 10),
    days=st.integers(1, 3),
    slots=st.integers(1, 3),
    courses=st.integers(1, 5),
    staff=st.integers(2, 5),
    rooms=st.integers(1, 4),
)
QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DEEP = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DEEPEST = settings(DEEP, max_examples=2000)
LIMITS = Limits(seconds=5.0, counted=1.0, seed=1, workers=1)

SHARED_OUT_AFTERWARDS = frozenset({"duty_each_day", "safe_rooms"})
"""None promised is none named; of some, there may be more: turns on dates, and rooms alike."""
EMPTY_SECTIONS = frozenset("class_pe_offered breadth own_staff_share third_party_share on_campus".split())
"""What a section nobody sits in may serve in a count; the naming leaves it out."""


def a_table_without_findings(seed: int, size: Size) -> None:
    """(a): grown section by section, each kept only when the audit finds nothing; under the rules it happens to obey."""
    random = Random(seed)
    scenario = school(random, size)
    rules = law(random)
    table = grown(random, scenario)
    nothing = case(scenario, clauses(NATURE + rules), table)
    obeyed = tuple(clause.rule for clause in nothing.clauses if clause.rule and not nothing.audited[clause.id])
    one = case(scenario, clauses(obeyed), table)
    if narrow(scenario, table):
        return
    assert one.mapped.not_expressible == ()
    values = one.mapped.values
    assert not one.model.problem.broken_rows(values).size, broken(one.model, values)
    assert np.all(values <= one.model.problem.upper), "a column that a clause bars, or above what can be"
    assert not disagreements(one)


def grown(random: Random, scenario: Scenario) -> Timetable:
    """A table that nature has nothing against."""
    table, open_ = empty(scenario), openings(scenario)
    for _ in range(random.randint(10, 30)):
        larger = with_section(random, scenario, open_, table, 0.05)
        if lawful(scenario, larger, NATURE):
            table = larger
    return table


def lawful(scenario: Scenario, table: Timetable, rules: tuple[Rule, ...]) -> bool:
    """The audit finds nothing against these rules."""
    world = World(scenario, table)
    return not any(audited(world, clause) for clause in clauses(rules))


def broken(model: SearchModel, values: Ints) -> list[str]:
    """The broken rows, for whoever reads a failure."""
    rows = model.problem.broken_rows(values)
    return [f"row {row}: {model.problem.row_lower[row]} … {model.problem.row_upper[row]}" for row in rows[:5]]


def a_point_of_the_model(seed: int, size: Size) -> None:
    """(b): whatever the search likes, within the rows of some pinned clauses."""
    random = Random(seed)
    scenario = school(random, size)
    share = random.choice([0.0, 0.1, 0.3])
    rules = NATURE + tuple(rule for rule in law(random) if random.random() < share)
    model = build(scenario, clauses(rules))
    values = liked(random, model)
    if values is None:
        return
    table = named(model.unknowns, values, digest="", seed=None, program=None, buffer_minutes=_buffer(rules))
    one = case(scenario, clauses(rules), table, model)
    assert one.mapped.not_expressible == ()
    assert not disagreements(one)
    for clause in one.clauses:
        if clause.rule is not None and clause.rule.name in HARD:
            assert model.statements[clause.id].deviation(values) == 0, clause.rule
    shared_out = one.sections_in_parallel or one.rooms_alike
    missing = {gap.rule for gap in gaps(scenario, table)} if shared_out else set()
    missing |= EMPTY_SECTIONS | {"locks_kept"} if _left_out(one, values) else set()
    missing |= BUSES_LATER if any(trip.seats is not None for trip in scenario.trips) else set()
    for clause in one.clauses:
        if clause.rule is None or clause.rule.name in missing:
            continue
        promised = model.statements[clause.id].deviation(values)
        dated = clause.rule.scope.start is not None or clause.rule.scope.end is not None
        if clause.rule.name in SHARED_OUT_AFTERWARDS and (promised or dated):
            continue
        assert one.audited[clause.id] <= promised, (clause.rule, one.audited[clause.id], promised)


def liked(random: Random, model: SearchModel) -> Ints | None:
    """A point that keeps every pinned clause if there is one, else every hard row; under random likes and dislikes."""
    luck = np.random.default_rng(random.randrange(2**32))
    objective = luck.integers(-6, 3, size=model.unknowns.model.column_count)
    objective[model.unknowns.sits] -= 2 * (model.unknowns.sit_rank > 0)
    objective[model.unknowns.unplaced] = 3
    objective[model.deviations] = 9
    for pinned in (True, False):
        upper = np.where(model.deviations & pinned, 0, model.problem.upper)
        of_places = model.unknowns.derived_of_places()
        upper[of_places] = model.problem.upper[of_places]
        answer = solve_whole(model.problem.with_bounds(model.problem.lower, upper), objective, LIMITS)
        if answer.values is not None:
            return answer.values
    return None


def _buffer(rules: tuple[Rule, ...]) -> int:
    return max((rule.buffer_minutes for rule in rules if isinstance(rule, RidesKept)), default=0)


def _left_out(one: Case, values: Ints) -> bool:
    unknowns = one.model.unknowns
    return bool((values[unknowns.sections] > one.mapped.values[unknowns.sections]).any())


def any_table(seed: int, size: Size) -> None:
    """(c) and (d): right or wrong, said the same by both, or not expressible and found."""
    random = Random(seed)
    scenario = school(random, size)
    every = clauses(NATURE + law(random))
    model = build(scenario, every)
    open_ = openings(scenario)
    for careless in (0.0, 0.0, 0.1, 0.5):
        table = drawn(random, scenario, open_, random.randint(1, 9), careless)
        one = case(scenario, every, table, model)
        if not one.mapped.not_expressible:
            assert not disagreements(one)
        found = {clause.rule.name for clause in every if _forbids(clause) and one.audited[clause.id]}
        unheard = {thing for thing in one.mapped.not_expressible if thing.rule not in found | {NARROWER}}
        assert not unheard
        assert narrow(scenario, table) or not any(thing.rule == NARROWER for thing in one.mapped.not_expressible)


def _forbids(clause: Clause) -> bool:
    """The rule leaves out columns, for everybody."""
    return clause.rule is not None and (clause.rule in NATURE or clause.rule.name in ("homework_groups", "duty_each_day"))


@QUICK
@given(seed=SEEDS, size=SIZES)
def test_a_table_without_findings_is_a_point_of_the_model(seed: int, size: Size) -> None:
    a_table_without_findings(seed, size)


@QUICK
@given(seed=SEEDS, size=SIZES)
def test_a_point_of_the_model_is_named_without_findings_or_says_what_is_missing(seed: int, size: Size) -> None:
    a_point_of_the_model(seed, size)


@QUICK
@given(seed=SEEDS, size=SIZES)
def test_both_sides_say_the_same_of_any_table_or_it_has_no_column_and_is_found(seed: int, size: Size) -> None:
    any_table(seed, size)


@pytest.mark.slow
@DEEP
@given(seed=SEEDS, size=SIZES)
def test_a_table_without_findings_is_a_point_of_the_model_in_many_schools(seed: int, size: Size) -> None:
    a_table_without_findings(seed, size)


@pytest.mark.slow
@DEEP
@given(seed=SEEDS, size=SIZES)
def test_a_point_of_the_model_is_named_in_many_schools(seed: int, size: Size) -> None:
    a_point_of_the_model(seed, size)


@pytest.mark.slow
@DEEP
@given(seed=SEEDS, size=SIZES)
def test_both_sides_say_the_same_in_many_schools(seed: int, size: Size) -> None:
    any_table(seed, size)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("claim", [a_table_without_findings, a_point_of_the_model, any_table])
@DEEPEST
@given(seed=SEEDS, size=SIZES)
def test_the_claims_hold_in_two_thousand_schools(claim: Callable[[int, Size], None], seed: int, size: Size) -> None:
    claim(seed, size)


@pytest.mark.slow
@pytest.mark.parametrize("county", ["yueyang", "liangping", "suifenhe", "helan", "changzhi"])
def test_both_sides_say_the_same_of_a_plan_under_a_real_law(county: str) -> None:
    """(c) at the size of a school, clause by clause: the plan that the search itself makes of it."""
    scenario = generate(county, 150, 1)
    every = clauses_in_force(load_policy(county), scenario)
    plan = solve(scenario, every, Options(seed=1, time_limit=6.0), lambda _: None, lambda: False, digest="", program="test")
    one = case(scenario, every, plan.timetable)
    assert one.mapped.not_expressible == ()
    assert not disagreements(one)


def test_every_rule_has_a_twin_on_both_sides_but_for_those_the_search_serves() -> None:
    assert set(TWINS) == set(RULES) - ONLY_AUDITED
    assert {rule.name for rule in NATURE + law(Random(0))} == set(TWINS)
