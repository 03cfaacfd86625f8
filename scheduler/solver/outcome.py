"""What can a solve end in? Options in, progress on the way, a closed set of outcomes at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scheduler.timetable import Timetable


class Status(StrEnum):
    """The closed set of outcomes."""

    OPTIMAL = "optimal"
    """Lawful, every stage proven."""
    FEASIBLE = "feasible"
    """Lawful, with a bound and a gap."""
    NEAREST = "nearest"
    """No lawful plan (proven or not found): the plan of least deviation, as a draft."""
    OUT_OF_TIME = "out_of_time"
    """Time ran out or it was stopped before the search ended: the best so far, at least the constructive plan."""


class Mode(StrEnum):
    """How seats are shared out among the families; a school chooses."""

    ROUNDS = "rounds"
    """In round k each child gets at most one more wish: most children first, then the dearest wishes."""
    DRAFT = "draft"
    """Children pick one wish after the other in the order of the lottery, then in the opposite order, and so on."""
    MOST_SEATS = "most_seats"
    """Most wishes granted in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to solve."""

    seed: int = 0
    time_limit: float = 60.0
    """Wall seconds; in a deterministic run only a scale for the counted limits."""
    deterministic: bool = False
    """Every limit is a count, never seconds: same input, seed and options, same plan."""
    workers: int = 2
    mode: Mode = Mode.ROUNDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One line of news while solving."""

    stage: str
    objective: float | None
    bound: float | None
    gap: float | None
    """(objective − bound) ÷ max(1, |objective|); `None` while unknown."""
    seconds: float
    note_zh: str = ""
    note_en: str = ""
    share: float | None = None
    """How much of the allowed time is used, 0 to 1."""
    timetable: Timetable | None = None
    """Best plan so far, where this news is a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """One step of the objective order: smaller is better, `bound` ≤ `objective`.

    Both bounds take for granted what the stages before *reached*, proven best or not: no plan that does at least as well as
    this one in each of them is below `bound` here. So a plan that is better in the objective order lies, in the first stage
    where it differs, between `bound` and `objective`; where all gaps before are 0, `bound` holds for every plan that is best
    in those stages; and that of the first stage holds for any plan at all.
    """

    name: str
    objective: float
    bound: float
    """Over all timetables."""
    gap: float
    """(objective − bound) ÷ max(1, |objective|)."""
    seconds: float
    timetable_bound: float
    """Over all placements under the timetable found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """What no plan at all can exceed, whatever it gives up elsewhere: proven without a look at the plan found."""

    first_choices: int
    """Pupils whose dearest wish is granted."""
    granted: int
    """Wishes granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One step of sharing out seats. `bound` holds for every way to share them out that keeps what the steps before reached."""

    name: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        """Nothing better exists, given the steps before."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What the search found; the audit alone says whether it is lawful."""

    timetable: Timetable
    stages: tuple[StageResult, ...]
    complete: bool
    """False: stopped or out of time before the search ended."""
    followed: bool
    """False: no time to share out all wishes as the mode has it; one price for all aims decided the rest."""
    most: Most
    steps: tuple[Reached, ...] = ()
    """How the places were shared out under the timetable found: the stages, and what lies between them."""
    proven_shortfall: bool = False
    """True: proven that no plan is without deviation from binding clauses."""


Tell = Callable[[Progress], None]
Stop = Callable[[], bool]
