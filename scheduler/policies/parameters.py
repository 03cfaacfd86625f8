"""How does a value in TOML become a typed parameter of a rule? By the type the rule's class declares, and by nothing else."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

from scheduler.rulebook import Rule, Scope

Key = TypeVar("Key")
Value = TypeVar("Value")

NONE = "none"
"""TOML has no null; this word stands for it where a parameter may be `None`."""


class Fixed(Mapping[Key, Value]):
    """A mapping that never changes, so that rules and clauses can be keys and travel between processes."""

    __slots__ = ("_content",)

    def __init__(self, content: Mapping[Key, Value]) -> None:
        self._content = dict(content)

    def __getitem__(self, key: Key) -> Value:
        return self._content[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def __hash__(self) -> int:
        return hash(frozenset(self._content.items()))

    def __repr__(self) -> str:
        return f"Fixed({self._content!r})"


class Misfit(Exception):
    """A value that does not fit; the sentence says how."""


def typed(value: object, wanted: object) -> object:
    """The value as the declared type has it. Raises `Misfit` with a sentence for people.

    Sets, tuples and single values also come as text (`"primary, junior"`), because a school's readings are plain values.
    """
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return _optional(value, wanted)
    if origin in (frozenset, tuple):
        members = (typed(member, get_args(wanted)[0]) for member in _members(value))
        return frozenset(members) if origin is frozenset else tuple(members)
    if origin is not None and issubclass(cast(type, origin), Mapping):
        return _mapping(value, wanted)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _member_of(value, wanted)
    return _plain(value, wanted)


def build(
    wanted: type[Rule] | type[Scope], given: Mapping[str, object], skip: frozenset[str] = frozenset()
) -> tuple[object | None, list[str]]:
    """The rule or scope with these parameters, and a sentence for each one that does not fit."""
    hints = get_type_hints(wanted)
    names = [field.name for field in fields(wanted) if field.name not in skip]
    arguments: dict[str, object] = {}
    wrong: list[str] = []
    for name, value in given.items():
        if name not in names:
            wrong.append(f"unknown parameter '{name}'{did_you_mean(name, names)}")
            continue
        try:
            arguments[name] = typed(value, hints[name])
        except Misfit as misfit:
            wrong.append(f"parameter '{name}': {misfit}")
    wrong.extend(f"parameter '{name}' is missing" for name in _required(wanted, names) if name not in given)
    if wrong:
        return None, wrong
    built = cast(Callable[..., object], wanted)(**arguments)
    # The rulebook's own defaults may be mappings that cannot be hashed.
    loose = {name: Fixed(value) for name in names if isinstance(value := getattr(built, name), Mapping)}
    return cast(Callable[..., object], replace)(built, **loose), []


def parameters_of(rule: Rule) -> Mapping[str, object]:
    """A rule's parameters by name; the scope is not one of them."""
    return {field.name: getattr(rule, field.name) for field in fields(rule) if field.name != "scope"}


def told_parameters(rule: Rule) -> Mapping[str, str]:
    """A rule's parameters in the words of policy.toml; an empty one says that nothing is named."""
    return {name: shown(value) for name, value in parameters_of(rule).items()}


def shown(value: object) -> str:
    """A parameter in the words of policy.toml."""
    if value is None:
        return NONE
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Mapping):
        return ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items())
    if isinstance(value, frozenset):
        return ", ".join(sorted(shown(member) for member in value))
    if isinstance(value, tuple):
        return ", ".join(shown(member) for member in value)
    return str(value)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _required(wanted: type[Rule] | type[Scope], names: Iterable[str]) -> Iterator[str]:
    for field in fields(wanted):
        if field.name in names and field.default is MISSING and field.default_factory is MISSING:
            yield field.name


def _optional(value: object, wanted: object) -> object:
    kinds = [kind for kind in get_args(wanted) if kind is not NoneType]
    return None if value in (NONE, None) else typed(value, kinds[0])


def _members(value: object) -> Iterable[object]:
    if isinstance(value, str):
        return [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
    return cast(list[object], value) if isinstance(value, list) else [value]


def _mapping(value: object, wanted: object) -> Mapping[object, object]:
    key_type, value_type = get_args(wanted)
    if not isinstance(value, dict):
        raise Misfit(f"wants a table, has {value!r}")
    return Fixed({typed(key, key_type): typed(item, value_type) for key, item in value.items()})


def _member_of(value: object, wanted: type[Enum]) -> Enum:
    values = [str(member.value) for member in wanted]
    for member in wanted:
        if str(value) == str(member.value):
            return member
    raise Misfit(f"unknown value '{value}'{did_you_mean(str(value), values) or '; known: ' + ', '.join(values)}")


def _plain(value: object, wanted: object) -> object:
    if wanted is bool and isinstance(value, bool):
        return value
    if wanted is int and isinstance(value, int | str | float) and not isinstance(value, bool):
        return _whole(value)
    if wanted is time and isinstance(value, time):
        return value
    if wanted is time and isinstance(value, str):
        return _clock(value)
    if wanted is date and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if wanted is str and isinstance(value, str):
        return value
    words = {int: "a whole number", bool: "true or false", time: "a clock time such as 18:30:00", date: "a date", str: "text"}
    raise Misfit(f"wants {words.get(cast(type, wanted), str(wanted))}, has {value!r}")


def _whole(value: int | str | float) -> int:
    try:
        number = int(value)
        exact = number == float(value)
    except ValueError:
        exact = False
    if not exact:
        raise Misfit(f"wants a whole number, has {value!r}")
    return number


def _clock(value: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise Misfit(f"wants a clock time such as 18:30, has {value!r}") from None
