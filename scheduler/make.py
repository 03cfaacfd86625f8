"""How does a scenario become a judged plan? Solve, then audit; of a plan that is not lawful, say why there is none."""

import math
import resource
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from scheduler.audit import audit
from scheduler.audit.courtesies import Share, courtesy_figures
from scheduler.audit.fairness import fairness
from scheduler.audit.figures import pupil_figures, wish_figures
from scheduler.audit.report import Finding, Report
from scheduler.audit.world import World
from scheduler.domain import Scenario
from scheduler.explaining.telling import Sentence, conflict_sentences
from scheduler.intake import digest
from scheduler.policy import Clause, clauses_in_force, load_policy
from scheduler.solver.explain import explain_conflict
from scheduler.solver.outcome import Options, Progress, Solution, StageResult, Status, Stop, Tell
from scheduler.solver.plan import solve
from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A plan, its audit and its figures."""

    status: Status
    timetable: Timetable
    report: Report
    stages: tuple[StageResult, ...]
    summary: Mapping[str, object]
    """The content of `summary.json`."""
    explanation_zh: tuple[str, ...] = ()
    """Why the plan is only the nearest one, and which waivers would make it lawful; sentences."""
    explanation_en: tuple[str, ...] = ()


def make_plan(scenario: Scenario, options: Options, tell: Tell, stop: Stop, policy_folder: Path | None = None) -> Outcome:
    """Solves the scenario under its county's policy and audits what came out.

    `tell` hears the progress, `stop` is asked often; `policy_folder` holds the packs where they are not our own. Raises
    `InputFaults` for a county without a pack; never for want of time or of a lawful plan.
    """
    started, used = time.monotonic(), _cpu_seconds()
    clauses = clauses_in_force(load_policy(scenario.school.county, policy_folder), scenario)

    def timed(progress: Progress) -> None:
        tell(replace(progress, seconds=time.monotonic() - started))

    solution = solve(scenario, clauses, options, timed, stop, digest=digest(scenario), program=f"oneplusx {version('oneplusx')}")
    report = audit(scenario, solution.timetable, clauses)
    status = _status(solution, report)
    conflict = () if report.lawful else _conflict(scenario, clauses, options, stop)
    proven = solution.proven_shortfall or bool(conflict)
    hurried = (HURRIED,) if report.lawful and not solution.followed else ()
    zh, en = _explained(report, proven) if not report.lawful else ((), ())
    summary: dict[str, object] = {
        "status": status.value,
        "seed": options.seed,
        "mode": options.mode.value,
        "mode_followed": solution.followed,
        "wall_seconds": round(time.monotonic() - started, 3),
        "cpu_seconds": round(_cpu_seconds() - used, 3),
        "peak_memory_mb": round(_peak_kilobytes() / 1024, 1),
        "stages": [_stage(stage) for stage in solution.stages],
        "sharing": [{"name": step.name, "value": step.value, "bound": step.bound} for step in solution.steps],
        **_figures(scenario, solution, clauses),
        "deviations": dict(report.deviations()),
        "audit": {
            "breaches": len(report.breaches),
            "waivers_needed": len({finding.clause.id for finding in report.waivers_needed}),
            "waivers_used": len({finding.clause.id for finding in report.waivers_used}),
        },
    }
    return Outcome(
        status=status,
        timetable=solution.timetable,
        report=report,
        stages=solution.stages,
        summary=summary,
        explanation_zh=(*zh, *(sentence.zh for sentence in (*conflict, *hurried))),
        explanation_en=(*en, *(sentence.en for sentence in (*conflict, *hurried))),
    )


HURRIED = Sentence(
    zh="志愿没有完全按选定的方式分完，计算就结束了，其余的由综合评分决定。把时间限制放宽（例如加倍），再算一次。",
    en="The search ended before all wishes were shared out in the way chosen; one price for all aims decided the rest. "
    "Solve again with a longer time limit, twice as long, say.",
)
"""Said of a lawful plan: families were promised one way to share out the seats."""
PUPILS_PER_SECOND = 25
"""Pupils for each second of the time limit up to which a nearest plan's conflict is looked for, within a tenth of that time."""


