"""Where is a good plan? Timetable from the aggregated model, places under it, then neighbourhoods, then the stages in order."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from scheduler.solver.aimed import aimed
from scheduler.solver.aims import aims
from scheduler.solver.bounds import Bounds
from scheduler.solver.build import SearchModel, Stage
from scheduler.solver.limits import Clock, near
from scheduler.solver.model import Ints, Mask, Problem
from scheduler.solver.neighbourhoods import Parts, neighbourhoods, passed_over
from scheduler.solver.outcome import Most, Options, Progress, Reached, StageResult, Stop, Tell
from scheduler.solver.places import Places
from scheduler.solver.placing import NO_BREACH, ROUGH, Placing, pupil_problem
from scheduler.solver.readers import Answer, Limits, solve_mixed, solve_whole
from scheduler.solver.summed import Summed

BEFORE_WISHES = frozenset(stage.name.lower() for stage in (Stage.BASE_CARE, Stage.PRIORITY))
LAW_FIRST = 0.96
"""Share of the time the search may take, at the cost of the last stages, while a binding clause still deviates."""

NEIGHBOURHOODS_UNTIL = 0.62
"""Share of the time after which parts of a lawful timetable are looked at no more: the rest is for the stages."""

LAST_STAGE = 0.92
"""Share of the time after which no stage begins: the rest is for one price of all aims, in what the stages left open."""

WISHES = 0.0002
"""Seconds for each entry of the sums' rows that a plan with wishes takes a huge school, from the dive to the last stage."""

SMALL = 4_000
"""Columns up to which the whole model is given to CP-SAT, timetable and places together."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The search's end: a value for each column, and what the stages proved."""

    values: Ints
    stages: tuple[StageResult, ...]
    complete: bool
    followed: bool
    """Whether the wishes were shared out as the mode has it, every stage of it answered."""
    bound: float
    """Valid for the weighted stand-in over all plans."""
    most: Most
    steps: tuple[Reached, ...]


def search(
    model: SearchModel, options: Options, tell: Tell, stop: Stop, improved: Callable[[Ints], None], start: Ints | None = None
) -> Found:
    """Runs the whole search; `improved` hears each better assignment. `start`: a plan to go on from, where it keeps every row.

    Always returns an assignment that keeps every hard row: in the worst case the empty plan, all unplaced.
    """
    clock = Clock(options, stop)
    run = _Run(model, clock, tell, improved)
    if start is None or not run.resume(start):
        run.begin()
    # A small school is solved whole: what it needs time for is the proof of each stage.
    run.neighbourhoods(until=0.4 if run.small else NEIGHBOURHOODS_UNTIL)
    stages = run.stages()
    most, steps = run.bounds.most, tuple(run.steps)
    return Found(
        values=run.best, stages=stages, complete=run.complete, followed=run.followed, bound=run.bound, most=most, steps=steps
    )


