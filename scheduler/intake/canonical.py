"""Are these two scenarios the same? One text for each scenario, whatever the order of its rows, and that text's digest."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from enum import Enum
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults

T = TypeVar("T")
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_ORDERED = ("choices",)
"""Their order means something; everywhere else it does not."""


def in_order(scenario: Scenario) -> Scenario:
    """The same scenario with every tuple sorted, so that nothing can depend on the order of rows."""
    term = scenario.term
    sorted_term = dataclasses.replace(
        term,
        make_up_days=_sorted(term.make_up_days),
        holidays=tuple(sorted(term.holidays)),
        events=_sorted(term.events),
        holiday_weeks=_sorted(term.holiday_weeks),
    )
    return dataclasses.replace(
        scenario,
        term=sorted_term,
        seasons=_sorted(scenario.seasons),
        grades=_sorted(scenario.grades),
        home_classes=_sorted(scenario.home_classes),
        slots=_sorted(scenario.slots),
        rooms=_sorted(scenario.rooms),
        staff=_sorted(scenario.staff),
        courses=_sorted(scenario.courses),
        pupils=_sorted(scenario.pupils),
        bells=_sorted(scenario.bells),
        lessons=_sorted(scenario.lessons),
        providers=_sorted(scenario.providers),
        trips=_sorted(scenario.trips),
        locks=_sorted(scenario.locks),
        waivers=_sorted(scenario.waivers),
    )


def _sorted(values: Sequence[T]) -> tuple[T, ...]:
    return tuple(sorted(values, key=_sort_key))


def _sort_key(value: object) -> tuple[str, str]:
    """By id, numbers in it by size; by the whole text where there is none."""
    id = getattr(value, "id", None)
    if id is None:
        return "", _dumped(_plain(value))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), str(id)), str(id)


def scenario_to_json(scenario: Scenario) -> str:
    """The scenario as canonical JSON: sorted keys and rows, no spaces, every field present."""
    return _dumped(_plain(scenario))


def digest(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(scenario_to_json(scenario).encode()).hexdigest()


def scenario_from_json(text: str | bytes, place: str = "scenario.json") -> Scenario:
    """The scenario of a JSON text, in canonical order.

    Errors: `InputFaults` for text that is no JSON, for unknown or missing keys and for values of the wrong type. What the
    facts mean together is not looked at; `read` does that too.
    """
    try:
        raw: Json = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_doubles)
        scenario = _ADAPTER.validate_json(text, strict=True)
    except ValidationError as error:
        raise InputFaults(_wrong(place, each["loc"], each["msg"]) for each in error.errors()) from error
    except (ValueError, RecursionError) as error:
        raise InputFaults([_no_json(place, str(error))]) from error
    unknown = tuple(_unknown(raw, scenario, ()))
    if unknown:
        raise InputFaults(_wrong(place, path, "unknown key") for path in unknown)
    return in_order(scenario)


_ADAPTER = TypeAdapter(Scenario)


def _plain(value: object) -> Json:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _ordered(getattr(value, field.name)) if field.name in _ORDERED else _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, time | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | tuple | list):
        return sorted((_plain(each) for each in value), key=_dumped)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _ordered(value: Sequence[object]) -> Json:
    return [_plain(each) for each in value]


def _dumped(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number


def _no_doubles(pairs: list[tuple[str, Json]]) -> Json:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError(f"the key “{max(keys, key=keys.count)}” is there twice")
    return dict(pairs)


def _unknown(given: Json, kept: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Paths of keys that were given and that nothing was made of."""
    if isinstance(given, dict):
        if isinstance(kept, Mapping):
            members = {str(_plain(key)): value for key, value in kept.items()}
        else:
            members = {name: getattr(kept, name) for name in given if name in getattr(kept, "__dataclass_fields__", ())}
        for key, value in given.items():
            if key in members:
                yield from _unknown(value, members[key], (*path, key))
            elif not isinstance(kept, Mapping):
                yield (*path, key)
    elif isinstance(given, list) and isinstance(kept, tuple):
        for number, (value, member) in enumerate(zip(given, kept, strict=True)):
            yield from _unknown(value, member, (*path, number))


def _wrong(place: str, path: Sequence[str | int], reason: str) -> Fault:
    where = ".".join(str(each) for each in path)
    return Fault(
        place=place,
        column=where or None,
        zh=f"不符合格式（{reason}）。",
        en=f"it does not fit the format: {reason}.",
        todo_zh="请按接口说明改正。",
        todo_en="Correct it as the schema says.",
    )


def _no_json(place: str, reason: str) -> Fault:
    return Fault(
        place=place,
        zh=f"不是有效的 JSON（{reason}）。",
        en=f"this is no valid JSON: {reason}.",
        todo_zh="请重新导出。",
        todo_en="Export it again.",
    )
