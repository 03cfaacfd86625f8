"""Is there a lawful plan, and if not, why and what would help? Counting, then the conflict, then the repairs, all told."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from scheduler.audit import audit
from scheduler.domain import Scenario
from scheduler.explaining.counting import Count, counts, pinned_of
from scheduler.explaining.repairs import Repair, result, tried
from scheduler.explaining.telling import Sentence, ThingRecord, conflict_sentences, thing_record
from scheduler.make import make_plan
from scheduler.policy import clauses_in_force, load_policy
from scheduler.solver.explain import Conflict, Verdict, explain_conflict, verdict_of
from scheduler.solver.outcome import Options, Stop, Tell

TIGHTEST = 3
MOST_SHORT = 3
"""Shortages of one kind told in full."""


class CountRecord(TypedDict):
    check: str
    need: int
    have: int
    short: bool
    clause: str | None
    zh: str
    en: str


class RepairRecord(TypedDict):
    verdict: str
    zh: str
    en: str


class ExplanationRecord(TypedDict):
    """What `--json` writes."""

    verdict: str
    counts: list[CountRecord]
    conflict: list[ThingRecord]
    minimal: bool
    proofs: list[str]
    repairs: list[RepairRecord]
    zh: list[str]
    en: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that is told of one school."""

    scenario: Scenario
    verdict: Verdict
    counts: tuple[Count, ...]
    conflict: Conflict | None = None
    repairs: tuple[Repair, ...] = ()
    nearest: tuple[Sentence, ...] = ()
    """How the nearest plan deviates, where neither a conflict nor a lawful plan was found."""

    def sentences(self) -> Iterator[Sentence]:
        """Line by line, the most useful first."""
        if self.verdict is Verdict.POSSIBLE:
            yield Sentence("有合规的方案，没有冲突。", "There is a lawful plan: nothing is in conflict.")
            yield from self._tightest()
            return
        short = [count for count in self.counts if count.short]
        if short:
            yield Sentence("一数便知的短缺：", "What counting alone shows to be short:")
            yield from _some_of_each(short)
        if self.conflict is not None:
            yield from conflict_sentences(self.scenario, self.conflict)
        if self.verdict is Verdict.OPEN:
            zh = "限时内既没有证明冲突，也没有找到合规的方案。"
            yield Sentence(zh, "Neither a conflict was proven nor a lawful plan found in the time given.")
            yield from self.nearest
            yield from self._tightest()
        if self.repairs:
            yield Sentence("可以怎么办（每条都已重新求解）：", "What could be done (each was solved again):")
            yield from (Sentence(f"  {said.zh}", f"  {said.en}") for said in map(result, self.repairs))

    def _tightest(self) -> Iterator[Sentence]:
        near = sorted((count for count in self.counts if not count.short), key=lambda count: -count.tightness)[:TIGHTEST]
        if near:
            yield Sentence("最紧的地方：", "What is tightest:")
            yield from (Sentence(f"  {count.zh}。", f"  {count.en}.") for count in near)

    def record(self) -> ExplanationRecord:
        """For programs, with all sentences in both languages."""
        sentences = list(self.sentences())
        things = self.conflict.things if self.conflict is not None else ()
        said = [(repair.verdict.value, result(repair)) for repair in self.repairs]
        return ExplanationRecord(
            verdict=self.verdict.value,
            counts=[
                CountRecord(
                    check=count.check,
                    need=count.need,
                    have=count.have,
                    short=count.short,
                    clause=count.clause.id if count.clause is not None else None,
                    zh=count.zh,
                    en=count.en,
                )
                for count in self.counts
            ],
            conflict=[thing_record(self.scenario, thing) for thing in things],
            minimal=self.conflict is not None and self.conflict.minimal,
            proofs=sorted(proof.value for proof in self.conflict.proofs) if self.conflict is not None else [],
            repairs=[RepairRecord(verdict=verdict, zh=one.zh, en=one.en) for verdict, one in said],
            zh=[sentence.zh for sentence in sentences],
            en=[sentence.en for sentence in sentences],
        )


def _some_of_each(short: Sequence[Count]) -> Iterator[Sentence]:
    """The worst of each check; of the others, how many."""
    by_check: dict[str, list[Count]] = {}
    for count in short:
        by_check.setdefault(count.check, []).append(count)
    for same in by_check.values():
        yield from (Sentence(f"  {count.zh}。", f"  {count.en}.") for count in same[:MOST_SHORT])
        more = len(same) - MOST_SHORT
        if more > 0:
            yield Sentence(f"  同类短缺另有 {more} 处。", f"  And {more} more of this kind.")


def explain(scenario: Scenario, options: Options, tell: Tell, stop: Stop, policy_folder: Path | None = None) -> Explanation:
    """Why the scenario has no lawful plan, or that it has one; within the options' time.

    Raises `InputFaults` for a county without a pack; never for want of time.
    """
    started = time.monotonic()
    clauses = clauses_in_force(load_policy(scenario.school.county, policy_folder), scenario)
    counted = counts(scenario, pinned_of(clauses, scenario))
    found = explain_conflict(scenario, clauses, replace(options, time_limit=options.time_limit * 0.6), stop)

    def left() -> float:
        return options.time_limit - (time.monotonic() - started)

    def again(changed: Scenario) -> Verdict:
        in_force = clauses_in_force(load_policy(changed.school.county, policy_folder), changed)
        return verdict_of(changed, in_force, replace(options, time_limit=max(1.0, left() / 3)), stop)

    if found.conflict is not None:
        repairs = tried(scenario, found.conflict, again, lambda: stop() or (not options.deterministic and left() < 0))
        return Explanation(
            scenario=scenario, verdict=Verdict.IMPOSSIBLE, counts=counted, conflict=found.conflict, repairs=repairs
        )
    if found.timetable is not None and audit(scenario, found.timetable, clauses).lawful:
        return Explanation(scenario=scenario, verdict=Verdict.POSSIBLE, counts=counted)
    outcome = make_plan(scenario, replace(options, time_limit=max(1.0, left())), tell, stop, policy_folder)
    if outcome.report.lawful:
        return Explanation(scenario=scenario, verdict=Verdict.POSSIBLE, counts=counted)
    nearest = tuple(Sentence(zh, en) for zh, en in zip(outcome.explanation_zh, outcome.explanation_en, strict=True))
    return Explanation(scenario=scenario, verdict=Verdict.OPEN, counts=counted, nearest=nearest)
