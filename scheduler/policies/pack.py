"""What does one folder of law say? Reads policy.toml strictly and tells every fault of it at once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from scheduler.domain import ClauseId
from scheduler.errors import Fault
from scheduler.policies.clause import Clause, Reason, Strength
from scheduler.policies.parameters import build, did_you_mean
from scheduler.rulebook import RULES, Rule, Scope

Table = Mapping[str, object]

HEADER = ("county", "title", "title_en", "checked", "effective_from", "effective_until", "clause", "unmodelled", "yield")
TEXTS = ("id", "at", "quote", "strength", "reading", "reading_en", "pending", "fact", "fact_en")
LISTS = ("open", "replaces", "refines", "proof")
OF_A_USE = ("rule", "parameters", "binds", "strength", "open", "replaces", "refines", "proof")
OF_A_CLAUSE = (*TEXTS, *LISTS, "rule", "parameters", "binds", "use")


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """A baseline clause gives way to a county's `must` for these stages, and stays there as a wish."""

    base: ClauseId
    to: ClauseId
    scope: Scope
    reading: str
    reading_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The content of one policy.toml."""

    place: str
    county: str
    title: str
    title_en: str
    checked: str
    effective_from: date | None
    effective_until: date | None
    clauses: tuple[Clause, ...]
    unmodelled: Mapping[ClauseId, Reason]
    yields: tuple[Yield, ...]


class Faults:
    """Collects the faults of one file."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.found: list[Fault] = []

    def at(self, clause: str) -> "Faults":
        """The same list, for one clause."""
        inner = Faults(f"{self.place}, clause {clause}" if clause else self.place)
        inner.found = self.found
        return inner

    def add(self, sentence: str, todo: str = "") -> None:
        """One fault. Packs are written by developers, so both languages carry the same sentence."""
        self.found.append(Fault(place=self.place, zh=sentence, en=sentence, todo_zh=todo, todo_en=todo))


def read_pack(folder: Path, place: str) -> tuple[Pack | None, list[Fault]]:
    """The pack in a folder, and its faults; `None` when it cannot be read at all."""
    faults = Faults(place)
    try:
        with (folder / "policy.toml").open("rb") as file:
            tables: Table = tomllib.load(file)
    except FileNotFoundError:
        faults.add("there is no such file")
        return None, faults.found
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        faults.add(f"is not TOML: {problem}")
        return None, faults.found
    _no_unknown_keys(tables, HEADER, faults)
    pack = Pack(
        place=place,
        county=_text(tables, "county", faults, needed=True),
        title=_text(tables, "title", faults, needed=True),
        title_en=_text(tables, "title_en", faults, needed=True),
        checked=str(_date(tables, "checked", faults, needed=True)),
        effective_from=_date(tables, "effective_from", faults),
        effective_until=_date(tables, "effective_until", faults),
        clauses=_clauses(tables, faults),
        unmodelled=_unmodelled(tables, faults),
        yields=tuple(_yield(table, faults) for table in _tables(tables, "yield", faults)),
    )
    if pack.county and pack.county != folder.name:
        faults.add(f"says county '{pack.county}', but lies in the folder '{folder.name}'")
    _every_id_once(pack, faults)
    _quotes_verbatim(pack, folder, faults)
    return pack, faults.found


def without_space(text: str) -> str:
    """White space is dropped on both sides: the sources are scans whose lines break mid-sentence."""
    return "".join(text.split())


def _clauses(tables: Table, faults: Faults) -> tuple[Clause, ...]:
    county = str(tables.get("county", ""))
    clauses: list[Clause] = []
    for table in _tables(tables, "clause", faults):
        clauses.extend(_clause(table, county, faults.at(str(table.get("id", "without id")))))
    return tuple(clauses)


def _clause(table: Table, county: str, faults: Faults) -> list[Clause]:
    """One clause a rule; a text without rules is one clause."""
    _no_unknown_keys(table, OF_A_CLAUSE, faults)
    base = Clause(
        id=ClauseId(_text(table, "id", faults, needed=True)),
        county=county,
        at=_text(table, "at", faults, needed=True),
        quote=_text(table, "quote", faults, needed=True),
        strength=_strength(table, faults) or Strength.MUST,
        reading=_text(table, "reading", faults),
        reading_en=_text(table, "reading_en", faults),
        pending=_text(table, "pending", faults) or None,
        fact=_text(table, "fact", faults) or None,
        fact_en=_text(table, "fact_en", faults),
        proof=_list(table, "proof", faults),
    )
    uses = _tables(table, "use", faults) if "use" in table else ([table] if "rule" in table else [])
    handled = [name for name, there in (("a rule", uses), ("pending", base.pending), ("fact", base.fact)) if there]
    if len(handled) != 1:
        faults.add(f"wants exactly one of a rule, pending and fact, has {' and '.join(handled) or 'none'}")
    for stray in () if uses else ("parameters", "binds", "open", "replaces", "refines"):
        if stray in table:
            faults.add(f"'{stray}' stands without a rule")
    return [_use(base, use, number, faults) for number, use in enumerate(uses, 1)] or [base]


