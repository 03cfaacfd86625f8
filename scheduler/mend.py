"""How does a published plan go on when the school changes? Change the facts, mend, audit, and say what is otherwise."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from scheduler.audit import audit
from scheduler.audit.report import Finding, Report
from scheduler.changes import Changes, changed
from scheduler.differences import KINDS, Difference, Side, as_json, counts, differences, disturbance
from scheduler.domain import Scenario, StaffId
from scheduler.intake import digest
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.rulebook import RidesKept
from scheduler.solver.outcome import Options, Stop
from scheduler.solver.repair import Mended, mended
from scheduler.solver.repair_names import Names, kept_duties
from scheduler.solver.stand_ins import Stretch, stand_ins
from scheduler.timetable import ChangeKind, Timetable

MOST_FINDINGS = 8
"""Findings told in full."""


class Ended(StrEnum):
    """What is known of the mended plan."""

    LEAST = "least"
    """Lawful, and proven that no lawful plan disturbs less."""
    BOUNDED = "bounded"
    """Lawful; how much less another plan might disturb is bounded."""
    NEAREST = "nearest"
    """Not lawful: the nearest plan found, with what stands against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """The changed school, its mended plan, and what became of it."""

    ended: Ended
    scenario: Scenario
    timetable: Timetable
    report: Report
    """Of the weekly plan; findings of dated days are in `on_days`."""
    on_days: tuple[Finding, ...]
    """What is found in the weeks with stand-ins and not in the plan itself."""
    differences: tuple[Difference, ...]
    disturbance: int
    bound: int
    summary: Mapping[str, object]
    """The content of `repair.json`."""

    @property
    def lawful(self) -> bool:
        return self.report.lawful and not self.on_days


def repair_plan(
    scenario: Scenario, before: Timetable, changes: Changes, options: Options, stop: Stop, policy_folder: Path | None = None
) -> Repaired:
    """The plan of least weighted disturbance after the changes, judged; locks and section ids are kept.

    Raises `InputFaults` for a county without a pack. A lasting change gives a plan that begins on its day; dated absences
    give substitutes on their dates.
    """
    started = time.process_time()
    after = changed(scenario, changes) if changes.lasting else scenario
    clauses = clauses_in_force(load_policy(after.school.county, policy_folder), after)
    timetable, weekly = before, None
    if changes.lasting:
        weekly, timetable = _lasting(after, clauses, before, changes.begins, options, stop)
    stretches = tuple(stand_ins(after, clauses, timetable, changes.absences, options, stop))
    timetable = _with_stand_ins(after, timetable, stretches)
    solved = time.process_time()
    report = audit(after, timetable, clauses)
    on_days = tuple(_found_on_days(report, stretches, clauses))
    judged = time.process_time()
    found = differences(Side(scenario=scenario, timetable=before), Side(scenario=after, timetable=timetable))
    total = disturbance(found)
    bound = (weekly.bound if weekly is not None else 0) + sum(stretch.mended.bound for stretch in stretches)
    lawful = report.lawful and not on_days and not any(stretch.cancelled for stretch in stretches)
    ended = Ended.NEAREST if not lawful else Ended.LEAST if total <= bound else Ended.BOUNDED
    summary: dict[str, object] = {
        "status": ended.value,
        "begins": timetable.start.isoformat(),
        "disturbance": total,
        "bound": bound,
        "gap": max(0, total - bound),
        "looked_at": [one.radius for one in (weekly, *(stretch.mended for stretch in stretches)) if one is not None],
        "counts": {kind.value: count for kind, count in counts(found).items()},
        "stand_ins": [_stretch(stretch) for stretch in stretches],
        "audit": {
            "breaches": len(report.breaches),
            "waivers_needed": len({finding.clause.id for finding in report.waivers_needed}),
            "on_days": len(on_days),
        },
        "cpu_seconds": {"repair": round(solved - started, 3), "audit": round(judged - solved, 3)},
    }
    return Repaired(
        ended=ended,
        scenario=after,
        timetable=timetable,
        report=report,
        on_days=on_days,
        differences=found,
        disturbance=total,
        bound=bound,
        summary=summary,
    )


def diff_json(repaired: Repaired) -> Mapping[str, object]:
    """The content of `diff.json`."""
    return {"bound": repaired.bound, "status": repaired.ended.value, **as_json(repaired.differences)}


