"""What does a school plan? Terms, what is known about them, jobs, plans and what was published."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import AccountId, Base, JobId, Json, JsonText, Packed, Row, TermId, Versioned, now, of, of_its_school, words

MAX_TRIES = 3


class Term(Base, Row, Versioned, kw_only=True):
    """学期. Two pointers say what counts now: `scenario` for the office, `publication` for everybody else."""

    __tablename__ = "terms"
    __table_args__ = (of_its_school(),)

    name: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]
    scenario: Mapped[str | None] = mapped_column(default=None)
    """The newest version of the facts."""
    publication: Mapped[str | None] = mapped_column(default=None)
    """What readers see. Changing this one field publishes or withdraws, in one step."""
    created: Mapped[datetime] = mapped_column(default_factory=now)


class ScenarioVersion(Base, Row, kw_only=True):
    """The school's facts at one time, whole. Never changed: an edit makes the next version."""

    __tablename__ = "scenario_versions"
    __table_args__ = (UniqueConstraint("school", "term", "number"), of("term", "terms"))

    term: Mapped[TermId]
    number: Mapped[int]
    """1, 2, 3 … within the term."""
    parent: Mapped[str | None] = mapped_column(default=None)
    digest: Mapped[str]
    """SHA-256 of `text`; equal facts have equal digests."""
    text: Mapped[str] = mapped_column(Packed, deferred=True)
    """The scenario as canonical JSON."""
    made_by: Mapped[AccountId | None] = mapped_column(default=None)
    made: Mapped[datetime] = mapped_column(default_factory=now)
    reason: Mapped[str] = mapped_column(default="")


class Change(StrEnum):
    """What happened to one entity between two versions."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class ScenarioChange(Base, Row, kw_only=True):
    """One entity that a version made otherwise than its parent."""

    __tablename__ = "scenario_changes"
    __table_args__ = (of("scenario", "scenario_versions"), Index(None, "school", "term", "kind", "entity"))

    term: Mapped[TermId]
    scenario: Mapped[str]
    number: Mapped[int]
    """Of the version, so that the last change of an entity is found without looking at the versions."""
    kind: Mapped[str]
    """Field of the scenario: courses, rooms, staff, …"""
    entity: Mapped[str]
    change: Mapped[Change] = mapped_column(words(Change))


class Waiver(Base, Row, Versioned, kw_only=True):
    """豁免: a recorded reason to relax one "in principle" clause, from day to day."""

    __tablename__ = "waivers"
    __table_args__ = (
        of("term", "terms"),
        CheckConstraint("first <= last", name="days_in_order"),
        Index(None, "school", "term"),
    )

    term: Mapped[TermId]
    clause: Mapped[str]
    reason: Mapped[str]
    approver: Mapped[str]
    approved: Mapped[date]
    first: Mapped[date]
    last: Mapped[date]
    made_by: Mapped[AccountId | None] = mapped_column(default=None)
    made: Mapped[datetime] = mapped_column(default_factory=now)
    revoked: Mapped[datetime | None] = mapped_column(default=None)


class JobKind(StrEnum):
    """What a process beside the service is asked to do."""

    SOLVE = "solve"
    REPAIR = "repair"
    EXPLAIN = "explain"
    WHATIF = "whatif"
    EXPORT = "export"


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """Somebody stopped it; the best so far is kept."""


OPEN = (JobState.QUEUED, JobState.RUNNING)


class Job(Base, Row, kw_only=True):
    """One piece of work in a process of its own. This row is the truth, the process only its hands.

    Changed by the runner many times a second at most; its making, stopping and end are recorded, its heartbeat is not.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        of("term", "terms"),
        UniqueConstraint("school", "key"),
        CheckConstraint(f"attempt BETWEEN 0 AND {MAX_TRIES}", name="tries"),
        Index(None, "state", "lease_until"),
        Index(None, "school", "term"),
    )

    kind: Mapped[JobKind] = mapped_column(words(JobKind))
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.QUEUED)
    term: Mapped[TermId]
    scenario: Mapped[str | None] = mapped_column(default=None)
    """The version of the facts it works on."""
    key: Mapped[str | None] = mapped_column(default=None)
    """Digest of input, seed and options: the same question is not worked on twice. `None` once it failed or was stopped."""
    asked: Mapped[Json] = mapped_column(JsonText)
    """Options, by kind."""
    asked_by: Mapped[AccountId | None] = mapped_column(default=None)
    created: Mapped[datetime] = mapped_column(default_factory=now)
    started: Mapped[datetime | None] = mapped_column(default=None)
    ended: Mapped[datetime | None] = mapped_column(default=None)
    holder: Mapped[str | None] = mapped_column(default=None)
    """The runner that has it, by a name of its own for each start."""
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    """After this moment anybody may take it over."""
    heartbeat: Mapped[datetime | None] = mapped_column(default=None)
    attempt: Mapped[int] = mapped_column(default=0)
    stop: Mapped[bool] = mapped_column(default=False)
    """Somebody asked it to stop."""
    progress: Mapped[Json] = mapped_column(JsonText, default=None)
    best: Mapped[str | None] = mapped_column(Packed, default=None, deferred=True)
    """The best plan so far, as canonical JSON."""
    result: Mapped[Json] = mapped_column(JsonText, default=None)
    plan: Mapped[str | None] = mapped_column(default=None)
    """The plan version it made."""
    failure_zh: Mapped[str] = mapped_column(default="")
    failure_en: Mapped[str] = mapped_column(default="")


