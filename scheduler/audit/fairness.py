"""Are the wishes shared out fairly? Ranks granted, the worst-off pupil, envy among equals, and groups side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.audit.envy import Envy, envy
from scheduler.audit.figures import WishFigures, wishes_of
from scheduler.audit.reach import Reach, worth
from scheduler.audit.wishes import comes_first, has_wishes, seats_of
from scheduler.audit.world import World
from scheduler.domain import Flag, Pupil, PupilId
from scheduler.policy import Clause
from scheduler.rulebook import PriorityGroups

OTHERS = "others"
"""Stands for the pupils that no priority group takes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstOff:
    """The pupil whose seats lie furthest behind what it could have had."""

    pupil: PupilId
    share: float
    """Worth of the seats held ÷ worth of the best that fit together, were the pupil alone in the school. 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How the wishes are shared out."""

    rank_profile: tuple[int, ...]
    """Wishes granted of rank 1, 2, 3 …"""
    worst_off: WorstOff | None
    """`None` where nobody has a wish within reach."""
    envy: Envy
    """Pairs of pupils of equal priority."""
    groups: Mapping[str, WishFigures]
    """By priority group (a flag, or `grades` for those whose grade or stage comes first), and `others`; none without pupils."""


def fairness(world: World, clauses: Sequence[Clause]) -> Fairness:
    """The figures of a whole table; `clauses`: those in force, for who comes first."""
    reach = Reach(world)
    pupils = [pupil for pupil in world.participants if has_wishes(world, pupil)]
    seats = [seats_of(world, pupil) for pupil in pupils]
    ranks = [reach.ranks(pupil) for pupil in pupils]
    number = {section.id: k for k, section in enumerate(reach.sections)}
    values = np.zeros((len(pupils), len(reach.sections)), dtype=np.int64)
    for i, (pupil, of_pupil) in enumerate(zip(pupils, ranks, strict=True)):
        for section, rank in of_pupil.items():
            values[i, number[section]] = worth(pupil, rank)
    groups = groups_of(world, clauses)
    quotas = np.array([pupil.wanted for pupil in pupils], dtype=np.int64)
    first = np.array([pupil.id in groups for pupil in pupils], dtype=np.int64)
    held = [[number[section.id] for section in own if section.id in number] for own in seats]
    profile: Counter[int] = Counter()
    worst: WorstOff | None = None
    for pupil, own, within in zip(pupils, seats, ranks, strict=True):
        granted = reach.held_ranks(pupil, own)
        profile.update(granted)
        best = reach.best_worth(pupil, within)
        share = sum(worth(pupil, rank) for rank in granted) / best if best else 1.0
        if best and (worst is None or (share, pupil.id) < (worst.share, worst.pupil)):
            worst = WorstOff(pupil=pupil.id, share=min(1.0, share))
    return Fairness(
        rank_profile=tuple(profile[rank] for rank in range(1, max(profile, default=0) + 1)),
        worst_off=worst,
        envy=envy(values, held, quotas, first),
        groups=_by_group(world, pupils, groups),
    )


def groups_of(world: World, clauses: Sequence[Clause]) -> Mapping[PupilId, frozenset[str]]:
    """The priority groups of each pupil that comes first by one of the clauses; the others have no entry."""
    found: dict[PupilId, frozenset[str]] = {}
    for clause in clauses:
        rule = clause.rule
        if isinstance(rule, PriorityGroups):
            for pupil in world.pupils_bound(rule.scope):
                if comes_first(world, rule, pupil):
                    names = frozenset(flag.value for flag in pupil.flags & rule.flags) or frozenset({"grades"})
                    found[pupil.id] = found.get(pupil.id, frozenset()) | names
    return found


def _by_group(world: World, pupils: Sequence[Pupil], groups: Mapping[PupilId, frozenset[str]]) -> Mapping[str, WishFigures]:
    names = [flag.value for flag in Flag] + ["grades"]
    split = {name: [pupil for pupil in pupils if name in groups.get(pupil.id, ())] for name in names}
    split[OTHERS] = [pupil for pupil in pupils if pupil.id not in groups]
    return {name: wishes_of(world, of_group) for name, of_group in split.items() if of_group}
