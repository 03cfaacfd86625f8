"""What happens between a school's folder and a published plan? Each station once, for the command line and the service."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler import intake, policy
from scheduler.audit import audit
from scheduler.audit.report import Report
from scheduler.calendar import calendar_warnings
from scheduler.domain import Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.policy import Policy
from scheduler.publish import publish
from scheduler.timetable import Timetable

if TYPE_CHECKING:
    # Auditing and publishing must work where no solver is installed.
    from scheduler.make import Outcome
    from scheduler.mend import Repaired

TIMETABLE = "timetable.json"
SUMMARY = "summary.json"
DIFF = "diff.json"
REPAIR = "repair.json"
WHATIF = "whatif.json"


class Exit(IntEnum):
    """What a command tells the shell."""

    LAWFUL = 0
    """A lawful plan, or nothing found."""
    OUR_FAULT = 1
    BAD_INPUT = 2
    """The input has faults, all of them told."""
    NOT_LAWFUL = 3
    """A draft: findings that stand against publication."""
    NO_PLAN = 4
    """Stopped before there was any plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A scenario that can be planned, with the policy it falls under."""

    scenario: Scenario
    policy: Policy
    warnings: tuple[Fault, ...]


def prepared(reading: intake.Reading, policies: Path | None) -> Prepared:
    """The scenario and its policy. Raises `InputFaults` with every fault: of the files, and facts its county asks for."""
    faults = list(reading.faults)
    if reading.scenario is None:
        raise InputFaults(faults)
    pack = _policy_of(reading.scenario, policies)
    doubts = (*policy.missing_facts(pack, reading.scenario), *calendar_warnings(reading.scenario))
    faults += [intake.as_written(fault, reading) for fault in doubts]
    if any(not fault.warning for fault in faults):
        raise InputFaults(faults)
    return Prepared(scenario=reading.scenario, policy=pack, warnings=tuple(faults))


def counties(policies: Path | None) -> tuple[str, ...]:
    """Counties with a policy: those of the product, and those in a folder of packs of one's own."""
    own = policies.iterdir() if policies is not None and policies.is_dir() else ()
    named = {folder.name for folder in own if (folder / "policy.toml").is_file() and not folder.name.startswith("_")}
    return tuple(sorted(named | set(policy.counties())))


def judged(timetable: Timetable, scenario: Scenario, pack: Policy) -> Report:
    """The audit of a plan under the clauses in force on its scenario's dates."""
    return audit(scenario, timetable, policy.clauses_in_force(pack, scenario))


def write_outcome(outcome: "Outcome", scenario: Scenario, directory: Path, published_at: datetime) -> None:
    """The plan, its summary and everything published from it; a plan that is not lawful is marked as a draft."""
    report = outcome.report
    publish(scenario, outcome.timetable, report, directory, draft=not report.lawful, published_at=published_at)
    write_text(directory / SUMMARY, json_text(outcome.summary))


def write_repaired(repaired: "Repaired", before: Timetable, directory: Path, published_at: datetime) -> None:
    """The mended plan as it is published, the changed school, what changed (`diff.json`) and what was proven (`repair.json`)."""
    # Imported here: the solver is behind it.
    from scheduler.mend import diff_json

    timetable = repaired.timetable
    earlier = (replace(before, start=max(before.start, timetable.start)),)
    draft = not repaired.lawful
    publish(repaired.scenario, timetable, repaired.report, directory, draft=draft, published_at=published_at, earlier=earlier)
    intake.write_folder(repaired.scenario, directory / "scenario")
    write_text(directory / DIFF, json_text(diff_json(repaired)))
    write_text(directory / REPAIR, json_text(repaired.summary))


def exit_of(outcome: "Outcome") -> Exit:
    """How a solve ends for the shell."""
    if outcome.status == "out_of_time" and not outcome.timetable.meetings:
        return Exit.NO_PLAN
    return Exit.LAWFUL if outcome.report.lawful else Exit.NOT_LAWFUL


def json_text(content: Mapping[str, object]) -> str:
    """Readable JSON with its keys in the order given."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_text(path: Path, text: str) -> None:
    """Writes a file in one step: readers see the old content or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def unknown_county(place: str, name: str, known: Sequence[str]) -> Fault:
    """What to say where somebody names a county without a policy."""
    return Fault(
        place=place,
        column="county" if place.endswith(".toml") else None,
        zh=f"没有“{name}”的政策。",
        en=f"there is no policy for {name!r}.",
        todo_zh=f"可选：{'、'.join(known)}。",
        todo_en=f"Choose one of: {', '.join(known)}.",
    )


def _policy_of(scenario: Scenario, policies: Path | None) -> Policy:
    """The county's policy. The name comes from an upload: only one of the known folders is ever opened."""
    known = counties(policies)
    if scenario.school.county not in known:
        raise InputFaults([unknown_county("scenario.toml", scenario.school.county, known)])
    return policy.load_policy(scenario.school.county, policies)
