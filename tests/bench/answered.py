"""Is there always an answer, in time? Schools of three sizes, from the click to the saved files, whatever the limit.

`python -m tests.bench.answered [--sizes S M L] [--instances 60]` solves each with the command a school uses, clocks it from
outside, and judges the saved plan again. Exits 1 where one has no answer, a wrong one, or a late one.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path

from scheduler.audit import audit
from scheduler.generate import generate
from scheduler.intake import read_scenario, write_folder
from scheduler.line import SUMMARY, TIMETABLE, Exit
from scheduler.policy import clauses_in_force, counties, load_policy
from scheduler.publish.exchange import timetable_from_json
from tests.bench.machine import load
from tests.bench.measured import MOST_BOOLEANS
from tests.bench.plain import Plain

SIZES: Mapping[str, tuple[int, float]] = {"S": (250, 5.0), "M": (1000, 20.0), "L": (2500, 120.0)}
"""Pupils and time limit in seconds: those in which a first complete plan is due, since a longer one proves nothing here."""
SHARES: Mapping[str, int] = {"S": 6, "M": 3, "L": 1}
"""Of ten instances."""
TIGHTNESS = (1.0, 1.6)
"""The usual, and so scarce that many have no lawful plan."""
OVER, EXTRA = 1.1, 5.0
PATIENCE = 60.0
"""Seconds past one and a half limits after which a run is ended: late is told long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one school was answered."""

    name: str
    wall: float
    cpu: float
    limit: float
    said: str
    """`lawful`, `draft` (with what stands against it), or why it counts as no answer."""

    @property
    def holds(self) -> bool:
        return self.said in ("lawful", "draft")

    @property
    def in_time(self) -> bool:
        """By the clock; or, where others kept the processors busy, by its own processor time, which no idle machine exceeds."""
        return min(self.wall, self.cpu) <= self.limit * OVER + EXTRA


def instances(number: int, sizes: list[str]) -> Iterator[tuple[str, str, int, float]]:
    """Size, county, seed and tightness."""
    weighted = [size for size in sizes for _ in range(SHARES[size])]
    kinds = cycle(product(counties(), TIGHTNESS))
    for seed, (size, (county, tightness)) in enumerate(islice(zip(cycle(weighted), kinds, strict=False), number), start=1):
        yield size, county, seed, tightness


def answered(size: str, county: str, seed: int, tightness: float) -> Answer:
    """Solves one school with the command a school uses, and judges what it saved."""
    pupils, limit = SIZES[size]
    scenario = generate(county, pupils, seed, tightness)
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "school", Path(place) / "out"
        write_folder(scenario, folder)
        command = [sys.executable, "-m", "scheduler", "solve", str(folder), "--out", str(out), "--time-limit", str(limit)]
        used, started = children_cpu(), time.monotonic()
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=limit * 1.5 + PATIENCE)
        except subprocess.TimeoutExpired:
            ended = None
        wall, cpu = time.monotonic() - started, children_cpu() - used
        said = "killed" if ended is None else told(ended.returncode, ended.stderr, folder, out)
    return Answer(name=f"{size} {county} {seed} ×{tightness:g}", wall=wall, cpu=cpu, limit=limit, said=said)


def told(code: int, errors: str, folder: Path, out: Path) -> str:
    """What the saved files say, where the exit code agrees with them and a second look at the plan with both."""
    if code not in (Exit.LAWFUL, Exit.NOT_LAWFUL):
        return f"exit {code}: {(errors.strip().splitlines() or ['silent'])[-1][:80]}"
    scenario = read_scenario(folder)
    plan = timetable_from_json((out / TIMETABLE).read_text("utf-8"))
    status = str(json.loads((out / SUMMARY).read_text("utf-8"))["status"])
    report = audit(scenario, plan, clauses_in_force(load_policy(scenario.school.county), scenario))
    if report.lawful != (code == Exit.LAWFUL):
        return f"exit {code}, but the plan is {'lawful' if report.lawful else 'not lawful'}"
    if status == "unknown" or not plan.meetings:
        return f"status {status}"
    return "lawful" if report.lawful else "draft"


def children_cpu() -> float:
    """CPU seconds of the processes waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def control(limit: float = 5.0) -> str:
    """What a solver with nothing but a time limit says of a school of 1,000 pupils: that must not count as an answer."""
    return str(Plain(generate("yueyang", 1000, 1), MOST_BOOLEANS).solve(limit, lambda value: None)).lower()


def main() -> int:
    """One line an instance, then what must hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--instances", type=int, default=60)
    asked = parser.parse_args()
    print(load(), flush=True)
    every = []
    for one in instances(asked.instances, asked.sizes):
        answer = answered(*one)
        every.append(answer)
        late = "" if answer.in_time else "  LATE"
        print(f"{answer.name}: {answer.said}, {answer.wall:.1f} s of {answer.limit:g}, CPU {answer.cpu:.1f}{late}", flush=True)
    without = [one for one in every if not one.holds]
    late_ones = [one for one in every if not one.in_time]
    bare = control()
    lawful = sum(one.said == "lawful" for one in every)
    verdicts = [
        (not without, f"{len(every) - len(without)} of {len(every)} answered: {lawful} lawful, the others a judged draft"),
        (not late_ones, f"{len(every) - len(late_ones)} of {len(every)} within {OVER:g} × limit + {EXTRA:g} s"),
        (bare not in ("lawful", "draft", "optimal"), f"control: a bare time limit on 1,000 pupils says {bare}"),
    ]
    for holds, claim in verdicts:
        print(f"{'PASS' if holds else 'FAIL'}  {claim}")
    return int(not all(holds for holds, _ in verdicts))


if __name__ == "__main__":
    sys.exit(main())
