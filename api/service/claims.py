"""Whose job is it? Runners take jobs from the table, give signs of life, and put down how each ended, exactly once.

A job is held under a *lease*: until then it is its holder's, afterwards anybody's. Every change looks at the row first, with
the row locked, so that of two runners who want one job one gets it, and one who lost a job can no longer end it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from api.store.base import Json, SchoolId, now
from api.store.log import Actor
from api.store.planning import MAX_TRIES, Job, JobKind, JobState
from api.store.sessions import Everywhere, Reading, Writing
from api.store.store import Store

log = logging.getLogger("oneplusx")


class Lost(Exception):
    """The job is no longer ours: the lease ran out and another has it, or it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job in somebody's hands."""

    school: SchoolId
    id: str
    kind: JobKind
    holder: str
    attempt: int
    """1, 2 or 3; or one more where the last attempt was lost, too, and only its best can be saved."""

    @property
    def spent(self) -> bool:
        """All tries were used."""
        return self.attempt > MAX_TRIES


def moment(db: Reading) -> datetime:
    """Now, by the clock that all runners share: the database's, where it is a server of its own."""
    connection = db.connection()
    if connection.dialect.name == "sqlite":
        return now()
    told: datetime = connection.scalars(select(func.clock_timestamp())).one()
    return told


def waiting(store: Store, most: int = 10) -> Sequence[Job]:
    """Jobs that nobody has, of all schools, the oldest first."""
    with store.reading(Everywhere("which job is next")) as db:
        lost = (Job.state == JobState.RUNNING) & (Job.lease_until < moment(db))
        chosen = select(Job).where(or_(Job.state == JobState.QUEUED, lost)).order_by(Job.created, Job.id).limit(most)
        return db.scalars(chosen).all()


def claim_next(store: Store, holder: str, lease: float) -> Claim | None:
    """The next job, now in our hands; `None` where there is none."""
    for job in waiting(store):
        claimed = claim(store, job.school, job.id, holder, lease)
        if claimed is not None:
            return claimed
    return None


def claim(store: Store, school: SchoolId, id: str, holder: str, lease: float) -> Claim | None:
    """The job, held for `lease` seconds; `None` where somebody else was first."""
    with store.bookkeeping(school) as db:
        job = db.lock(Job, id)
        at = moment(db)
        free = job.state is JobState.QUEUED or (
            job.state is JobState.RUNNING and (job.lease_until is None or job.lease_until < at)
        )
        if not free:
            return None
        attempt = job.attempt + 1
        job.state, job.holder, job.attempt = JobState.RUNNING, holder, min(attempt, MAX_TRIES)
        job.heartbeat, job.lease_until = at, at + timedelta(seconds=lease)
        job.started = job.started or at
        return Claim(school=school, id=id, kind=job.kind, holder=holder, attempt=attempt)


def beat(store: Store, claim: Claim, lease: float, change: Callable[[Job], None] = lambda job: None) -> bool:
    """A sign of life, with whatever else is to be put down. True where somebody asked the job to stop.

    Errors: `Lost`.
    """
    with store.bookkeeping(claim.school) as db:
        job = held(db, claim)
        job.heartbeat = moment(db)
        job.lease_until = job.heartbeat + timedelta(seconds=lease)
        change(job)
        return job.stop


def stop_asked(store: Store, claim: Claim) -> bool:
    """Whether somebody asked the job to stop."""
    with store.reading(claim.school) as db:
        return bool(db.scalar(select(Job.stop).where(Job.id == claim.id)))


def release(store: Store, claim: Claim) -> None:
    """Gives a job back untouched: the runner goes, and this was no failed attempt.

    Errors: `Lost`.
    """
    with store.bookkeeping(claim.school) as db:
        job = held(db, claim)
        job.state, job.holder, job.lease_until = JobState.QUEUED, None, None
        job.attempt = max(0, job.attempt - 1)


def ended(store: Store, claim: Claim, state: JobState, change: Callable[[Writing, Job], None]) -> None:
    """The end of a job, with what it made, in one transaction with its line in the log.

    Errors: `Lost`: then nothing is changed, and whoever has the job ends it.
    """
    with store.writing(claim.school, Actor("runner", f"runner {claim.holder}")) as db:
        job = held(db, claim)
        at = moment(db)
        change(db, job)
        job.state, job.ended, job.holder, job.lease_until = state, at, None, None
        db.record(f"job.{state.value}", job.id)


def failed(store: Store, claim: Claim, zh: str, en: str, state: JobState = JobState.FAILED) -> None:
    """The end of a job that made nothing; it may be asked for again.

    Errors: `Lost`.
    """

    def put(_: Writing, job: Job) -> None:
        job.key, job.failure_zh, job.failure_en = None, zh, en

    ended(store, claim, state, put)


def held(db: Writing, claim: Claim) -> Job:
    """The row, locked, while it is ours.

    Errors: `Lost`.
    """
    job = db.lock(Job, claim.id)
    if job.state is not JobState.RUNNING or job.holder != claim.holder:
        raise Lost(claim.id)
    return job


def news_of(job: Job) -> list[dict[str, Json]]:
    """The news of a job so far, the oldest first."""
    told = job.progress.get("news") if isinstance(job.progress, dict) else None
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
