"""How is a piece of work asked for? The same question twice is one job, and only so many may wait."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import func, select

from api.problems import Refusal
from api.store.base import AccountId, Json, SchoolId, TermId, now
from api.store.log import Actor
from api.store.planning import OPEN, Job, JobKind, JobState, ScenarioVersion
from api.store.sessions import Reading
from api.store.store import Store
from api.store.trouble import Taken


def program() -> str:
    """Versions of this program and of the solver: others may answer otherwise."""
    return f"oneplusx {version('oneplusx')}, ortools {version('ortools')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of which facts."""

    kind: JobKind
    term: TermId
    scenario: str
    """Id of the version of the facts."""
    asked: dict[str, Json]
    """Seed, time limit and whatever else the kind needs."""

    def key(self, digest: str) -> str:
        """Equal for questions that have the same answer: same facts, options, seed and program."""
        asked = {name: value for name, value in self.asked.items() if name != "reason"}
        told = [self.kind.value, self.term, self.scenario, digest, program(), asked]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def submit(
    store: Store, school: SchoolId, actor: Actor, account: AccountId | None, question: Question, queue: int
) -> tuple[Job, bool]:
    """The job for a question, and whether it is new; an earlier one where the same was asked before and did not fail.

    Errors: `Missing`; `Refusal` where `queue` jobs of the school wait already.
    """
    with store.reading(school) as db:
        key = question.key(db.find(ScenarioVersion, question.scenario).digest)
        known = _known(db, key)
    if known is not None:
        return known, False
    try:
        with store.writing(school, actor) as db:
            job = Job(
                kind=question.kind,
                term=question.term,
                scenario=question.scenario,
                key=key,
                asked=dict(question.asked),
                asked_by=account,
            )
            db.add(job)
            # Whoever asks the same at this moment waits here, and is then told of this job.
            db.flush()
            waiting = db.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED)) or 0
            if waiting > queue:
                raise full()
            db.record(f"job.{question.kind.value}", job.id)
        return job, True
    except Taken:
        with store.reading(school) as db:
            known = _known(db, key)
        if known is None:
            raise
        return known, False


def stop(store: Store, school: SchoolId, actor: Actor, id: str) -> Job:
    """Asks a job to stop. One that still waits ends at once; one that has ended stays as it is.

    Errors: `Missing`.
    """
    with store.writing(school, actor) as db:
        job = db.lock(Job, id)
        if job.state not in OPEN or job.stop:
            return job
        job.stop = True
        if job.state is JobState.QUEUED:
            job.state, job.ended, job.key = JobState.STOPPED, now(), None
            job.failure_zh, job.failure_en = "在开始之前就被停止了。", "It was stopped before it began."
        db.record("job.stop", id)
    return job


def full() -> Refusal:
    """No more may wait."""
    return Refusal(
        "busy",
        "排队的任务已满，请稍后再试。",
        "The queue is full. Please try again later.",
        headers={"Retry-After": "30"},
    )


def _known(db: Reading, key: str) -> Job | None:
    return db.scalar(select(Job).where(Job.key == key))
