"""Which children ask for which seats? Contested instances invented from a seed, and rankings from files in PrefLib's format."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from scheduler.solver.contest import Applicant, OpenSection

Contested = tuple[list[Applicant], list[OpenSection]]


def invented(children: int, seed: int, accept_any: bool = False, courses: int = 60, slots: int = 10) -> Contested:
    """Two or three seats wanted by each child, lists of at most ten, a few courses that everybody wants.

    One slot a course; places for nineteen in twenty of the seats wanted, and not where the wishes are. `accept_any`: every
    child takes any other course in the slots it stays rather than none.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    quotas = draw.choice([2, 3], size=children)
    fame = 1.2 * np.log(np.arange(1, courses + 1))
    draw.shuffle(fame)
    seats = np.rint(draw.uniform(0.6, 1.4, courses) * quotas.sum() * 0.95 / courses).astype(int)
    sections = [
        OpenSection(id=f"c{c:02}", course=f"c{c:02}", seats=max(1, int(seats[c])), slots=frozenset({f"s{c % slots}"}))
        for c in range(courses)
    ]
    applicants = []
    for number in range(children):
        stays = draw.choice(slots, size=int(draw.integers(4, 9)), replace=False)
        reachable = np.flatnonzero(np.isin(np.arange(courses) % slots, stays))
        liking = draw.gumbel(size=len(reachable)) - fame[reachable]
        listed = reachable[np.argsort(-liking)][:10].tolist()
        ranks = {sections[c].id: rank for rank, c in enumerate(listed, start=1)}
        others = frozenset(sections[c].id for c in reachable.tolist() if accept_any) - ranks.keys()
        applicants.append(Applicant(id=f"p{number:05}", quota=int(quotas[number]), ranks=ranks, others=others))
    return applicants, sections


def from_rankings(path: Path, wanted: int = 2, tightness: float = 1.2) -> Contested:
    """Voters as children and alternatives as sections, each in a slot of its own (PrefLib's `.soc` and `.soi`).

    `wanted` seats a child, fewer where fewer are listed; as many seats as are wanted ÷ `tightness`, the same in each section.
    """
    lists: list[list[str]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        times, _, order = line.partition(":")
        lists += [[name.strip() for name in order.split(",") if name.strip()]] * int(times)
    names = sorted({name for order in lists for name in order})
    asked = sum(min(wanted, len(order)) for order in lists)
    seats = max(1, round(asked / tightness / len(names)))
    sections = [OpenSection(id=name, course=name, seats=seats, slots=frozenset({f"slot {name}"})) for name in names]
    applicants = [
        Applicant(
            id=f"v{number:04}",
            quota=min(wanted, len(order)),
            ranks={name: rank for rank, name in enumerate(order, start=1)},
        )
        for number, order in enumerate(lists)
    ]
    return applicants, sections


def shortened(contested: Contested, child: int, length: int) -> Contested:
    """The same, with one child's list cut off."""
    applicants, sections = contested
    honest = applicants[child]
    cut = {section: rank for section, rank in honest.ranks.items() if rank <= length}
    others = honest.others | (honest.ranks.keys() - cut.keys() if honest.others else set())
    return [*applicants[:child], replace(honest, ranks=cut, others=others), *applicants[child + 1 :]], sections
