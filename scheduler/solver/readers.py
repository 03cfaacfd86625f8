"""Who reads the rows? CP-SAT for whole numbers, the LP and the MIP of the same wheel for relaxations and pupil stages."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import numpy as np
import numpy.typing as npt
from ortools.math_opt import model_pb2, result_pb2, solution_pb2
from ortools.math_opt.core.python import solver
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model_helper as sat
from ortools.util.python.solve_interrupter import SolveInterrupter

from scheduler.solver.model import INFINITE, Ints, Problem

Floats = npt.NDArray[np.float64]

FEASIBLE = solution_pb2.SOLUTION_STATUS_FEASIBLE

AT_ONCE = 100_000
"""Entries of a matrix handed over in one piece: Python's numbers take four times the room of numpy's."""


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
    solution = _mathopt(problem, objective, limits, whole=True, gap=gap, stop=stop, slack=slack)
    if solution is None:
        return Answer(values=None, objective=math.inf, bound=-math.inf, proven=False)
    floats, bound, status = solution
    if floats is None:
        impossible = status == mathopt.TerminationReason.INFEASIBLE
        return Answer(values=None, objective=math.inf, bound=bound, proven=impossible, infeasible=impossible)
    values = np.rint(floats).astype(np.int64)
    value = float(objective @ values)
    proven = status == mathopt.TerminationReason.OPTIMAL and gap == 0.0 and slack == 0.0
    return Answer(values=values, objective=value, bound=bound, proven=proven)


def solve_relaxed(
    problem: Problem, objective: Ints, limits: Limits, stop: Callable[[], bool] | None = None
) -> tuple[Floats | None, float]:
    """Minimises without asking for whole numbers: the point and a valid lower bound (−∞ when not solved)."""
    solution = _mathopt(problem, objective, limits, whole=False, gap=0.0, stop=stop)
    if solution is None or solution[0] is None:
        return None, -math.inf
    floats, bound, status = solution
    return floats, bound if status == mathopt.TerminationReason.OPTIMAL else -math.inf


def solve_priced(
    problem: Problem, objective: Ints, limits: Limits, stop: Callable[[], bool] | None = None
) -> tuple[float, Floats] | None:
    """Minimises without asking for whole numbers: the least value and each row's price; `None` when not solved.

    Shape: one price a row, what a unit more of its bound would cost.
    """
    result = _by_engine(problem, objective, limits, whole=False, gap=0.0, asked=PRICES, stop=stop)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL.value or not result.solutions:
        return None
    solution = result.solutions[0]
    prices = np.zeros(len(problem.row_lower))
    prices[np.array(solution.dual_solution.dual_values.ids, dtype=np.int64)] = solution.dual_solution.dual_values.values
    return float(solution.primal_solution.objective_value), prices


PRICES = mathopt.ModelSolveParameters(
    variable_values_filter=mathopt.SparseVectorFilter[mathopt.Variable](filtered_items=[], skip_zero_values=True),
    reduced_costs_filter=mathopt.SparseVectorFilter[mathopt.Variable](filtered_items=[], skip_zero_values=True),
    dual_values_filter=mathopt.SparseVectorFilter[mathopt.LinearConstraint](skip_zero_values=True),
)
"""Asks for the rows' prices alone."""


def _mathopt(
    problem: Problem,
    objective: Ints,
    limits: Limits,
    whole: bool,
    gap: float,
    stop: Callable[[], bool] | None,
    slack: float = 0.0,
) -> tuple[Floats | None, float, mathopt.TerminationReason] | None:
    """The engine's point, bound and reason to end."""
    result = _by_engine(problem, objective, limits, whole, gap, mathopt.ModelSolveParameters(), stop, slack)
    reason = mathopt.TerminationReason(result.termination.reason)
    bound = result.termination.objective_bounds.dual_bound
    points = (one.primal_solution for one in result.solutions if one.HasField("primal_solution"))
    found = next((one.variable_values for one in points if one.feasibility_status == FEASIBLE), None)
    if found is None:
        return None, bound, reason
    floats = np.zeros(len(problem.lower))
    floats[np.array(found.ids, dtype=np.int64)] = np.array(found.values)
    return floats, bound, reason


def _by_engine(
    problem: Problem,
    objective: Ints,
    limits: Limits,
    whole: bool,
    gap: float,
    asked: mathopt.ModelSolveParameters,
    stop: Callable[[], bool] | None,
    slack: float = 0.0,
) -> result_pb2.SolveResultProto:
    """Asked below the wrapper, whose classes hold and read back a model column by column: ten times the memory and the time."""
    parameters = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.1, limits.seconds)) if math.isfinite(limits.seconds) else None,
        node_limit=max(1, int(limits.counted * 100)) if whole and limits.counted is not None else None,
        relative_gap_tolerance=gap if whole else None,
        absolute_gap_tolerance=slack if whole else None,
        random_seed=limits.seed if limits.seed < 2**31 else 0,
    )
    interrupter = SolveInterrupter()
    with _Watch(stop, interrupter.interrupt):
        return solver.solve(
            _as_mathopt(problem, objective, whole),
            mathopt.SolverType.HIGHS.value,
            mathopt.StreamableSolverInitArguments().to_proto(),
            parameters.to_proto(),
            asked.to_proto(),
            None,
            mathopt.CallbackRegistration().to_proto(),
            None,
            interrupter.pybind_interrupter,
        )


def _as_mathopt(problem: Problem, objective: Ints, whole: bool) -> model_pb2.ModelProto:
    proto = model_pb2.ModelProto()
    rows, count = problem.matrix.shape
    proto.variables.ids.extend(range(count))
    proto.variables.lower_bounds.extend(problem.lower.tolist())
    proto.variables.upper_bounds.extend(np.where(problem.upper >= INFINITE, math.inf, problem.upper).tolist())
    proto.variables.integers.extend([whole] * count)
    proto.linear_constraints.ids.extend(range(rows))
    proto.linear_constraints.lower_bounds.extend(np.where(problem.row_lower <= -INFINITE, -math.inf, problem.row_lower).tolist())
    proto.linear_constraints.upper_bounds.extend(np.where(problem.row_upper >= INFINITE, math.inf, problem.row_upper).tolist())
    matrix = problem.matrix.copy()
    matrix.sort_indices()
    matrix.eliminate_zeros()
    entries = proto.linear_constraint_matrix
    row_numbers = np.repeat(np.arange(rows, dtype=np.int32), np.diff(matrix.indptr))
    for start in range(0, matrix.nnz, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        entries.row_ids.extend(row_numbers[part].tolist())
        entries.column_ids.extend(matrix.indices[part].tolist())
        entries.coefficients.extend(matrix.data[part].astype(float).tolist())
    wanted = np.flatnonzero(objective)
    proto.objective.linear_coefficients.ids.extend(wanted.tolist())
    proto.objective.linear_coefficients.values.extend(objective[wanted].astype(float).tolist())
    return proto
