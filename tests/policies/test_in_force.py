"""Which clauses bind this school in this term, and with which values?"""

import pickle
from datetime import date

import pytest

from scheduler.domain import AreaType, ClauseId, RoomKind, Stage
from scheduler.errors import InputFaults
from scheduler.policy import Clause, clauses_in_force, counties, load_policy
from scheduler.rulebook import EndsAroundOffWork, ExtendedCareTime, RidesKept, RoomKindsOfCategory, ScopeOfService
from tests.rules.worlds import Drawing


def in_force(county: str, week: Drawing) -> dict[str, Clause]:
    return {clause.id: clause for clause in clauses_in_force(load_policy(county), week.scenario())}


def reading(clause: str, **values: str | int | float | bool) -> Drawing:
    """A school that sets its own values for a clause."""
    week = Drawing()
    week.more["readings"] = {ClauseId(clause): values}
    return week


@pytest.mark.parametrize("county", counties())
def test_what_is_in_force_has_a_rule(county: str) -> None:
    assert all(clause.rule is not None for clause in in_force(county, Drawing()).values())


@pytest.mark.parametrize("county", counties())
def test_nature_is_in_force_or_replaced_by_law(county: str) -> None:
    clauses = clauses_in_force(load_policy(county), Drawing().scenario())
    nature = {clause.rule for clause in load_policy(county).clauses if clause.county == "_nature"}
    assert {type(rule) for rule in nature} <= {type(clause.rule) for clause in clauses}


def test_a_clause_for_the_country_binds_township_and_village_only() -> None:
    village, town = Drawing(), Drawing()
    village.at_school(area=AreaType.VILLAGE)
    town.at_school(area=AreaType.URBAN)
    assert "yueyang-2.4-bus-coordination" in in_force("yueyang", village)
    assert "yueyang-2.4-bus-coordination" not in in_force("yueyang", town)


def test_the_baseline_holds_where_the_clause_that_replaces_it_does_not() -> None:
    village, town = Drawing(), Drawing()
    village.at_school(area=AreaType.VILLAGE)
    assert "base-rides" not in in_force("yueyang", village)
    assert "base-rides" in in_force("yueyang", town)


def test_a_clause_whose_last_day_is_the_first_day_of_term_is_in_force() -> None:
    week, later = Drawing(), Drawing()
    week.in_term(start=date(2022, 2, 28), end=date(2022, 7, 10))
    later.in_term(start=date(2022, 3, 1), end=date(2022, 7, 10))
    assert "suifenhe-3.2-trial-primary" in in_force("suifenhe", week)
    assert "suifenhe-3.2-trial-primary" not in in_force("suifenhe", later)


def test_stages_stay_in_the_scope_of_the_rule() -> None:
    rule = in_force("suifenhe", Drawing(grade=7, stage=Stage.JUNIOR))["suifenhe-3.2.1-primary-end-max"].rule
    assert rule is not None
    assert rule.scope.stages == {Stage.PRIMARY}


def test_a_school_may_set_what_the_text_leaves_open() -> None:
    rule = in_force("yueyang", reading("yueyang-2.4-end-time", after_minutes=15))["yueyang-2.4-end-time"].rule
    assert rule == EndsAroundOffWork(before_minutes=0, after_minutes=15)


@pytest.mark.parametrize("county", ["yueyang", "liangping"])
def test_a_school_may_set_a_value_of_the_baseline(county: str) -> None:
    rule = in_force(county, reading("base-rides", buffer_minutes=5))["base-rides"].rule
    assert rule == RidesKept(buffer_minutes=5)


def test_a_set_is_set_by_words() -> None:
    rule = in_force("liangping", reading("liangping-2.1-scope", stages="primary, junior，senior"))["liangping-2.1-scope"].rule
    assert rule == ScopeOfService(stages=frozenset(Stage))
    rule = in_force("changzhi", reading("changzhi-3.4.1-reading-rooms", room_kinds="library, classroom"))[
        "changzhi-3.4.1-reading-rooms"
    ].rule
    assert isinstance(rule, RoomKindsOfCategory)
    assert rule.room_kinds == {RoomKind.LIBRARY, RoomKind.CLASSROOM}


def test_a_value_reaches_only_the_rule_that_has_it() -> None:
    """长治 三（二）'延时托管' needs two rules; the length belongs to the second."""
    clauses = clauses_in_force(load_policy("changzhi"), reading("changzhi-3.2-extended-care", minutes=40).scenario())
    rules = [clause.rule for clause in clauses if clause.id == "changzhi-3.2-extended-care"]
    assert [rule.minutes for rule in rules if isinstance(rule, ExtendedCareTime)] == [40]
    assert len(rules) == 2


@pytest.mark.parametrize(
    ("clause", "values", "said"),
    [
        ("yueyang-2.5-enrichment-50", {"share_percent": 30}, "not left open by the text"),
        ("yueyang-2.4-end-time", {"after_minuts": 30}, "did you mean 'after_minutes'?"),
        ("yueyang-2.4-end-time", {"after_minutes": "half"}, "wants a whole number, has 'half'"),
        ("yueyang-2.4-end-tim", {"after_minutes": 3}, "did you mean 'yueyang-2.4-end-time'?"),
    ],
)
def test_a_reading_that_cannot_be_used_is_told(clause: str, values: dict[str, str | int], said: str) -> None:
    with pytest.raises(InputFaults) as told:
        in_force("yueyang", reading(clause, **values))
    assert said in str(told.value)


@pytest.mark.parametrize("county", counties())
def test_clauses_can_be_keys_and_travel_between_processes(county: str) -> None:
    for clause in load_policy(county).clauses:
        assert pickle.loads(pickle.dumps(clause)) == clause
        assert hash(pickle.loads(pickle.dumps(clause))) == hash(clause)