def _conflict(scenario: Scenario, clauses: Sequence[Clause], options: Options, stop: Stop) -> tuple[Sentence, ...]:
    """Why no plan can be lawful, where that is seen quickly; nothing else is claimed."""
    if stop() or len(scenario.pupils) > PUPILS_PER_SECOND * options.time_limit:
        return ()
    found = explain_conflict(scenario, clauses, replace(options, time_limit=max(1.0, options.time_limit / 10)), stop)
    return () if found.conflict is None else tuple(conflict_sentences(scenario, found.conflict))


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_kilobytes() -> int:
    """Most memory this process has held. `ru_maxrss` starts at the parent's peak, so the kernel's own count comes first."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status(solution: Solution, report: Report) -> Status:
    if not report.lawful:
        return Status.NEAREST if solution.complete else Status.OUT_OF_TIME
    if not solution.complete:
        return Status.OUT_OF_TIME
    return Status.OPTIMAL if all(stage.gap == 0 for stage in solution.stages) else Status.FEASIBLE


def _stage(stage: StageResult) -> Mapping[str, object]:
    return {
        "name": stage.name,
        "objective": stage.objective,
        "bound": stage.bound if math.isfinite(stage.bound) else None,
        "gap": stage.gap if math.isfinite(stage.gap) else None,
        "timetable_bound": stage.timetable_bound if math.isfinite(stage.timetable_bound) else None,
        "seconds": stage.seconds,
    }


def _figures(scenario: Scenario, solution: Solution, clauses: Sequence[Clause]) -> Mapping[str, object]:
    world = World(scenario, solution.timetable)
    pupils, wishes, courtesies = pupil_figures(world), wish_figures(world), courtesy_figures(world)
    shared = fairness(world, clauses)
    return {
        "pupils": {
            "applied": pupils.applied,
            "placed": pupils.placed,
            "unplaced": pupils.unplaced,
            "base_care_slots": pupils.base_care_slots,
            "pupil_slots": pupils.pupil_slots,
        },
        "wishes": {
            "wanted": wishes.wanted,
            "granted": wishes.granted,
            "most_granted": solution.most.granted,
            "first_choices": round((wishes.first_choice_share or 0.0) * wishes.pupils),
            "most_first_choices": solution.most.first_choices,
            "first_choice_share": wishes.first_choice_share,
            "mean_rank": wishes.mean_rank,
            "worst_rank": wishes.worst_rank,
            "none_granted": wishes.none_granted,
        },
        "courtesies": {
            "balanced": _of(courtesies.balanced),
            "siblings": _of(courtesies.siblings),
            "rides": _of(courtesies.rides),
            "one_room": _of(courtesies.one_room),
        },
        "fairness": {
            "rank_profile": list(shared.rank_profile),
            "worst_off": None if shared.worst_off is None else asdict(shared.worst_off),
            "pairs": shared.envy.pairs,
            "envy_pairs": shared.envy.envious,
            "ef1_breaks": shared.envy.beyond_one_seat,
            "groups": {name: asdict(of_group) for name, of_group in shared.groups.items()},
        },
    }


def _of(share: Share) -> Mapping[str, int]:
    return {"kept": share.kept, "of": share.of}


MOST_EXAMPLES = 3
"""Findings told in full for each clause; the rest are counted."""


def _explained(report: Report, proven: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clause by clause: how far past it, for whom, and whether a waiver can cover it."""
    against = [*report.breaches, *report.waivers_needed]
    amounts: Counter[str] = Counter()
    by_clause: dict[str, list[Finding]] = {}
    for finding in against:
        amounts[finding.clause.id] += finding.amount
        by_clause.setdefault(finding.clause.id, []).append(finding)
    proven_zh = "已证明不存在完全合规的方案" if proven else "在本次求解限度内未找到完全合规的方案"
    proven_en = "It is proven that no fully lawful plan exists." if proven else "No fully lawful plan was found."
    zh, en = [f"{proven_zh}，以下是最接近的草稿与条款的差距："], [f"{proven_en} The nearest draft deviates as follows:"]
    waivers = {finding.clause.id for finding in report.waivers_needed}
    for clause, findings in by_clause.items():
        at, quote = findings[0].clause.at, findings[0].clause.quote
        need_zh = "登记豁免后可发布" if clause in waivers else "不可豁免，须先解决"
        need_en = "can be published once a waiver is recorded" if clause in waivers else "no waiver is possible"
        zh.append(f"{clause}（{at}“{quote}”）：共 {len(findings)} 处、偏差合计 {amounts[clause]}，{need_zh}。")
        en.append(f"{clause} ({at} “{quote}”): {len(findings)} findings, {amounts[clause]} in all; {need_en}.")
        zh.extend(f"　{finding.zh}" for finding in findings[:MOST_EXAMPLES])
        en.extend(f"  {finding.en}" for finding in findings[:MOST_EXAMPLES])
    return tuple(zh), tuple(en)