class Archive(Base, Row, kw_only=True):
    """A plan to take along, until it is too old. It names children, so it is deleted then."""

    __tablename__ = "archives"
    __table_args__ = (UniqueConstraint("school", "job"), of("job", "jobs"))

    job: Mapped[JobId]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """A zip."""
    expires: Mapped[datetime]


class PlanVersion(Base, Row, kw_only=True):
    """A plan, and everything it stands on. Never changed: a move or a repair makes the next version."""

    __tablename__ = "plan_versions"
    __table_args__ = (
        UniqueConstraint("school", "term", "number"),
        of("term", "terms"),
        of("scenario", "scenario_versions"),
    )

    term: Mapped[TermId]
    number: Mapped[int]
    parent: Mapped[str | None] = mapped_column(default=None)
    """The plan it was moved or repaired from."""
    job: Mapped[JobId | None] = mapped_column(default=None)
    scenario: Mapped[str]
    scenario_digest: Mapped[str]
    pack: Mapped[str]
    """County of the policy pack."""
    pack_checked: Mapped[date]
    """Day on which the pack was last compared with its sources."""
    solver: Mapped[str]
    """Versions of the solver and of this program."""
    seed: Mapped[int]
    options: Mapped[Json] = mapped_column(JsonText)
    repeatable: Mapped[bool]
    """The same input gives this plan again, byte for byte."""
    lawful: Mapped[bool]
    """The audit found no breach. Only such a plan may be published."""
    digest: Mapped[str]
    """SHA-256 of `timetable`."""
    timetable: Mapped[str] = mapped_column(Packed, deferred=True)
    """Canonical JSON."""
    report: Mapped[str] = mapped_column(Packed, deferred=True)
    """The audit's, as JSON."""
    summary: Mapped[Json] = mapped_column(JsonText)
    """Figures for lists of plans; no names."""
    made_by: Mapped[AccountId | None] = mapped_column(default=None)
    made: Mapped[datetime] = mapped_column(default_factory=now)
    reason: Mapped[str] = mapped_column(default="")


class Publication(Base, Row, kw_only=True):
    """公示: which plan was shown from when, by whom and why. `Term.publication` points to the one that counts."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("school", "term", "number"), of("term", "terms"), of("plan", "plan_versions"))

    term: Mapped[TermId]
    number: Mapped[int]
    plan: Mapped[str]
    published: Mapped[datetime] = mapped_column(default_factory=now)
    published_by: Mapped[AccountId | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    differences: Mapped[Json] = mapped_column(JsonText, default=None)
    """What is otherwise than in the publication before, in words."""
    withdrawn: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_by: Mapped[AccountId | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
