"""Does a job have one holder at a time, and one end?"""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.problems import Refusal
from api.service import asking
from api.service.claims import Claim, Lost, beat, claim, claim_next, ended, failed, release
from api.store.base import TermId, now
from api.store.planning import MAX_TRIES, Job, JobKind, JobState
from api.store.record import LogEntry
from api.store.store import Store
from tests.service.conftest import CLERK, HERE, THERE
from tests.service.jobs.work import asked, job_of, planned_term
from tests.service.operation.served import measured
from tests.service.rows import term

LEASE = 60.0


def queued(store: Store, of: TermId, count: int = 1) -> list[str]:
    """Jobs that wait, without a question."""
    with store.writing(HERE, CLERK) as db:
        jobs = [Job(kind=JobKind.SOLVE, term=of, asked={}) for _ in range(count)]
        db.add_all(jobs)
        db.record("job.solve", of)
    return [job.id for job in jobs]


def run_out(store: Store, id: str) -> None:
    """The lease of a job ends now."""
    with store.bookkeeping(HERE) as db:
        db.lock(Job, id).lease_until = now() - timedelta(seconds=1)


def races(store: Store, other: Store, count: int, take: Callable[[Store, str, str], object]) -> int:
    """How often both of two runners got the job they both wanted at once."""
    ids = queued(store, term(store), count)
    got: dict[str, list[str]] = {id: [] for id in ids}
    barrier = threading.Barrier(2)

    def want(store: Store, holder: str) -> None:
        for id in ids:
            barrier.wait()
            if take(store, id, holder):
                got[id].append(holder)

    hands = [threading.Thread(target=want, args=each) for each in ((store, "a"), (other, "b"))]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert all(got.values()), "somebody gets it"
    return sum(len(holders) > 1 for holders in got.values())


def guarded(store: Store, id: str, holder: str) -> object:
    return claim(store, HERE, id, holder, LEASE)


def looked_first(store: Store, id: str, holder: str) -> object:
    """As somebody would write it who reads, thinks, and then writes."""
    with store.reading(HERE) as db:
        free = db.find(Job, id).state is JobState.QUEUED
    if free:
        with store.bookkeeping(HERE) as db:
            job = db.lock(Job, id)
            job.state, job.holder = JobState.RUNNING, holder
    return free


def test_two_runners_never_start_one_job_twice(store: Store, database: str):
    other = Store(database)
    assert races(store, other, 60, guarded) == 0
    other.close()


@pytest.mark.long
def test_five_hundred_times_two_runners_never_start_one_job_twice(store: Store, database: str, kind: str):
    other = Store(database)
    assert races(store, other, 500, guarded) == 0
    other.close()
    measured("B7 races", kind=kind, races=500, started_twice=0)


def test_who_looks_first_and_writes_later_starts_jobs_twice(store: Store, database: str):
    """The control of the races."""
    other = Store(database)
    assert races(store, other, 60, looked_first) > 0
    other.close()


def test_a_held_job_is_nobody_elses_until_its_lease_runs_out(store: Store):
    (id,) = queued(store, term(store))
    first = claim_next(store, "a", LEASE)
    assert first is not None
    assert claim_next(store, "b", LEASE) is None
    run_out(store, id)
    second = claim_next(store, "b", LEASE)
    assert second is not None
    assert (second.attempt, job_of(store, id).holder) == (2, "b")


def test_without_a_lease_a_job_is_started_twice(store: Store):
    """The control: a lease of no length is none."""
    queued(store, term(store))
    assert claim_next(store, "a", 0.0) is not None
    assert claim_next(store, "b", 0.0) is not None


def test_who_has_lost_a_job_can_neither_go_on_nor_end_it(store: Store):
    (id,) = queued(store, term(store))
    first = claim_next(store, "a", LEASE)
    assert first is not None
    run_out(store, id)
    second = claim_next(store, "b", LEASE)
    assert second is not None
    with pytest.raises(Lost):
        beat(store, first, LEASE)
    with pytest.raises(Lost):
        failed(store, first, "x", "x")
    with pytest.raises(Lost):
        release(store, first)
    ended(store, second, JobState.DONE, lambda db, job: None)
    with pytest.raises(Lost):
        ended(store, second, JobState.DONE, lambda db, job: None)
    with store.reading(HERE) as db:
        lines = db.scalars(select(LogEntry.action).where(LogEntry.object == id)).all()
    assert list(lines) == ["job.done"]