class _Run:
    """One search: the best assignment so far and the steps that better it."""

    def __init__(self, model: SearchModel, clock: Clock, tell: Tell, improved: Callable[[Ints], None]) -> None:
        self.model, self.clock, self.tell, self.improved = model, clock, tell, improved
        self.problem = model.problem
        self.best = empty_plan(model)
        self.cost = self._cost(self.best)
        self.safe = self.best
        """The best plan among those that come nearest to the law: what is left where time ends before another is mended."""
        self.complete = True
        self.followed, self.torn = True, False
        """Whether every stage of the wishes was answered; whether one was not after another had moved somebody."""
        self.steps: list[Reached] = []
        self.small = len(self.best) <= SMALL
        self.parts = Parts(model)
        self.kinds = neighbourhoods(self.parts)
        self.summed = Summed(model, self.parts, clock, self.best)
        self.placing = Placing(model, self.parts, clock, self.summed.huge)
        self.bounds = Bounds(model, clock)
        self.generator = np.random.Generator(np.random.PCG64(clock.options.seed))

    @property
    def bound(self) -> float:
        """Of the weighted price, for any plan; −∞ until it is known."""
        return self.summed.bound

    def _cost(self, values: Ints) -> float:
        return float(self.model.weighted @ values)

    def _say(self, stage: str, objective: float | None, bound: float | None, zh: str, en: str) -> None:
        gap = None
        if objective is not None and bound is not None and math.isfinite(bound):
            gap = max(0.0, objective - bound) / max(1.0, abs(objective))
        else:
            bound = None
        share = min(1.0, self.clock.seconds / self.clock.options.time_limit)
        self.tell(
            Progress(
                stage=stage,
                objective=objective,
                bound=bound,
                gap=gap,
                seconds=self.clock.seconds,
                note_zh=zh,
                note_en=en,
                share=share,
            )
        )

    def _accept(self, values: Ints, stage: str) -> bool:
        cost = self._cost(values)
        if cost >= self.cost:
            return False
        self.best, self.cost = values, cost
        if self._law(values) <= self._law(self.safe):
            self.safe = values
            self.improved(values)
        self._say(stage, cost, self.bound, "方案有改进", "a better plan")
        return True

    def begin(self) -> None:
        """The constructive plan (arranged places and care for everybody, within seconds), and beside it the real timetable."""
        zh, en = "先给每名学生安排作业辅导、班级活动等保底方案", "first a plan of arranged places for everybody"
        self._say("construct", None, None, zh, en)
        constructed = Event()
        with ThreadPoolExecutor(2) as pool:
            ahead = pool.submit(self._timetable_ahead, constructed, self.best) if self.summed.huge else None
            try:
                self._accept_all(self.placing.placed(self.summed.arranged_only(), None, gap=0.02), "construct")
                self._mend(self.parts.arranged_columns)
            finally:
                constructed.set()
            zh, en = "按行政班汇总，安排时段、场地和教师", "slots, rooms and leaders, pupils summed by home class"
            self._say("timetable", None, None, zh, en)
            bound = pool.submit(self.summed.find_bound)
            found = self._timetable(self.best) if ahead is None else ahead.result()
            mine = self.model.timetable_columns
            if not np.array_equal(found[mine], self.best[mine]):
                self._go_on_from(self.placing.placed(found, self.clock.limits(0.2), gap=0.002))
            bound.result()
            self.complete = not self.summed.cut_off
        self._mend()
        if self.cost > self._cost(self.safe):
            self.best, self.cost = self.safe, self._cost(self.safe)
        if self.small and not self.clock.over(0.4):
            everything = np.ones(len(self.best), dtype=bool)
            values = self._answer(self.problem.restricted(everything, self.best), self.clock.limits(0.3, 0.6))
            self._accept_all(values, "whole")

    def _go_on_from(self, values: Ints | None) -> None:
        """Takes a plan with wishes even where a few unlawful days make it dearer than the one without: those can be mended."""
        if values is not None:
            self.cost = max(self.cost, self._cost(values) + 1)
            self._accept(values, "places")

    def _timetable_ahead(self, constructed: Event, known: Ints) -> Ints:
        """The timetable found beside the constructive plan, as late as the time left allows: what is lawful comes first."""
        needed = WISHES * self.summed.problem.size
        constructed.wait(max(0.0, self.clock.options.time_limit - needed - self.clock.seconds))
        return self._timetable(known)

    def _timetable(self, known: Ints) -> Ints:
        """The timetable found on the sums; where there is no time for a day, it stays as it is known."""
        # Chance of its own: others may draw at the same time.
        generator = np.random.Generator(np.random.PCG64([self.clock.options.seed, 1]))
        kinds = [kind for kind in self.kinds if kind.summed]
        # A huge school's second core is needed for what comes next.
        return self.summed.timetable(self.summed.dived(), kinds, known, generator, until=0.0 if self.summed.huge else 0.4)

    def resume(self, start: Ints) -> bool:
        """Goes on from a plan, pupils placed anew under its timetable; false where the plan breaks a row."""
        values = settled(self.problem, start, self.model.deviations)
        if not self.problem.obeyed_by(values):
            return False
        self._accept(values, "resume")
        self._accept_all(self.placing.placed(self.best, self.clock.limits(0.2), gap=0.002), "places")
        return True

    def _mend(self, among: Mask | None = None) -> None:
        """The few pupils for whom a clause is broken that the sums could not see. `among`: columns that may change at all."""
        idle, patience = 0, 6 if self.summed.huge else 3
        with ThreadPoolExecutor(2) as pool:
            while idle < patience and any(self._law(self.best)) and not self.clock.over():
                # Where a few pupils and their grades cannot be helped, others may have to give something up; such a day of a huge
                # school takes half a minute, and another look at a few helps it more often.
                if idle and not self.summed.huge:
                    free = self.parts.whole_days(self.best, self.safe, self.generator, 2)
                else:
                    free = self.parts.mends(self.best, self.generator, 2)
                freed = [self.problem.restricted(one if among is None else one & among, self.best) for one in free]
                limits = [self._mending(part.size, among is None) for part, _ in freed]
                answers = list(pool.map(self._mended, freed, limits))
                better = [
                    values is not None and self._taken(kept, values, "mend")
                    for (_, kept), values in zip(freed, answers, strict=True)
                ]
                idle = 0 if any(better) else idle + 1

    def _mending(self, size: int, timely: bool) -> Limits:
        """`timely`: there is a lawful plan already, so no longer than the time left."""
        limits = self.clock.patience(size)
        return replace(limits, seconds=min(limits.seconds, self.clock.limits(0.1).seconds)) if timely else limits

    def _mended(self, freed: tuple[Problem, Ints], limits: Limits) -> Ints | None:
        return self._answer(freed, limits, slack=NO_BREACH)

    def _accept_all(self, values: Ints | None, stage: str) -> None:
        if values is not None:
            self._accept(values, stage)

    def neighbourhoods(self, until: float) -> None:
        """Frees a part of the timetable with the pupils it touches, again and again; keeps what is better.

        Two parts at a time, one worker each: on these small problems quicker than two workers on one.
        """
        credit = np.ones(len(self.kinds))
        idle, rounds = 0, 0
        most = max(8, int(self.clock.options.time_limit / 2))
        with ThreadPoolExecutor(2) as pool:
            while (
                not self.clock.over(until if self.binding_kept() else LAW_FIRST) and idle < 2 * len(self.kinds) and rounds < most
            ):
                if near(self.cost, self.bound):
                    break
                rounds += 1
                credit[0] = 0.05 if self.binding_kept() else 3.0 * credit.max()
                credit[1] = 2.0 * credit.max() if self.parts.pain(self.best).any() else 0.05
                chosen = self.generator.choice(len(credit), size=2, replace=False, p=credit / credit.sum())
                limits = replace(self.clock.limits(0.08, LAW_FIRST), workers=1)
                freed = [self.parts.fewer(self.kinds[index].free(self.best, self.generator), self.generator) for index in chosen]
                parts = [self.problem.restricted(free, self.best) for free in freed]
                answers = list(pool.map(self._answer, parts, [limits, limits]))
                for index, (_, kept), answer in zip(chosen, parts, answers, strict=True):
                    better = answer is not None and self._taken(kept, answer, self.kinds[index].name)
                    credit[index] = 0.8 * credit[index] + (1.2 if better else 0.1)
                    idle = 0 if better else idle + 1
        # One price steers the search; a plan that wishes made cheap but nobody had time to mend is not taken for a lawful one.
        if self._law(self.safe)[:3] < self._law(self.best)[:3]:
            self.best = self._with_safe_days()
            self.cost = self._cost(self.best)
        # A first timetable that nobody had time to better is lawful at most, and nobody should take it for a good one.
        if rounds == 0 and not self.small and self.clock.over(until):
            self.complete = False

    def _with_safe_days(self) -> Ints:
        """The best plan with the days that are unlawful for somebody taken from the safe one; that one where this is no plan."""
        unknowns, values, weekday = self.model.unknowns, self.best, self.parts.weekday
        counted = self.parts.always.copy()
        counted[unknowns.unplaced] = True
        slots = np.zeros(len(weekday), dtype=bool)
        for _ in np.unique(weekday):
            broken = self.parts.broken(values) & ~self.parts.broken(self.safe)
            slots |= np.any(broken, axis=0)[weekday]
            values = np.where(self.parts.weekdays(slots, always=False), self.safe, self.best)
            # Who leads on those days is looked for anew: a week has only so many hours of each.
            touched = np.any(self.parts.meets & slots[None, :], axis=1)
            counted[unknowns.leads[touched[unknowns.lead_offer]]] = True
            part, kept = self.problem.restricted(counted, values)
            answer = solve_mixed(part, self.model.weighted[kept], self.clock.patience(part.size), stop=self.clock.stop)
            if answer.values is None:
                return self.safe
            values[kept] = answer.values
            if self._law(values)[:3] <= self._law(self.safe)[:3] and self.problem.obeyed_by(values):
                return values
        return self.safe

    def binding_kept(self) -> bool:
        """Whether everybody has a place and no pinned clause deviates."""
        return not any(self._law(self.best)[:3])

    def _law(self, values: Ints) -> tuple[int, ...]:
        """What the stages that bind cost, in their order, and how many pupils who come first see others on a seat they want."""
        stages = [int(self.model.stages[stage] @ values) for stage in (Stage.UNPLACED, Stage.MUST, Stage.IN_PRINCIPLE)]
        return *stages, int(passed_over(self.model, values)[0].sum())

    def _answer(self, freed: tuple[Problem, Ints], limits: Limits, slack: float = 0.0) -> Ints | None:
        part, kept = freed
        if len(kept) == 0:
            return None
        hint = self.best[kept]
        objective = self.model.weighted[kept]
        return solve_whole(part, objective, limits, hint=hint, stop=self.clock.stop, gap=0.0002, slack=slack).values

    def _taken(self, kept: Ints, values: Ints, stage: str) -> bool:
        """Takes over the values of some columns, where with what changed meanwhile they still make a plan."""
        candidate = self.best.copy()
        candidate[kept] = values
        return self.problem.obeyed_by(candidate) and self._accept(candidate, stage)

    def stages(self) -> tuple[StageResult, ...]:
        """The objective order over the places, the timetable kept; over everything in a small school.

        Nothing won in one stage is given back in the next. How good any plan could be is found out beside it.
        """
        part, kept = (self.problem, np.arange(len(self.best))) if self.small else pupil_problem(self.model, self.best)
        places = Places(self.model, part, kept, self.best, self.clock.options.mode, self.clock.options.seed)
        vectors = dict(aims(self.model))
        with ThreadPoolExecutor(1) as beside:
            results, untold = self._staged(places, vectors, beside)
            self.best = full = self._lawful_of(self._left_open(places))
            self.improved(full)
            self._tell_stages(results, untold, until_all=True)
            for name, vector in vectors.items():
                if name not in results:
                    reached = float(vector @ full)
                    results[name] = beside.submit(self._result, name, reached, -math.inf, self.clock.seconds, -math.inf)
            return tuple(_again(results[name].result(), float(vector @ full)) for name, vector in vectors.items())

    def _staged(
        self, places: Places, vectors: Mapping[str, Ints], beside: ThreadPoolExecutor
    ) -> tuple[dict[str, Future[StageResult]], list[str]]:
        """Every stage that time allows: the results by name, bounds still being sought `beside`, and names not yet told."""
        part, kept, full, stages = places.problem, places.kept, self.best.copy(), self.problem
        results, untold = dict[str, Future[StageResult]](), list[str]()
        moved, proven = False, True
        for number, step in enumerate(places.steps()):
            started, objective, vector = self.clock.seconds, step.objective, vectors.get(step.name)
            # The lot decides among the best: of a large school nobody knows them all.
            if (vector is None and not objective.any()) or (step.drawn and not proven and not self.small):
                continue
            before = float(objective @ places.values)
            fixed = 0.0 if vector is None else float(vector @ full) - before
            bound = -math.inf if objective.any() else before
            if objective.any() and self.clock.over(LAST_STAGE):
                self.complete = False
            elif objective.any():
                # Who comes first is law: until that is settled, a stage may take what time there is.
                left = 1 if step.free and step.name in BEFORE_WISHES else max(1, places.count - number)
                answer = self._stage(places, objective, self._share_of(left))
                # As good in this stage is no reason to change: the values known are good for the stages to come, too.
                if answer.values is not None and answer.objective < before:
                    places.values, moved = answer.values, True
                bound, proven = answer.bound, answer.proven
            if not places.through and not math.isfinite(bound):
                self.complete, self.followed, self.torn = False, False, self.torn or moved
            reached = float(objective @ places.values)
            full[kept] = places.values
            places.reached(step)
            self.steps.append(Reached(name=step.name, value=round(reached), bound=_whole(min(bound, reached), objective, part)))
            if vector is not None:
                limits = self._share_of(max(1, places.count - number))
                known = bound if step.free or not self.small else self._known(stages, vector, full, limits)
                known_here = min(bound, reached)
                results[step.name] = beside.submit(self._result, step.name, fixed + reached, fixed + known_here, started, known)
                untold.append(step.name)
                columns = np.flatnonzero(vector)
                stages = stages.with_row(columns, vector[columns], upper=round(fixed + reached))
            self._tell_stages(results, untold, until_all=False)
        return results, untold

    def _tell_stages(self, results: Mapping[str, Future[StageResult]], untold: list[str], *, until_all: bool) -> None:
        """In their order, those whose bound is known by now, or all."""
        while untold and (until_all or results[untold[0]].done()):
            told = results[name := untold.pop(0)].result()
            self._say(name, told.objective, told.bound, "一个目标算完了", "one aim is settled")

    def _left_open(self, places: Places) -> Ints:
        """The places given; what stages without time left open by one price for all. The plan before where that was better."""
        full = self.best.copy()
        full[places.kept] = places.values
        if self.complete or np.array_equal(full, self.best):
            return full
        last = self._stage(places, self.model.weighted[places.kept], self.clock.limits(1.0 - LAST_STAGE))
        if last.values is not None and places.problem.obeyed_by(last.values):
            full[places.kept] = last.values
        # A stage looks at nothing but its own aim: where there was no time for the others, the plan it began with is better.
        before = self.torn and self._cost(self.best) < self._cost(full)
        return self.best.copy() if before and self._law(self.best) <= self._law(full) else full

    def _lawful_of(self, full: Ints) -> Ints:
        """The plan, or where one before it kept more of the law: itself without the seats that pass others over, or that one."""
        if self._law(full) <= self._law(self.safe):
            return full
        unknowns, (part, kept) = self.model.unknowns, pupil_problem(self.model, full)
        short, others = passed_over(self.model, full)
        wanted = np.isin(unknowns.sit_offer, unknowns.sit_offer[short[unknowns.sit_pupil] & unknowns.sit_grants])
        gone = np.zeros(len(full), dtype=bool)
        gone[unknowns.sits[wanted & others]] = True
        part = part.with_bounds(part.lower, np.where(gone[kept], 0, part.upper))
        without = self.placing.mostly_whole(part, kept, self.clock.limits(0.05, 1.03), gap=ROUGH)
        if without.values is not None:
            full = full.copy()
            full[kept] = without.values
        return full if self._law(full) <= self._law(self.safe) else self.safe

    def _share_of(self, left: int) -> Limits:
        if self.clock.options.deterministic:
            return self.clock.limits(0.3 / left)
        rest = max(0.0, LAST_STAGE - self.clock.seconds / self.clock.options.time_limit)
        return self.clock.limits(rest * min(1.0, 3 / left), LAST_STAGE)

    def _stage(self, places: Places, objective: Ints, limits: Limits) -> Answer:
        """One aim, whole by CP-SAT in a small school."""
        part, values = places.problem, places.values
        before = float(objective @ values)
        if before <= _trivial(part, objective):
            return Answer(values=values, objective=before, bound=before, proven=True)
        if self.small:
            return solve_whole(part, objective, limits, hint=values, stop=self.clock.stop)
        return aimed(part, self.parts.owner[places.kept], objective, values, limits, self.clock.stop)

    def _known(self, stages: Problem, vector: Ints, values: Ints, limits: Limits) -> float:
        """A bound over all plans that do as well in the stages before, however the wishes were shared out there."""
        if self.clock.over(0.9):
            return -math.inf
        if float(vector @ values) <= (least := _trivial(stages, vector)):
            return least
        return solve_whole(stages, vector, limits, hint=values, stop=self.clock.stop).bound

    def _result(self, name: str, objective: float, timetable_bound: float, started: float, known: float) -> StageResult:
        """`known`: in a small school, a bound over all plans that the search itself has proven."""
        bound = min(objective, self.bounds.of(name, objective, known if self.small else -math.inf))
        return StageResult(
            name=name,
            objective=objective,
            bound=bound,
            gap=max(0.0, objective - bound) / max(1.0, abs(objective)),
            seconds=round(self.clock.seconds - started, 3),
            timetable_bound=timetable_bound,
        )


