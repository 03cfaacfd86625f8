"""What do readers see now? The publication that the term points to, with the plan and the facts it stands on.

Ask within one reading: then all of it is of one publication, before another or after it, never some of each.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import select

from api.store.facts import text_of
from api.store.planning import PlanVersion, Publication, Term
from api.store.sessions import Reading
from api.store.trouble import Missing
from scheduler.differences import Side
from scheduler.intake import scenario_from_json
from scheduler.publish.exchange import timetable_from_json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan and its facts as they are kept; parsed outside of any transaction."""

    digest: str
    scenario: str
    timetable: str

    def side(self) -> Side:
        return Side(scenario=scenario_from_json(self.scenario), timetable=timetable_from_json(self.timetable))


@dataclass(frozen=True, slots=True)
class Shown:
    """One publication, and those before it, as one reading saw them."""

    publication: Publication
    plan: PlanText
    earlier: tuple[tuple[Publication, PlanText], ...]
    """Oldest first, whatever became of them."""

    def history(self) -> tuple[Side, ...]:
        """What calendars showed before, oldest first; nothing, where a publication was withdrawn for a while."""
        told: list[Side] = []
        following = [*(publication for publication, _ in self.earlier), self.publication][1:]
        for (publication, plan), after in zip(self.earlier, following, strict=True):
            side = plan.side()
            told.append(side)
            if publication.withdrawn is not None and after.published > publication.withdrawn:
                told.append(_nothing(side))
        return tuple(told)


def current(db: Reading, term: str) -> Publication | None:
    """The publication that counts; none before the first, and after it was withdrawn.

    Errors: `Missing` where there is no such term.
    """
    pointer = db.find(Term, term).publication
    return None if pointer is None else db.find(Publication, pointer)


def published(db: Reading, term: str) -> Publication:
    """The publication that counts.

    Errors: `Missing` where nothing is published.
    """
    found = current(db, term)
    if found is None:
        raise Missing("publication")
    return found


def shown(db: Reading, publication: Publication) -> Shown:
    """Everything that readers of a publication see. It is long; what is made of it can be kept."""
    former = [one for one in publications(db, publication.term) if one.number < publication.number]
    texts = {plan: plan_text(db, plan) for plan in {one.plan for one in (*former, publication)}}
    return Shown(publication, texts[publication.plan], tuple((one, texts[one.plan]) for one in former))


def publications(db: Reading, term: str) -> Sequence[Publication]:
    """All of a term, oldest first."""
    return db.scalars(select(Publication).where(Publication.term == term).order_by(Publication.number)).all()


def plan_text(db: Reading, plan: str) -> PlanText:
    """A plan version and its facts.

    Errors: `Missing`.
    """
    found = db.execute(
        select(PlanVersion.digest, PlanVersion.scenario, PlanVersion.timetable).where(PlanVersion.id == plan)
    ).one_or_none()
    if found is None:
        raise Missing("plan")
    return PlanText(found.digest, text_of(db, found.scenario), found.timetable)


def last_change(rows: Sequence[Publication]) -> datetime | None:
    """When readers were last shown something else."""
    moments = [one.published for one in rows] + [one.withdrawn for one in rows if one.withdrawn is not None]
    return max(moments, default=None)


def _nothing(side: Side) -> Side:
    bare = replace(side.timetable, sections=(), meetings=(), placements=(), rides=(), duties=(), changes=())
    return Side(scenario=side.scenario, timetable=bare)


@dataclass(slots=True)
class _Place(Generic[T]):
    lock: Lock = field(default_factory=Lock)
    made: list[T] = field(default_factory=list)


class Kept(Generic[T]):
    """The few things last asked for, each made once a process. Only for what never changes, such as what was published."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._places: OrderedDict[Hashable, _Place[T]] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, made now where it is not there. Whoever asks meanwhile waits for it."""
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        with place.lock:
            if not place.made:
                place.made.append(make())
            return place.made[0]
