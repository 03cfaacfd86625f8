"""Who reads the rows? CP-SAT for whole numbers, HiGHS for relaxations and where the LP is nearly whole."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import highspy
import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model_helper as sat

from scheduler.solver.memory import give_back
from scheduler.solver.model import INFINITE, Ints, Problem

Floats = npt.NDArray[np.float64]

WORTH_ROOM = 20_000
"""Entries of a problem for which memory that is free is given back first."""
WORTH_ENGINES = 100_000
"""Entries of a problem for which engines that have answered are looked for, too."""
FOR_EVER = 1e7
"""Seconds: a limit that HiGHS looks at, unlike an infinite one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long one search may take: seconds (infinite in deterministic runs), a count, or whichever ends first."""

    seconds: float
    counted: float | None = None
    """Deterministic time of CP-SAT; for the MIP a node count of 100 a unit."""
    seed: int = 0
    workers: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reader found. `values` is `None` when it found nothing; `bound` ≤ the best objective."""

    values: Ints | None
    objective: float
    bound: float
    proven: bool
    infeasible: bool = False


class Presolve(Enum):
    """How far CP-SAT may rewrite a problem before it searches. Wrong cores and optima were reported of its presolve."""

    USUAL = "usual"
    CAREFUL = "careful"
    """Keeps every solution."""
    OFF = "off"


Found = Callable[[float, float], None]
"""Told of each better solution: objective and bound."""


def solve_whole(
    problem: Problem,
    objective: Ints,
    limits: Limits,
    hint: Ints | None = None,
    stop: Callable[[], bool] | None = None,
    found: Found | None = None,
    gap: float = 0.0,
    presolve: Presolve = Presolve.USUAL,
    slack: float = 0.0,
) -> Answer:
    """Minimises Σ objective × column over whole numbers with CP-SAT, until within `gap` (a share) or `slack` of the bound.

    `hint` is a whole assignment (kept by the caller too: a limit in presolve answers nothing). Settings follow a study of
    this model: probing and symmetry off, full linearisation. `presolve` is for a second opinion on an impossible problem.
    """
    _room_for(problem)
    model = _as_proto(problem, objective, hint)
    parameters = sat.SatParameters()
    parameters.num_workers = limits.workers
    parameters.random_seed = limits.seed
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    parameters.linearization_level = 2
    parameters.catch_sigint_signal = False
    parameters.cp_model_presolve = presolve is not Presolve.OFF
    parameters.keep_all_feasible_solutions_in_presolve = presolve is Presolve.CAREFUL
    parameters.relative_gap_limit = gap
    parameters.absolute_gap_limit = slack
    if math.isfinite(limits.seconds):
        parameters.max_time_in_seconds = max(0.05, limits.seconds)
    if limits.counted is not None:
        parameters.max_deterministic_time = limits.counted
        parameters.num_workers = 1
    wrapper = sat.SolveWrapper()
    wrapper.set_parameters(parameters)
    listener = _Listener(found) if found is not None else None
    if listener is not None:
        # The C++ side keeps no reference of its own: the listener must live as long as the search.
        wrapper.add_solution_callback(listener)
    with _Watch(stop, wrapper.stop_search):
        response = wrapper.solve(model)  # type: ignore[no-untyped-call]
    status = response.status
    if status == sat.CpSolverStatus.INFEASIBLE:
        return Answer(values=None, objective=math.inf, bound=math.inf, proven=True, infeasible=True)
    if status not in (sat.CpSolverStatus.OPTIMAL, sat.CpSolverStatus.FEASIBLE):
        return Answer(values=None, objective=math.inf, bound=_finite(response.best_objective_bound), proven=False)
    values = np.array(list(response.solution), dtype=np.int64)
    return Answer(
        values=values,
        objective=float(objective @ values),
        bound=response.best_objective_bound,
        proven=status == sat.CpSolverStatus.OPTIMAL and gap == 0.0 and slack == 0.0,
    )


