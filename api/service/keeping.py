"""How does what a process made become a plan that stays? One row, with everything the plan stands on."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from api.service.asking import program
from api.service.hands import ARCHIVE
from api.store import facts
from api.store.base import AccountId, JobId, Json, SchoolId, TermId, now
from api.store.log import Actor
from api.store.planning import Archive, Job, PlanVersion, ScenarioVersion, Term
from api.store.sessions import Everywhere, Writing
from api.store.store import Store
from scheduler.policy import load_policy

KEPT = timedelta(days=1)
"""How long an archive waits to be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished plan on its way into the store."""

    timetable: str
    """Canonical JSON."""
    report: str
    """The audit's, as JSON."""
    lawful: bool
    summary: dict[str, Json]
    seed: int
    options: dict[str, Json]
    repeatable: bool
    parent: str | None = None
    job: JobId | None = None
    made_by: AccountId | None = None
    reason: str = ""


def keep(db: Writing, term: TermId, scenario: str, county: str, policies: Path | None, made: Made) -> PlanVersion:
    """The plan as the next version of its term. Call `record` after it.

    `scenario`: id of the facts it was made for. Errors: `Missing`.
    """
    # Held until the end, so that no two plans get one number.
    db.lock(Term, term)
    stands_on = db.find(ScenarioVersion, scenario)
    last = db.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.term == term)) or 0
    row = PlanVersion(
        term=term,
        number=last + 1,
        parent=made.parent,
        job=made.job,
        scenario=scenario,
        scenario_digest=stands_on.digest,
        pack=county,
        pack_checked=date.fromisoformat(load_policy(county, policies).checked),
        solver=program(),
        seed=made.seed,
        options=dict(made.options),
        repeatable=made.repeatable,
        lawful=made.lawful,
        digest=hashlib.sha256(made.timetable.encode()).hexdigest(),
        timetable=made.timetable,
        report=made.report,
        summary=dict(made.summary),
        made_by=made.made_by,
        reason=made.reason,
    )
    db.add(row)
    db.flush()
    return row


def keep_work(db: Writing, job: Job, folder: Path, whole: bool, policies: Path | None) -> None:
    """What the process of a job left in its folder, put into the store: a plan where it made one, changed facts, an
    archive, the result.

    `whole`: the work was neither stopped nor rescued. Errors: `Moved` where the facts were changed while it worked.
    """
    result: dict[str, Json] = json.loads((folder / "result.json").read_text("utf-8"))
    job.result = result
    asked = job.asked if isinstance(job.asked, dict) else {}
    if (folder / ARCHIVE).exists():
        db.add(Archive(job=JobId(job.id), content=(folder / ARCHIVE).read_bytes(), expires=now() + KEPT))
    if not (folder / "timetable.json").exists():
        return
    assert job.scenario is not None
    scenario = job.scenario
    reason = str(asked.get("reason") or "")
    if (folder / "after.json").exists():
        after = (folder / "after.json").read_text("utf-8")
        if after != facts.text_of(db, scenario):
            scenario = facts.replace(db, job.term, after, scenario, job.asked_by, reason).id
    timetable = (folder / "timetable.json").read_text("utf-8")
    summary = result.get("summary")
    seed, parent = asked.get("seed"), asked.get("plan")
    made = Made(
        timetable=timetable,
        report=(folder / "report.json").read_text("utf-8"),
        lawful=bool(result.get("lawful")),
        summary=summary if isinstance(summary, dict) else {},
        seed=seed if isinstance(seed, int) else 0,
        options={name: value for name, value in asked.items() if name not in ("changes", "plan", "reason")},
        repeatable=whole and bool(asked.get("deterministic")),
        parent=parent if isinstance(parent, str) else None,
        job=JobId(job.id),
        made_by=job.asked_by,
        reason=reason,
    )
    job.plan = keep(db, job.term, scenario, json.loads(timetable)["county"], policies, made).id
    job.best = None


def forget_archives(store: Store, school: SchoolId, actor: Actor) -> None:
    """Deletes archives that are too old. Their jobs stay; whoever asks again gets a new one."""
    with store.reading(school) as db:
        old = db.execute(select(Archive.id, Archive.job).where(Archive.expires <= now())).all()
    if not old:
        return
    with store.writing(school, actor) as db:
        for id, job in old:
            db.lock(Job, job).key = None
            kept = db.get(Archive, (school, id), with_for_update=True)
            if kept is not None:
                db.delete(kept)
        db.record("archive.forget", school)


def forget_all_archives(store: Store, actor: Actor) -> None:
    """The same in all schools."""
    with store.reading(Everywhere("which archives are too old")) as db:
        schools = db.scalars(select(Archive.school).where(Archive.expires <= now()).distinct()).all()
    for school in schools:
        forget_archives(store, school, actor)
