"""Which clauses bind this school in this term? By area and dates, with the school's own readings of open parameters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import cast, get_type_hints

from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.policies.clause import Clause, Policy
from scheduler.policies.parameters import Misfit, did_you_mean, typed
from scheduler.rulebook import Rule, Scope


def clauses_in_force(policy: Policy, scenario: Scenario) -> tuple[Clause, ...]:
    """Clauses with a rule whose area fits the school and whose dates share a day with the term.

    Stage, grade, graduating and dates stay in the rule's scope for those who measure it. A clause replaced by one that is
    in force is left out. Raises `InputFaults` where the school's readings cannot be used.
    """
    faults = tuple(faults_of_readings(policy, scenario))
    if faults:
        raise InputFaults(faults)
    here = [clause for clause in policy.rules() if clause.rule is not None and binds_here(clause.rule.scope, scenario)]
    replaced = {name for clause in here for name in clause.replaces}
    return tuple(_as_read(clause, scenario) for clause in here if clause.id not in replaced)


def binds_here(scope: Scope, scenario: Scenario) -> bool:
    """The scope's areas hold the school, and its dates share a day with the term."""
    return (not scope.areas or scenario.school.area in scope.areas) and shares_a_day(
        scope, scenario.term.start, scenario.term.end
    )


def shares_a_day(scope: Scope, start: date, end: date) -> bool:
    """The scope's dates share a day with these, both ends included."""
    return (scope.start is None or scope.start <= end) and (scope.end is None or start <= scope.end)


def faults_of_readings(policy: Policy, scenario: Scenario) -> Iterator[Fault]:
    """What is wrong with the values the school set for open parameters."""
    for name, values in sorted(scenario.readings.items()):
        clauses = [clause for clause in policy.rules() if clause.id == name]
        if not clauses:
            known = {clause.id for clause in policy.rules() if clause.open_parameters}
            yield _fault(
                name,
                "本县政策里没有这一条带规则的条款。",
                f"is not a clause with a rule here{did_you_mean(name, known)}.",
                "请核对条款编号。",
                "Check the id.",
            )
            continue
        yield from _faults_of_values(name, clauses, values)


def _faults_of_values(name: str, clauses: Iterable[Clause], values: Mapping[str, str | int | float | bool]) -> Iterator[Fault]:
    opened = {parameter: clause for clause in clauses for parameter in clause.open_parameters}
    for parameter, value in values.items():
        if parameter not in opened:
            free = "、".join(sorted(opened)) or "无"
            yield _fault(
                name,
                f"参数 {parameter} 条文已定，学校不能自定。",
                f"parameter '{parameter}' is not left open by the text{did_you_mean(parameter, opened)}.",
                f"可以自定的：{free}。",
                f"Open: {', '.join(sorted(opened)) or 'none'}.",
            )
            continue
        try:
            _value(opened[parameter], parameter, value)
        except Misfit as misfit:
            yield _fault(
                name,
                f"参数 {parameter} 的值“{value}”用不上。",
                f"parameter '{parameter}': {misfit}.",
                "请改成合适的值。",
                "Give another value.",
            )


def _as_read(clause: Clause, scenario: Scenario) -> Clause:
    """The clause with the school's values in its open parameters."""
    values = scenario.readings.get(clause.id, {})
    mine = {name: _value(clause, name, value) for name, value in values.items() if name in clause.open_parameters}
    if not mine or clause.rule is None:
        return clause
    return replace(clause, rule=cast(Callable[..., Rule], replace)(clause.rule, **mine))


def _value(clause: Clause, name: str, value: object) -> object:
    return typed(value, get_type_hints(type(clause.rule))[name])


def _fault(clause: str, zh: str, en: str, todo_zh: str, todo_en: str) -> Fault:
    return Fault(place="readings.csv", column=clause, zh=zh, en=en, todo_zh=todo_zh, todo_en=todo_en)