def in_words(repaired: Repaired, language: str = "zh") -> list[str]:
    """What was proven and what stands against the plan, as sentences."""
    zh = language == "zh"
    total, bound = repaired.disturbance, repaired.bound
    told = {
        Ended.LEAST: (
            f"已证明：没有影响更小的合规方案（影响 {total} 分）。",
            f"Proven: no lawful plan disturbs less ({total} points).",
        ),
        Ended.BOUNDED: (
            f"影响 {total} 分；任何合规方案至少 {bound} 分，未证明是最小的。",
            f"It disturbs {total} points; any lawful plan disturbs at least {bound}. Not proven to be the least.",
        ),
        Ended.NEAREST: (
            f"没有找到完全合规的方案，这是最接近的草稿（影响 {total} 分）。",
            f"No fully lawful plan was found; this is the nearest draft ({total} points).",
        ),
    }
    lines = [told[repaired.ended][0 if zh else 1]]
    for stretch in repaired.summary["stand_ins"] if isinstance(repaired.summary["stand_ins"], list) else ():
        if stretch["cancelled"]:
            lines.append(
                f"{stretch['first']} 至 {stretch['last']}：有 {stretch['cancelled']} 次课无人可代，只能停课。"
                if zh
                else f"{stretch['first']} to {stretch['last']}: {stretch['cancelled']} meetings have nobody and are cancelled."
            )
    against = [*repaired.report.breaches, *repaired.report.waivers_needed, *repaired.on_days]
    lines += [f"  {finding.zh if zh else finding.en}" for finding in against[:MOST_FINDINGS]]
    if len(against) > MOST_FINDINGS:
        rest = len(against) - MOST_FINDINGS
        lines.append(f"  ……另有 {rest} 处" if zh else f"  … and {rest} more")
    return lines


def _lasting(
    after: Scenario, clauses: Sequence[Clause], before: Timetable, begins: date, options: Options, stop: Stop
) -> tuple[Mended, Timetable]:
    """The weekly plan from the day on; the law is asked about those days only."""
    from_then = replace(after, term=replace(after.term, start=begins))
    standing = tuple(one for one in before.placements if one.end is None or one.end >= begins)
    found = mended(from_then, clauses, replace(before, placements=standing), options, stop)
    names = Names(found.model.unknowns, found.values, found.mapped.offers, before)
    buffer_minutes = max((clause.rule.buffer_minutes for clause in clauses if isinstance(clause.rule, RidesKept)), default=0)
    timetable = names.timetable(
        after,
        begins=begins,
        digest=digest(after),
        program=f"oneplusx {version('oneplusx')}",
        seed=options.seed,
        buffer_minutes=buffer_minutes,
    )
    return found, timetable


def _with_stand_ins(scenario: Scenario, timetable: Timetable, stretches: Sequence[Stretch]) -> Timetable:
    """The plan with its dated changes; duties of those away, or standing in that day, pass to others."""
    changes = tuple(sorted({*timetable.changes, *(one for stretch in stretches for one in stretch.changes)}))
    if not stretches:
        return timetable
    busy = {(id, one.day) for one in changes if one.kind is ChangeKind.SUBSTITUTE for id in one.new_staff}

    def away(staff: StaffId, day: date) -> bool:
        ill = any(staff in stretch.away and stretch.first <= day <= stretch.last for stretch in stretches)
        return ill or (staff, day) in busy

    duties = kept_duties(scenario, timetable.duties, timetable.meetings, timetable.start, away)
    return replace(timetable, changes=changes, duties=duties)


def _found_on_days(report: Report, stretches: Sequence[Stretch], clauses: Sequence[Clause]) -> Sequence[Finding]:
    """Findings of the weeks with stand-ins about people, beyond those of the plan itself."""
    known = Counter((finding.clause.id, finding.zh) for finding in report.findings)
    found: list[Finding] = []
    about_people = [clause for clause in clauses if clause.rule is not None and clause.rule.name in OF_PEOPLE]
    for stretch in stretches:
        there = audit(stretch.week, stretch.table, about_people)
        new = [one for one in (*there.breaches, *there.waivers_needed) if not known[one.clause.id, one.zh]]
        found += new
    return found


OF_PEOPLE = frozenset(
    {
        "may_lead",
        "works_only_when_available",
        "staff_in_one_place",
        "enough_staff",
        "load_caps",
        "flexible_hours_kept",
        "staff_vetted",
        "provider_in_order",
        "provider_kinds",
        "not_by_third_parties",
        "own_staff_share",
        "third_party_share",
        "online_with_teacher",
        "nobody_refused",
        "guaranteed_place",
    }
)
"""Rules that a stand-in can break; what else holds of the plan holds on those days."""


def _stretch(stretch: Stretch) -> Mapping[str, object]:
    return {
        "first": stretch.first.isoformat(),
        "last": stretch.last.isoformat(),
        "away": sorted(stretch.away),
        "substituted": sum(one.kind is ChangeKind.SUBSTITUTE for one in stretch.changes),
        "cancelled": stretch.cancelled,
        "disturbance": stretch.mended.disturbance,
        "bound": stretch.mended.bound,
        "proven": stretch.mended.proven,
    }


__all__ = ["KINDS", "Ended", "Repaired", "diff_json", "in_words", "repair_plan"]
