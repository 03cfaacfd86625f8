"""How is a mistake planted in an encoder? A few words of its source are said differently, everywhere the function is known."""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent
from types import FunctionType
from typing import Any

import pytest

from scheduler.audit.twins import TWINS as AUDIT_TWINS
from scheduler.solver.build import TWINS as SOLVER_TWINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody might have written instead."""

    what: str
    where: str
    """Dotted name of a function or method, `scheduler.` left out."""
    said: str
    instead: str
    rule: str | None = None
    """The rule that is measured differently; `None`: a mistake about the columns, which any rule may show."""


def plant(mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the mistaken function in the place of the right one until the test is over."""
    owner, name = _owner(mistake.where)
    right = owner.__dict__[name]
    wrong = _said_differently(right, mistake)
    monkeypatch.setattr(owner, name, wrong)
    for module in [module for key, module in sys.modules.items() if key.startswith("scheduler.")]:
        for alias, value in list(vars(module).items()):
            if value is right:
                monkeypatch.setattr(module, alias, wrong)
    for twins in (SOLVER_TWINS, AUDIT_TWINS):
        if twins.get(name) is right:
            monkeypatch.setitem(twins, name, wrong)


def _owner(where: str) -> tuple[Any, str]:
    """The module or class that holds it, and its name there."""
    *path, name = where.split(".")
    owner: Any = sys.modules["scheduler"]
    for part in path:
        owner = sys.modules.get(f"{owner.__name__}.{part}") or getattr(owner, part)
    return owner, name


def _said_differently(right: Any, mistake: Mistake) -> Callable[..., Any]:
    function: FunctionType = right.fget if isinstance(right, property) else right
    source = dedent(inspect.getsource(function))
    assert mistake.said in source, f"{mistake.where} does not say: {mistake.said}"
    namespace: dict[str, Any] = {}
    exec(compile(source.replace(mistake.said, mistake.instead), mistake.where, "exec"), function.__globals__, namespace)
    return namespace[function.__name__]  # type: ignore[no-any-return]
