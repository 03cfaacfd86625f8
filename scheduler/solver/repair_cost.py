"""How much does a plan in the columns disturb, compared with the old one? Amounts by column, and the least of any plan."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from scheduler.differences import Weights
from scheduler.domain import Form
from scheduler.solver.build import SearchModel
from scheduler.solver.mapping import Mapped
from scheduler.solver.model import INFINITE, Ints, Mask, Problem
from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cost:
    """Disturbance = `constant` + Σ amount × column + Σ over `steps` of amount × how far a column is past its old value.

    Where groups of one offer are told apart only by name it is a little less than the named plans' own.
    """

    amounts: Ints
    """One a column; places and people that are there already have negative ones, made up for in `constant`."""
    steps: Ints
    """Columns of which only more than before disturbs (negative `step`: only less)."""
    step: Ints
    """Amount for each of them."""
    constant: int
    bound: int
    """What every lawful plan disturbs at least."""
    next: int
    """A plan that changes more than what lacks people or rooms disturbs at least so much beyond the bound."""
    values: Ints
    """The old plan."""

    def widened(self, problem: Problem, free: Mask, values: Ints) -> tuple[Problem, Ints]:
        """The problem of the free columns with one more column for each step among them; also the free columns' indices."""
        part, kept = problem.restricted(free, values)
        number = np.full(len(free), -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        mine = np.flatnonzero(free[self.steps])
        count = len(mine)
        columns, old = number[self.steps[mine]], self.values[self.steps[mine]]
        down = self.step[mine] < 0
        sign = np.where(down, -1, 1)
        rows = np.arange(count)
        below = sparse.csr_array(sparse.coo_array((-sign, (rows, columns)), shape=(count, len(kept))))
        more = sparse.csr_array(sparse.eye_array(count, dtype=np.int64, format="csr"))
        top = sparse.hstack([part.matrix, sparse.csr_array((part.matrix.shape[0], count), dtype=np.int64)], format="csr")
        matrix = sparse.csr_array(sparse.vstack([top, sparse.hstack([below, more], format="csr")], format="csr"))
        most = np.where(down, old, np.maximum(part.upper[columns] - old, 0))
        return (
            Problem(
                matrix=matrix,
                lower=np.concatenate([part.lower, np.zeros(count, dtype=np.int64)]),
                upper=np.concatenate([part.upper, most]),
                row_lower=np.concatenate([part.row_lower, -sign * old]),
                row_upper=np.concatenate([part.row_upper, np.full(count, INFINITE, dtype=np.int64)]),
            ),
            kept,
        )

    def of(self, values: Ints) -> int:
        """The disturbance of a plan."""
        past = np.where(self.step < 0, self.values[self.steps] - values[self.steps], values[self.steps] - self.values[self.steps])
        return self.constant + int(self.amounts @ values) + int(np.abs(self.step) @ np.maximum(past, 0))

    def objective(self, kept: Ints) -> Ints:
        """Amounts of the kept columns, then of the steps among them."""
        free = np.zeros(len(self.amounts), dtype=bool)
        free[kept] = True
        return np.concatenate([self.amounts[kept], np.abs(self.step[free[self.steps]])])


def cost_of(model: SearchModel, mapped: Mapped, before: Timetable, weights: Weights) -> Cost:
    """What each column costs against the old plan, and what no plan can avoid."""
    unknowns, values = model.unknowns, mapped.values
    upper = model.problem.upper
    times = np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)
    sizes = _sizes(mapped, before, frozenset(pupil.id for pupil in unknowns.pupils))
    parallel = np.array([len(sizes.get(o, ())) > 1 for o in range(len(unknowns.offers))], dtype=bool)
    amounts = np.zeros(unknowns.model.column_count, dtype=np.int64)

    loss = _loss(model, mapped, before, weights) - weights.group * parallel[unknowns.sit_offer]
    here = values[unknowns.sits] > 0
    stands = here & (upper[unknowns.sits] > 0)
    amounts[unknowns.sits[stands]] = -loss[stands]
    lost = int(loss[here].sum()) + _lost_before(model, mapped, before, weights)

    led = values[unknowns.leads] > 0
    amounts[unknowns.leads] = np.where(led, -weights.off, weights.person) * times[unknowns.lead_offer]
    off = int(times[unknowns.lead_offer[led]].sum()) * weights.off + _off_before(mapped, before, values, model) * weights.off
    gone = led & (upper[unknowns.leads] == 0)
    amounts[unknowns.leads[gone]] = 0

    closing = np.flatnonzero(parallel)
    least = np.array([min(sizes[o]) for o in closing.tolist()], dtype=np.int64)
    steps = np.concatenate([unknowns.rooms, unknowns.sections[closing]])
    step = np.concatenate([weights.room * times[unknowns.room_offer], -weights.group * np.maximum(least, 1)])
    bound = _bound(model, mapped, weights, sizes, times, loss, stands)
    unavoidable = lost - int(loss[stands].sum()) + off - int((times[unknowns.lead_offer[led & ~gone]]).sum()) * weights.off
    return Cost(
        amounts=amounts,
        steps=steps,
        step=step,
        constant=lost + off,
        bound=unavoidable + bound,
        next=_next(model, values, weights, closing, least),
        values=values,
    )


