"""How do the tests of the line run a command? In a process of its own, as a school does, with what it wrote looked up once."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scheduler.domain import Scenario
from scheduler.intake import read
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.publish.exchange import timetable_from_json
from scheduler.timetable import Timetable

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
COUNTIES = ("yueyang", "liangping", "suifenhe", "helan", "changzhi")
COMMAND = (sys.executable, "-m", "api.cli")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def told(self) -> str:
        return f"{self.stdout}\n{self.stderr}"


def oneplusx(*arguments: object, timeout: float = 380.0, environment: Mapping[str, str] | None = None) -> Ended:
    """Runs the command to its end."""
    ended = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, **(environment or {})},
    )
    return Ended(code=ended.returncode, stdout=ended.stdout, stderr=ended.stderr)


@dataclass(frozen=True)
class Solved:
    """A school that was solved, and the folder of its results."""

    school: Path
    out: Path
    ended: Ended

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = json.loads((self.out / "summary.json").read_text("utf-8"))
        return content

    @cached_property
    def timetable(self) -> Timetable:
        return timetable_from_json((self.out / "timetable.json").read_text("utf-8"))

    @cached_property
    def scenario(self) -> Scenario:
        return scenario_in(self.school)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return law_of(self.scenario)


def scenario_in(folder: Path) -> Scenario:
    """The scenario of a folder that has no faults."""
    scenario = read(folder).scenario
    assert scenario is not None
    return scenario


def law_of(scenario: Scenario) -> tuple[Clause, ...]:
    return clauses_in_force(load_policy(scenario.school.county), scenario)