def _use(base: Clause, table: Table, number: int, faults: Faults) -> Clause:
    """One rule of a text; a `[[clause.use]]` table may say a strength of its own."""
    apart = "id" not in table
    if apart:
        _no_unknown_keys(table, OF_A_USE, faults)
    rule = _rule(table, faults)
    opened = _list(table, "open", faults)
    if rule is not None:
        names = [name for name in rule.__dataclass_fields__ if name != "scope"]
        for name in opened:
            if name not in names:
                faults.add(f"open names unknown parameter '{name}'{did_you_mean(name, names)}")
    strength = (_strength(table, faults) if apart and "strength" in table else None) or base.strength
    if strength is Strength.INFORMATIONAL:
        faults.add("an informational text cannot carry a rule; say fact, or another strength with a reading")
    return replace(
        base,
        strength=strength,
        rule=rule,
        use=number,
        open_parameters=opened,
        replaces=tuple(ClauseId(name) for name in _list(table, "replaces", faults)),
        refines=tuple(ClauseId(name) for name in _list(table, "refines", faults)),
        proof=_list(table, "proof", faults),
    )


def _rule(table: Table, faults: Faults) -> Rule | None:
    name = _text(table, "rule", faults, needed=True)
    wanted = RULES.get(name)
    scope = _scope(_table(table, "binds", faults), faults)
    if wanted is None:
        if name:
            faults.add(f"unknown rule '{name}'{did_you_mean(name, RULES)}")
        return None
    rule, wrong = build(wanted, _table(table, "parameters", faults), skip=frozenset({"scope"}))
    for sentence in wrong:
        faults.add(f"rule '{name}': {sentence}")
    return replace(cast(Rule, rule), scope=scope) if rule is not None else None


def _scope(table: Table, faults: Faults) -> Scope:
    scope, wrong = build(Scope, table)
    for sentence in wrong:
        faults.add(f"binds: {sentence}")
    return cast(Scope, scope) if scope is not None else Scope()


def _yield(table: Table, faults: Faults) -> Yield:
    inner = Faults(f"{faults.place}, yield of {table.get('base', 'nothing')}")
    inner.found = faults.found
    _no_unknown_keys(table, ("base", "to", "binds", "reading", "reading_en"), inner)
    scope = _scope(_table(table, "binds", inner), inner)
    if bool(scope.stages) == bool(scope.grades) or replace(scope, stages=frozenset(), grades=frozenset()) != Scope():
        inner.add("binds wants either stages or grades, and nothing else")
    return Yield(
        base=ClauseId(_text(table, "base", inner, needed=True)),
        to=ClauseId(_text(table, "to", inner, needed=True)),
        scope=scope,
        reading=_text(table, "reading", inner, needed=True),
        reading_en=_text(table, "reading_en", inner, needed=True),
    )


def _unmodelled(tables: Table, faults: Faults) -> Mapping[ClauseId, Reason]:
    reasons: dict[ClauseId, Reason] = {}
    for table in _tables(tables, "unmodelled", faults):
        _no_unknown_keys(table, ("reason", "reason_en", "ids"), faults)
        zh = _text(table, "reason", faults, needed=True)
        reason = Reason(zh, _text(table, "reason_en", faults) or zh)
        for name in _list(table, "ids", faults):
            if name in reasons:
                faults.at(name).add("is unmodelled twice")
            reasons[ClauseId(name)] = reason
    return reasons


def _every_id_once(pack: Pack, faults: Faults) -> None:
    seen: set[ClauseId] = set()
    for clause in pack.clauses:
        if clause.use == 1 and clause.id in seen:
            faults.at(clause.id).add("stands twice", "Give one text with several rules as [[clause.use]] tables.")
        if clause.id in pack.unmodelled and clause.use == 1:
            faults.at(clause.id).add("is both a clause and unmodelled")
        seen.add(clause.id)


def _quotes_verbatim(pack: Pack, folder: Path, faults: Faults) -> None:
    try:
        source = without_space((folder / "source.txt").read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.add("source.txt is missing beside it")
        return
    for clause in pack.clauses:
        if clause.use == 1 and without_space(clause.quote) not in source:
            faults.at(clause.id).add("the quote is not in source.txt", "Copy it from there, mistakes of the scan included.")


def _no_unknown_keys(table: Table, known: tuple[str, ...], faults: Faults) -> None:
    for key in table:
        if key not in known:
            faults.add(f"unknown key '{key}'{did_you_mean(key, known)}")


def _strength(table: Table, faults: Faults) -> Strength | None:
    word = _text(table, "strength", faults, needed=True)
    words = [strength.value for strength in Strength]
    if word and word not in words:
        faults.add(f"unknown strength '{word}'{did_you_mean(word, words) or '; known: ' + ', '.join(words)}")
    return Strength(word) if word in words else None


def _text(table: Table, key: str, faults: Faults, needed: bool = False) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        faults.add(f"{key} wants text, has {value!r}")
        return ""
    if needed and not value:
        faults.add(f"{key} is missing")
    return value


def _date(table: Table, key: str, faults: Faults, needed: bool = False) -> date | None:
    value = table.get(key)
    if value is None and not needed:
        return None
    if type(value) is not date:
        faults.add(f"{key} wants a date such as 2024-09-01, has {value!r}")
        return None
    return value


def _list(table: Table, key: str, faults: Faults) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        faults.add(f"{key} wants a list of texts, has {value!r}")
        return ()
    return tuple(value)


def _table(table: Table, key: str, faults: Faults) -> Table:
    value = table.get(key, {})
    if not isinstance(value, dict):
        faults.add(f"{key} wants a table, has {value!r}")
        return {}
    return value


def _tables(table: Table, key: str, faults: Faults) -> list[Table]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        faults.add(f"{key} wants [[{key}]] tables, has {value!r}")
        return []
    return value
