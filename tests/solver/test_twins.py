"""Does every rule have its twin in the solver, in the shape that lets the model read it?"""

import ast
from inspect import signature
from pathlib import Path
from typing import get_type_hints

import scheduler.solver
from scheduler.rulebook import RULES
from scheduler.solver.build import HARD, PRICED_ONLY, TWINS
from scheduler.solver.model import Model
from scheduler.solver.statement import Statement
from scheduler.solver.unknowns import Unknowns
from tests.solver.agreement import EXCESS, ONLY_AUDITED, ROOMS_LATER, SPLIT_LATER

SOLVER = Path(scheduler.solver.__file__).parent
EXPRESSIONS = frozenset({"CpModel", "ModelBuilder", "LinearExpr", "IntVar", "BoolVar", "add_linear_constraint"})
"""What the expression interfaces of ortools are called."""
ROWS = {name for name in vars(Model) if name.startswith("add_")}


def test_every_rule_has_a_twin_but_for_those_that_a_stage_of_the_search_serves() -> None:
    assert set(TWINS) == set(RULES) - ONLY_AUDITED


def test_a_twin_is_named_like_its_rule_and_takes_its_kind() -> None:
    for name, twin in TWINS.items():
        hints = get_type_hints(twin)
        assert twin.__name__ == name
        assert list(signature(twin).parameters) == ["unknowns", "rule"], name
        assert hints == {"unknowns": Unknowns, "rule": RULES[name], "return": Statement}, name


def test_what_is_said_about_twins_names_rules() -> None:
    assert set(RULES) >= HARD | PRICED_ONLY | EXCESS | ROOMS_LATER | SPLIT_LATER


def test_no_rule_is_written_as_an_expression_of_variables() -> None:
    """CP-SAT 9.12 to 9.15 can prove a wrong optimum for a linear `!=`. Rows are arrays, so none can slip in."""
    used = {
        f"{path.name}: {name}"
        for path in SOLVER.glob("*.py")
        for name in names_in(path.read_text("utf-8"))
        if name in EXPRESSIONS or name.startswith(("new_int_var", "new_bool_var", "add_", "only_enforce"))
        if name not in ROWS | {"add_solution_callback", "add_arcs_with_capacity_and_unit_cost"}
    }
    assert not used


def test_rows_are_ranges_and_never_have_a_hole() -> None:
    """The one place that fills a domain in gives it two ends."""
    tree = ast.parse((SOLVER / "readers.py").read_text("utf-8"))
    filled = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "extend"
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "domain"
    ]
    assert filled
    assert all(isinstance(call.args[0], ast.List) and len(call.args[0].elts) == 2 for call in filled)


def names_in(source: str) -> set[str]:
    """Every name and attribute that a module's text uses."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
