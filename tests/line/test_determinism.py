"""Does the same school with the same seed get the same plan, byte for byte, however the machine feels that day?"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from scheduler.generate import generate
from scheduler.intake import digest, write_folder
from scheduler.make import Outcome, make_plan
from scheduler.publish.exchange import timetable_from_json, timetable_to_json
from scheduler.solver.limits import Clock
from scheduler.solver.outcome import Options, Progress, Status
from scheduler.solver.search import LAW_FIRST, NEIGHBOURHOODS_UNTIL
from scheduler.timetable import Timetable
from tests.line.running import COUNTIES, SCENARIOS, oneplusx, scenario_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SECONDS = 1
"""A time limit that a deterministic run takes for a scale of its counts only."""
SCHOOLS = ("tiny", "generated")


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The tiny school, and one of 60 pupils."""
    generated = tmp_path_factory.mktemp("generated")
    write_folder(generate("helan", 60, 3), generated)
    return {"tiny": SCENARIOS / "tiny", "generated": generated}


@pytest.fixture(scope="module")
def first(schools: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The file of each school's plan, made once."""
    return {name: plan_of(schools[name], tmp_path_factory.mktemp(name)) for name in SCHOOLS}


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """Every processor has something else to do as well."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def plan_of(school: Path, out: Path, seed: int = 7, hash_seed: str = "0", seconds: int = SECONDS) -> bytes:
    """The plan's file after `oneplusx solve --deterministic`."""
    options = ("--deterministic", "--time-limit", seconds, "--seed", seed)
    ended = oneplusx("solve", school, "--out", out, *options, timeout=1200, environment={"PYTHONHASHSEED": hash_seed})
    assert ended.code in {0, 3}, ended.told
    return (out / "timetable.json").read_bytes()


def shuffled(school: Path, out: Path) -> Path:
    """The same school with the rows of every file in another order."""
    out.mkdir()
    dice = random.Random(11)
    for path in sorted(school.iterdir()):
        if path.suffix != ".csv":
            if path.is_file():
                (out / path.name).write_bytes(path.read_bytes())
            continue
        header, *rows = path.read_text("utf-8-sig").splitlines(keepends=True)
        dice.shuffle(rows)
        (out / path.name).write_text(header + "".join(rows), "utf-8-sig")
    return out


@pytest.mark.parametrize("name", SCHOOLS)
def test_the_same_plan_twice(name: str, schools: Mapping[str, Path], first: Mapping[str, bytes], tmp_path: Path) -> None:
    assert plan_of(schools[name], tmp_path) == first[name]


@pytest.mark.parametrize("name", SCHOOLS)
def test_the_same_plan_with_its_rows_shuffled_and_other_hashes(
    name: str, schools: Mapping[str, Path], first: Mapping[str, bytes], tmp_path: Path
) -> None:
    school = shuffled(schools[name], tmp_path / "shuffled")
    assert digest(scenario_in(school)) == digest(scenario_in(schools[name]))
    assert plan_of(school, tmp_path / "out", hash_seed="4711") == first[name]


@pytest.mark.usefixtures("busy_machine")
def test_the_same_plan_on_a_busy_machine(schools: Mapping[str, Path], first: Mapping[str, bytes], tmp_path: Path) -> None:
    assert plan_of(schools["generated"], tmp_path) == first["generated"]


def test_another_seed_gives_another_plan(schools: Mapping[str, Path], first: Mapping[str, bytes]) -> None:
    """Were every plan the same whatever one does, the tests above would show nothing."""
    other = made(schools["generated"], Options(seed=8, time_limit=SECONDS, deterministic=True))
    assert other.timetable.placements != timetable_from_json(first["generated"].decode()).placements


@pytest.mark.parametrize(("name", "speed"), [("tiny", 0.0), ("generated", 1000.0)])
def test_no_decision_is_left_to_the_clock(
    name: str, speed: float, schools: Mapping[str, Path], first: Mapping[str, bytes]
) -> None:
    """Clocks that stand still or run a thousand times too fast change nothing."""
    with apart() as process:
        again = process.submit(made_by_clock, speed, schools[name], Options(seed=7, time_limit=SECONDS, deterministic=True))
        assert timetable_to_json(again.result()[1]).encode() == first[name]


def test_without_the_option_the_clock_decides(schools: Mapping[str, Path]) -> None:
    """The control of the test before: the clock that runs too fast ends an ordinary search at once."""
    with apart() as process:
        status, _ = process.submit(made_by_clock, 1000.0, schools["generated"], Options(seed=7, time_limit=SECONDS)).result()
    assert status is Status.OUT_OF_TIME


def apart() -> ProcessPoolExecutor:
    """A process of its own: other threads of this one keep the true clock, or they sleep for hours."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def made_by_clock(speed: float, school: Path, options: Options) -> tuple[Status, Timetable]:
    """Status and plan where a second lasts 1/`speed` of one."""
    true_clock = time.monotonic
    time.monotonic = lambda: speed * true_clock()
    outcome = made(school, options)
    time.monotonic = true_clock
    return outcome.status, outcome.timetable


def test_a_first_timetable_that_nobody_had_time_to_better_is_not_called_good(
    schools: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the time went before any neighbourhood; the plan granted no wish and was called `feasible`."""
    monkeypatch.setattr(Clock, "over", lambda self, share=1.0: share in (NEIGHBOURHOODS_UNTIL, LAW_FIRST))
    assert made(schools["generated"], Options(seed=7, time_limit=SECONDS)).status == "out_of_time"


def made(school: Path, options: Options) -> Outcome:
    def unheard(progress: Progress) -> None:
        pass

    return make_plan(scenario_in(school), options, unheard, lambda: False)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("county", COUNTIES)
def test_every_sample_school_repeats(county: str, tmp_path: Path) -> None:
    """Full size: once as it lies there, once shuffled and with other hashes."""
    plain = plan_of(SCENARIOS / county, tmp_path / "plain", seconds=10)
    school = shuffled(SCENARIOS / county, tmp_path / "shuffled")
    assert plan_of(school, tmp_path / "again", hash_seed="4711", seconds=10) == plain
