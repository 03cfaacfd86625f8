"""Has every rule its twin in the audit, and does the audit stand on its own feet?"""

import subprocess
import sys
from inspect import signature
from typing import get_type_hints

from scheduler.audit.twins import CLASHES, CONTENT, HOURS, NOTES, STAFF, STUDENTS, TWINS
from scheduler.audit.world import World
from scheduler.rulebook import CLASHES as CLASH_RULES
from scheduler.rulebook import CONTENT as CONTENT_RULES
from scheduler.rulebook import HOURS as HOUR_RULES
from scheduler.rulebook import RULES
from scheduler.rulebook import STAFF as STAFF_RULES
from scheduler.rulebook import STUDENTS as STUDENT_RULES

HEAVY = ("ortools", "numpy", "scipy", "pandas", "fastapi", "scheduler.solver")


def test_each_rule_has_a_twin_in_its_chapter() -> None:
    assert set(HOURS) == set(HOUR_RULES)
    assert set(CONTENT) == set(CONTENT_RULES)
    assert set(STAFF) == set(STAFF_RULES)
    assert set(STUDENTS) == set(STUDENT_RULES)
    assert set(CLASHES) == set(CLASH_RULES)


def test_a_twin_is_named_like_its_rule_and_takes_its_kind() -> None:
    for name, twin in TWINS.items():
        assert twin.__name__ == name
        hints = get_type_hints(twin)
        assert list(signature(twin).parameters) == ["world", "rule"], name
        assert hints["world"] is World, name
        assert hints["rule"] is RULES[name], name


def test_what_is_only_reported_takes_the_same_kind_as_its_rule() -> None:
    for name, twin in NOTES.items():
        assert get_type_hints(twin)["rule"] is RULES[name], name


def test_the_audit_loads_without_the_solver_or_a_table_library() -> None:
    script = f"import sys, scheduler.audit; print([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