def test_an_end_that_fails_changes_nothing(store: Store):
    (id,) = queued(store, term(store))
    held = claim_next(store, "a", LEASE)
    assert held is not None

    def spoilt(db: object, job: Job) -> None:
        job.failure_en = "half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ended(store, held, JobState.DONE, spoilt)
    assert (job_of(store, id).state, job_of(store, id).failure_en) == (JobState.RUNNING, "")


def test_a_sign_of_life_keeps_the_job_and_tells_of_the_stop_flag(store: Store):
    (id,) = queued(store, term(store))
    held = claim_next(store, "a", LEASE)
    assert held is not None
    run_out(store, id)
    assert beat(store, held, LEASE) is False
    assert claim_next(store, "b", LEASE) is None
    asking.stop(store, HERE, CLERK, id)
    assert beat(store, held, LEASE) is True


def test_a_job_is_tried_three_times_and_then_only_saved(store: Store):
    (id,) = queued(store, term(store))
    attempts = []
    for _ in range(MAX_TRIES + 1):
        held = claim_next(store, "a", LEASE)
        assert held is not None
        attempts.append((held.attempt, held.spent))
        run_out(store, id)
    assert attempts == [(1, False), (2, False), (3, False), (4, True)]
    assert job_of(store, id).attempt == MAX_TRIES


def test_a_job_given_back_was_not_tried(store: Store):
    (id,) = queued(store, term(store))
    held = claim_next(store, "a", LEASE)
    assert held is not None
    release(store, held)
    assert (job_of(store, id).state, job_of(store, id).attempt) == (JobState.QUEUED, 0)


def test_the_oldest_job_comes_first_whatever_its_school(store: Store):
    ids = queued(store, term(store), 3)
    claimed: list[Claim | None] = [claim_next(store, "a", LEASE) for _ in ids]
    order = sorted(ids, key=lambda id: (job_of(store, id).created, id))
    assert [each.id for each in claimed if each] == order


def test_fifty_clicks_are_one_job(store: Store):
    of = planned_term(store)
    made: list[str] = []
    clicks = [threading.Thread(target=lambda: made.append(asked(store, of).id)) for _ in range(50)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(made) == 50
    assert len(set(made)) == 1
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Job)) == 1
        assert db.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.action == "job.solve")) == 1


def test_another_seed_other_facts_or_another_kind_is_another_question(store: Store):
    of = planned_term(store)
    first = asked(store, of)
    assert asked(store, of).id == first.id
    assert asked(store, of, reason="again").id == first.id, "why it is asked changes no answer"
    others = {asked(store, of, seed=1).id, asked(store, of, JobKind.EXPLAIN).id, asked(store, planned_term(store)).id}
    assert len({first.id, *others}) == 4


def test_what_failed_or_was_stopped_may_be_asked_again(store: Store):
    of = planned_term(store)
    first = asked(store, of)
    asking.stop(store, HERE, CLERK, first.id)
    assert job_of(store, first.id).state is JobState.STOPPED
    second = asked(store, of)
    assert second.id != first.id
    held = claim_next(store, "a", LEASE)
    assert held is not None
    failed(store, held, "坏了", "broken")
    assert asked(store, of).id not in (first.id, second.id)


def test_a_full_queue_refuses_and_keeps_nothing(store: Store):
    of = planned_term(store)
    asked(store, of, queue=1)
    with pytest.raises(Refusal):
        asked(store, of, queue=1, seed=1)
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Job)) == 1


def test_no_school_sees_anothers_jobs(store: Store):
    asked(store, planned_term(store))
    with store.reading(THERE) as db:
        assert db.scalar(select(func.count()).select_from(Job)) == 0