def _again(result: StageResult, objective: float) -> StageResult:
    """The same stage, as the last placing left it."""
    bound, under = min(result.bound, objective), min(result.timetable_bound, objective)
    gap = max(0.0, objective - bound) / max(1.0, abs(objective))
    return replace(result, objective=objective, bound=bound, timetable_bound=under, gap=gap)


def _trivial(part: Problem, objective: Ints) -> float:
    """Each column at its cheaper end."""
    return float(np.where(objective > 0, objective * part.lower, objective * part.upper).sum())


def _whole(bound: float, objective: Ints, part: Problem) -> int:
    """The least whole number that the bound allows; each column at its cheaper end where there is none."""
    if not math.isfinite(bound):
        return int(np.minimum(objective * part.lower, objective * part.upper).sum())
    return math.ceil(bound - 1e-6)


def empty_plan(model: SearchModel) -> Ints:
    """Nobody placed, nothing meets: keeps every hard row, at the highest price."""
    values = np.zeros(model.unknowns.model.column_count, dtype=np.int64)
    values[model.unknowns.unplaced] = 1
    return settled(model.problem, values, model.deviations)


def settled(problem: Problem, values: Ints, deviations: Mask) -> Ints:
    """Raises deviation columns until their rows hold."""
    activity = problem.matrix @ values
    short = np.maximum(problem.row_lower - activity, 0)
    over = np.maximum(activity - problem.row_upper, 0)
    raised = values.copy()
    matrix = problem.matrix
    for row in np.flatnonzero((short > 0) | (over > 0)).tolist():
        begin, end = matrix.indptr[row], matrix.indptr[row + 1]
        columns, data = matrix.indices[begin:end], matrix.data[begin:end]
        for column, coefficient in zip(columns.tolist(), data.tolist(), strict=True):
            if deviations[column]:
                need = max(int(short[row]), int(over[row]))
                raised[column] = max(int(raised[column]), -(-need // abs(int(coefficient))))
    return raised
