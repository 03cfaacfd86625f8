"""Do a county's clauses and the baseline fit together? Narrows what yields, and finds clauses that overlap in silence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from scheduler.domain import AreaType, ClauseId, Stage
from scheduler.policies.clause import Clause, Strength
from scheduler.policies.pack import Faults, Pack, Yield
from scheduler.policies.parameters import did_you_mean, parameters_of
from scheduler.rulebook import Rule, Scope

BASE, NATURE = "_base", "_nature"

THINGS_BOUND: Mapping[str, tuple[str, ...]] = {
    "banned_activities": ("banned", "forms"),
    "duty_each_day": ("role",),
    "more_of_categories": ("categories",),
    "room_kinds_of_category": ("categories",),
    "strand_of_category": ("one", "x"),
    "staff_vetted": ("kinds",),
    "not_by_third_parties": ("strand",),
}
"""Parameters that say what a rule speaks of: two clauses whose things differ do not overlap."""


def merged(packs: Sequence[Pack], faults: Faults) -> tuple[Clause, ...]:
    """Clauses of nature, the baseline and the county; later packs may replace and narrow those of earlier ones."""
    clauses = [clause for pack in packs for clause in pack.clauses]
    for pack in packs:
        clauses = _narrowed(clauses, pack.yields, faults)
    _references(clauses, faults)
    for one, other in _silent_overlaps(clauses):
        faults.at(other.id).add(
            f"binds the same pupils on the same dates as {one.id} by the same rule with other parameters",
            "Narrow one of them, or say refines or replaces.",
        )
    return tuple(clauses)


def dates_meet(one: Scope, other: Scope) -> bool:
    """The two scopes share a day."""
    if one.start and other.end and one.start > other.end:
        return False
    return not (one.end and other.start and one.end < other.start)


def _narrowed(clauses: list[Clause], yields: Iterable[Yield], faults: Faults) -> list[Clause]:
    for way in yields:
        inner = faults.at(way.to)
        if not any(clause.id == way.to and clause.strength is Strength.MUST for clause in clauses):
            inner.add(f"'{way.base}' yields only to a clause that says must")
        based = [clause for clause in clauses if clause.id == way.base and clause.rule is not None]
        if not based:
            inner.add(f"no clause '{way.base}' with a rule to yield{did_you_mean(way.base, (c.id for c in clauses))}")
        for clause in based:
            position = clauses.index(clause)
            clauses[position : position + 1] = _kept_and_yielded(clause, way)
    return clauses


def _kept_and_yielded(clause: Clause, way: Yield) -> list[Clause]:
    """The clause for everybody else, and a wish for those it yields for."""
    rule = clause.rule
    assert rule is not None
    stages = (rule.scope.stages or frozenset(Stage)) - way.scope.stages
    grades = (rule.scope.grades or frozenset(range(1, 13))) - way.scope.grades
    kept = replace(rule.scope, stages=stages) if way.scope.stages else replace(rule.scope, grades=grades)
    given = replace(rule.scope, stages=way.scope.stages) if way.scope.stages else replace(rule.scope, grades=way.scope.grades)
    return [
        replace(clause, rule=replace(rule, scope=kept)),
        replace(
            clause,
            id=ClauseId(f"{clause.id}-yielded"),
            strength=Strength.ENCOURAGED,
            rule=replace(rule, scope=given),
            reading=way.reading,
            reading_en=way.reading_en,
        ),
    ]


def _references(clauses: Sequence[Clause], faults: Faults) -> None:
    by_id = {clause.id: clause for clause in clauses}
    for clause in clauses:
        inner = faults.at(clause.id)
        for word, names in (("replaces", clause.replaces), ("refines", clause.refines)):
            for name in names:
                if name not in by_id:
                    inner.add(f"{word} names unknown clause '{name}'{did_you_mean(name, by_id)}")
        for name in clause.replaces:
            _may_replace(clause, [other for other in clauses if other.id == name], inner)


def _may_replace(clause: Clause, others: Sequence[Clause], faults: Faults) -> None:
    for other in others:
        if other.county not in (BASE, NATURE):
            faults.add(f"replaces '{other.id}', which is law; only clauses of {BASE} and {NATURE} can be replaced")
        if other.county == NATURE and clause.strength is not Strength.MUST:
            faults.add(f"replaces '{other.id}' of {NATURE}, but does not say must")
        if other.strength is Strength.IN_PRINCIPLE and clause.strength is Strength.ENCOURAGED:
            faults.add(f"replaces '{other.id}' with a weaker word; an encouraged clause does not lower the baseline")


def _silent_overlaps(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, Clause]]:
    replaced = {name for clause in clauses for name in clause.replaces}
    ruled = [clause for clause in clauses if clause.rule is not None and clause.id not in replaced]
    for one, other in combinations(ruled, 2):
        if one.rule is None or other.rule is None or type(one.rule) is not type(other.rule):
            continue
        said = other.id in one.refines or one.id in other.refines
        if not said and _overlap(one.rule, other.rule) and parameters_of(one.rule) != parameters_of(other.rule):
            yield one, other


def _overlap(one: Rule, other: Rule) -> bool:
    a, b = one.scope, other.scope
    return (
        _meet(a.stages, b.stages, Stage)
        and _meet(a.grades, b.grades, range(1, 13))
        and _meet(a.areas, b.areas, AreaType)
        and (a.graduating is None or b.graduating is None or a.graduating is b.graduating)
        and dates_meet(a, b)
        and _same_things(one, other)
    )


def _meet(
    one: frozenset[object] | frozenset[int] | frozenset[Stage] | frozenset[AreaType],
    other: Iterable[object],
    every: Iterable[object],
) -> bool:
    return bool(set(one or every) & set(other or every))


def _same_things(one: Rule, other: Rule) -> bool:
    names = THINGS_BOUND.get(one.name)
    if names is None:
        return True
    if one.name == "strand_of_category":
        return bool(_things(one, names) & _things(other, names))
    return all(not _of(one, name) or not _of(other, name) or _of(one, name) & _of(other, name) for name in names)


def _things(rule: Rule, names: Iterable[str]) -> frozenset[object]:
    return frozenset().union(*(_of(rule, name) for name in names))


def _of(rule: Rule, name: str) -> frozenset[object]:
    value: object = parameters_of(rule)[name]
    return value if isinstance(value, frozenset) else frozenset({value})
