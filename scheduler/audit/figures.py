"""How well does a table serve the children? Counts and shares for summaries, never judgements."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from scheduler.audit.wishes import has_wishes, wishes_granted_to
from scheduler.audit.world import World
from scheduler.domain import Choice, Flag, Form, Pupil


@dataclass(frozen=True, slots=True, kw_only=True)
class WishFigures:
    """What became of the wishes of some pupils."""

    pupils: int
    """Participants with wishes."""
    wanted: int
    """Wishes that could be granted at most: `wanted` of each pupil, but no more than the courses listed."""
    granted: int
    """Wishes granted."""
    first_choice_share: float | None
    """Pupils whose dearest wish is granted ÷ `pupils`, 0 to 1; `None` without pupils."""
    mean_rank: float | None
    """Mean rank of the wishes granted, 1 being the dearest; `None` when none is."""
    worst_rank: int | None
    """Greatest rank among the wishes granted; `None` when none is."""
    none_granted: int
    """Pupils with wishes and none granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilFigures:
    """Who came and who was placed."""

    applied: int
    """Participants."""
    placed: int
    """Participants with a place, base care included, in every regular slot they asked for."""
    unplaced: int
    """The other participants."""
    base_care_slots: int
    """Pupil-slots spent in base care, of those asked for."""
    pupil_slots: int
    """Regular pupil-slots asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityFigures:
    """The wishes of children of priority groups beside those of the others."""

    priority: WishFigures
    others: WishFigures


def wish_figures(world: World) -> WishFigures:
    """The wishes of all participants."""
    return wishes_of(world, world.participants)


def priority_figures(world: World, flags: frozenset[Flag]) -> PriorityFigures:
    """The wishes of participants with one of these flags, and those of the rest."""
    first = [pupil for pupil in world.participants if pupil.flags & flags]
    rest = [pupil for pupil in world.participants if not pupil.flags & flags]
    return PriorityFigures(priority=wishes_of(world, first), others=wishes_of(world, rest))


def pupil_figures(world: World) -> PupilFigures:
    """Participants and their regular pupil-slots."""
    placed = base_care = pupil_slots = 0
    for pupil in world.participants:
        asked = {slot.id for slot in world.stays_of(pupil)}
        cells = [cell for cell in world.cells_by_pupil[pupil.id] if cell.slot.id in asked]
        pupil_slots += len(asked)
        placed += asked == {cell.slot.id for cell in cells}
        base_care += len({cell.slot.id for cell in cells if cell.course.form is Form.BASE_CARE})
    applied = len(world.participants)
    return PupilFigures(
        applied=applied, placed=placed, unplaced=applied - placed, base_care_slots=base_care, pupil_slots=pupil_slots
    )


def wishes_of(world: World, pupils: Iterable[Pupil]) -> WishFigures:
    """The wishes of these pupils, participants or not."""
    wishing = [pupil for pupil in pupils if has_wishes(world, pupil)]
    granted = [wishes_granted_to(world, pupil) for pupil in wishing]
    ranks = [choice.rank for choices in granted for choice in choices]
    firsts = sum(_holds_the_dearest(pupil, choices) for pupil, choices in zip(wishing, granted, strict=True))
    return WishFigures(
        pupils=len(wishing),
        wanted=sum(min(pupil.wanted, len({choice.course for choice in pupil.choices})) for pupil in wishing),
        granted=len(ranks),
        first_choice_share=float(Fraction(firsts, len(wishing))) if wishing else None,
        mean_rank=float(Fraction(sum(ranks), len(ranks))) if ranks else None,
        worst_rank=max(ranks, default=None),
        none_granted=sum(not choices for choices in granted),
    )


def _holds_the_dearest(pupil: Pupil, granted: tuple[Choice, ...]) -> bool:
    return min(choice.rank for choice in pupil.choices) in {choice.rank for choice in granted}
