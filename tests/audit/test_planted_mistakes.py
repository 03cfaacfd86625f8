"""Does the audit see every mistake, and nothing where there is none? Single mistakes are planted in plans without fault."""

from functools import cache
from random import Random

import pytest

from scheduler.audit import audit
from scheduler.audit.report import Report
from scheduler.rulebook import RULES
from tests.audit.law import CLAUSES
from tests.audit.mistakes import MISTAKES
from tests.audit.mistakes.planting import Mistake, Plan
from tests.audit.plans import plan

PLANS = 200
WISH_WITHOUT_A_PLAN = {"outdoor_minutes"}
"""Every lesson of strand X outdoors is a wish no plan here fulfils; its own tests look at it."""


@cache
def clean(seed: int) -> Plan:
    return Plan(*plan(seed))


def judged(judged_plan: Plan) -> Report:
    return audit(judged_plan.scenario, judged_plan.timetable, CLAUSES)


def seen(mistake: Mistake, seed: int) -> bool:
    """The mistake is planted in the plan of this seed, or the next in which it can be, and its rule finds it."""
    random = Random(f"{mistake.name} {seed}")
    for offset in range(50):
        planted = mistake.plant(clean((seed + offset) % PLANS), random)
        if planted is not None:
            return mistake.rule in {finding.rule for finding in judged(planted).findings}
    raise AssertionError(f"{mistake.name} could not be planted in 50 plans")


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_without_fault_has_no_findings(seed: int) -> None:
    assert [finding.zh for finding in judged(clean(seed)).findings] == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.rule}: {mistake.name}")
def test_each_kind_of_mistake_is_seen_by_its_rule(mistake: Mistake) -> None:
    assert seen(mistake, 0)


def test_every_rule_has_a_mistake_of_its_own() -> None:
    assert {mistake.rule for mistake in MISTAKES} == RULES.keys() - WISH_WITHOUT_A_PLAN
    assert {clause.rule.name for clause in CLAUSES if clause.rule} == RULES.keys() - WISH_WITHOUT_A_PLAN


@pytest.mark.parametrize(
    "count", [pytest.param(500, marks=pytest.mark.slow), pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
def test_planted_mistakes_are_all_seen(count: int) -> None:
    planted = [(MISTAKES[number % len(MISTAKES)], number) for number in range(count)]
    assert [(mistake.name, seed) for mistake, seed in planted if not seen(mistake, seed)] == []