class _Listener(sat.SolutionCallback):
    """Passes each better solution's objective and bound on."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self._found = found

    def OnSolutionCallback(self) -> None:  # noqa: N802  # the name the C++ side calls
        self._found(self.ObjectiveValue(), self.BestObjectiveBound())


class _Watch:
    """Calls `halt` from a side thread once `stop` says so."""

    def __init__(self, stop: Callable[[], bool] | None, halt: Callable[[], None]) -> None:
        self._stop, self._halt, self._over = stop, halt, threading.Event()

    def __enter__(self) -> None:
        if self._stop is not None:
            threading.Thread(target=self._look, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            if self._stop is not None and self._stop():
                # A search that has just begun may not hear the first call.
                self._halt()
                time.sleep(0.05)


def _finite(bound: float) -> float:
    return bound if math.isfinite(bound) else -math.inf


def _as_proto(problem: Problem, objective: Ints, hint: Ints | None) -> sat.CpModelProto:
    model = sat.CpModelProto()
    for low, high in zip(problem.lower.tolist(), problem.upper.tolist(), strict=True):
        model.variables.add().domain.extend([low, min(high, INFINITE)])
    indptr = problem.matrix.indptr.tolist()
    indices = problem.matrix.indices.tolist()
    data = problem.matrix.data.tolist()
    for row, (low, high) in enumerate(zip(problem.row_lower.tolist(), problem.row_upper.tolist(), strict=True)):
        begin, end = indptr[row], indptr[row + 1]
        linear = model.constraints.add().linear
        linear.vars.extend(indices[begin:end])
        linear.coeffs.extend(data[begin:end])
        linear.domain.extend([max(low, -INFINITE), min(high, INFINITE)])
    wanted = np.flatnonzero(objective)
    model.objective.vars.extend(wanted.tolist())
    model.objective.coeffs.extend(objective[wanted].tolist())
    if hint is not None:
        model.solution_hint.vars.extend(range(len(hint)))
        model.solution_hint.values.extend(hint.tolist())
    return model


def solve_mixed(
    problem: Problem,
    objective: Ints,
    limits: Limits,
    gap: float = 0.0,
    stop: Callable[[], bool] | None = None,
    slack: float = 0.0,
) -> Answer:
    """Minimises over whole numbers with the MIP engine, until within `gap` (a share) or `slack` of the bound.

    The better reader where the LP is nearly whole: pupil stages, and the days of a large school.
    """
    engine = _handed(problem, objective, limits)
    columns = len(problem.lower)
    engine.changeColsIntegrality(columns, np.arange(columns, dtype=np.int32), np.full(columns, highspy.HighsVarType.kInteger))
    engine.setOptionValue("mip_rel_gap", gap)
    engine.setOptionValue("mip_abs_gap", slack)
    if limits.counted is not None:
        engine.setOptionValue("mip_max_nodes", max(1, int(limits.counted * 100)))
    status = _run(engine, limits, stop)
    info = engine.getInfo()
    bound = _finite(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        impossible = status == highspy.HighsModelStatus.kInfeasible
        return Answer(values=None, objective=math.inf, bound=bound, proven=impossible, infeasible=impossible)
    values = np.rint(engine.getSolution().col_value).astype(np.int64)
    proven = status == highspy.HighsModelStatus.kOptimal and gap == 0.0 and slack == 0.0
    return Answer(values=values, objective=float(objective @ values), bound=bound, proven=proven)


def solve_relaxed(
    problem: Problem, objective: Ints, limits: Limits, stop: Callable[[], bool] | None = None
) -> tuple[Floats | None, float]:
    """Minimises without asking for whole numbers: the point and a valid lower bound (−∞ when not solved)."""
    engine = _handed(problem, objective, limits)
    if _run(engine, limits, stop) != highspy.HighsModelStatus.kOptimal:
        return None, -math.inf
    return np.array(engine.getSolution().col_value), engine.getInfo().objective_function_value


def solve_priced(
    problem: Problem, objective: Ints, limits: Limits, stop: Callable[[], bool] | None = None
) -> tuple[float, Floats] | None:
    """Minimises without asking for whole numbers: the least value and each row's price; `None` when not solved.

    Shape: one price a row, what a unit more of its bound would cost.
    """
    engine = _handed(problem, objective, limits)
    if _run(engine, limits, stop) != highspy.HighsModelStatus.kOptimal:
        return None
    return engine.getInfo().objective_function_value, np.array(engine.getSolution().row_dual)


class Relaxation:
    """An LP that is solved again and again, a little changed each time: from the corner where it stood before."""

    def __init__(self, problem: Problem, limits: Limits) -> None:
        self._engine = _handed(problem, np.zeros(len(problem.lower), dtype=np.int64), limits)
        self._columns = np.arange(len(problem.lower), dtype=np.int32)
        # Rows that are reduced first would be reduced anew each time, and the corner lost.
        self._engine.setOptionValue("presolve", "off")

    def solve(self, lower: Ints, upper: Ints, objective: Ints, limits: Limits, stop: Callable[[], bool]) -> Floats | None:
        """Minimises Σ objective × column within these bounds; `None` where there is no point or the limits end before."""
        engine, count = self._engine, len(self._columns)
        engine.changeColsBounds(count, self._columns, _open(lower), _open(upper))
        engine.changeColsCost(count, self._columns, objective.astype(float))
        if _run(engine, limits, stop) != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(engine.getSolution().col_value)


def _handed(problem: Problem, objective: Ints, limits: Limits) -> highspy.Highs:
    """The engine with the rows and prices, ready to run."""
    _room_for(problem)
    matrix = problem.matrix.copy()
    matrix.sort_indices()
    matrix.eliminate_zeros()
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = objective.astype(float)
    lp.col_lower_, lp.col_upper_ = _open(problem.lower), _open(problem.upper)
    lp.row_lower_, lp.row_upper_ = _open(problem.row_lower), _open(problem.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    engine = highspy.Highs()
    # Two searches run at a time here; the engine's own threads would share nothing but the two cores.
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", limits.seed % 2**31)):
        engine.setOptionValue(option, value)
    engine.passModel(lp)
    return engine


def _run(engine: highspy.Highs, limits: Limits, stop: Callable[[], bool] | None) -> highspy.HighsModelStatus:
    """Runs to the end or until somebody asks to stop: the limit that the engine looks at is then one that has passed.

    Its own way to be asked is a call at each iteration, for which Python's other threads would let it wait.
    """
    seconds = max(0.1, limits.seconds) if math.isfinite(limits.seconds) else FOR_EVER
    engine.setOptionValue("time_limit", engine.getRunTime() + seconds)
    with _Watch(stop, lambda: engine.setOptionValue("time_limit", 0.0)):
        engine.run()
    return engine.getModelStatus()


def _room_for(problem: Problem) -> None:
    if problem.size > WORTH_ROOM:
        give_back(engines=problem.size > WORTH_ENGINES)


def _open(bounds: Ints) -> Floats:
    """Bounds as the engine reads them."""
    floats = bounds.astype(np.float64)
    floats[bounds >= INFINITE] = highspy.kHighsInf
    floats[bounds <= -INFINITE] = -highspy.kHighsInf
    return floats