def _next(model: SearchModel, values: Ints, weights: Weights, parallel: Ints, least: Ints) -> int:
    """The least that one more change counts: another adult, room or place, or a group that closes."""
    unknowns = model.unknowns
    helped = bool((values[unknowns.leads] * ~unknowns.lead_first).any())
    another = [weights.off if helped else weights.person + weights.off, weights.room, weights.care - weights.group]
    return int(min([*another, *(weights.group * np.maximum(least, 1)).tolist()]))


def _sizes(mapped: Mapped, before: Timetable, known: frozenset[str]) -> Mapping[int, Sequence[int]]:
    """Pupils in each section of an offer."""
    number = Counter(placement.section for placement in before.placements if placement.pupil in known)
    sizes: defaultdict[int, list[int]] = defaultdict(list)
    for section, o in mapped.offers.items():
        sizes[o].append(number[section])
    return sizes


def _loss(model: SearchModel, mapped: Mapped, before: Timetable, weights: Weights) -> Ints:
    """What the loss of each place would count. Shape: one a place."""
    unknowns = model.unknowns
    care = np.array([offer.form not in (Form.CHOSEN, Form.ARRANGED) for offer in unknowns.offers], dtype=bool)
    number = {pupil.id: i for i, pupil in enumerate(unknowns.pupils)}
    chosen = np.zeros((len(unknowns.pupils), len(unknowns.offers)), dtype=bool)
    for placement in before.placements:
        if placement.chosen and placement.pupil in number and placement.section in mapped.offers:
            chosen[number[placement.pupil], mapped.offers[placement.section]] = True
    plain = np.where(care[unknowns.sit_offer], weights.care, weights.arranged)
    return np.where(chosen[unknowns.sit_pupil, unknowns.sit_offer], weights.wish, plain).astype(np.int64)


def _lost_before(model: SearchModel, mapped: Mapped, before: Timetable, weights: Weights) -> int:
    """Places of the old plan that have no column any more."""
    unknowns, scenario = model.unknowns, model.unknowns.scenario
    known = {(int(i), int(o)) for i, o in zip(unknowns.sit_pupil, unknowns.sit_offer, strict=True)}
    number = {pupil.id: i for i, pupil in enumerate(unknowns.pupils)}
    total = 0
    for placement in before.placements:
        if placement.pupil not in number:
            continue
        o = mapped.offers.get(placement.section)
        if o is not None and (number[placement.pupil], o) in known:
            continue
        course = scenario.course_by_id.get(before.section_by_id[placement.section].course)
        of_care = course is not None and course.form not in (Form.CHOSEN, Form.ARRANGED)
        total += weights.wish if placement.chosen else weights.care if of_care else weights.arranged
    return total


def _off_before(mapped: Mapped, before: Timetable, values: Ints, model: SearchModel) -> int:
    """Meetings of people that have no column any more."""
    unknowns = model.unknowns
    every = sum(len(meeting.staff) for meeting in before.meetings)
    led = values[unknowns.leads] > 0
    times = np.array([len(offer.slots) for offer in unknowns.offers], dtype=np.int64)
    return every - int(times[unknowns.lead_offer[led]].sum())


def _bound(
    model: SearchModel,
    mapped: Mapped,
    weights: Weights,
    sizes: Mapping[int, Sequence[int]],
    times: Ints,
    loss: Ints,
    stands: Mask,
) -> int:
    """Offers that lack leaders or rooms: each lack is made up for, or a section closes and its pupils lose something."""
    unknowns, values, upper = model.unknowns, mapped.values, model.problem.upper
    count = len(unknowns.offers)
    sections = values[unknowns.sections]
    leads = np.where(upper[unknowns.leads] > 0, values[unknowns.leads], 0) * unknowns.lead_first
    leaders = np.bincount(unknowns.lead_offer, weights=leads, minlength=count)
    rooms = np.bincount(
        unknowns.room_offer, weights=np.where(upper[unknowns.rooms] > 0, values[unknowns.rooms], 0), minlength=count
    )
    total = 0
    for o in np.flatnonzero((leaders < sections) | (rooms < sections)).tolist():
        mine = stands & (unknowns.sit_offer == o)
        pupils, least = int(mine.sum()), int(loss[mine].min(initial=weights.wish))
        ordered = sorted(sizes.get(o, ()))
        costs = []
        for closed in range(int(sections[o]) + 1):
            left = int(sections[o]) - closed
            replaced = weights.person * max(0, left - int(leaders[o])) + weights.room * max(0, left - int(rooms[o]))
            over = max(0, pupils - left * unknowns.offers[o].course.max_size)
            moved = weights.group * sum(ordered[:closed]) if len(ordered) > 1 else 0
            moved = min(moved, weights.group * closed * max(1, ordered[0])) if len(ordered) > 1 else moved
            costs.append(replaced * int(times[o]) + (least * pupils if left == 0 else least * over) + moved)
        total += min(costs)
    return total
