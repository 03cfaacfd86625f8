"""How is a plan published, and taken back? Looked at first, without holding anybody up; then shown in one step.

The step is one transaction that moves one pointer. Whoever reads sees what was before it or what is after it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from api.problems import Refusal
from api.service import affected
from api.service.affected import Concerned
from api.service.shown import PlanText, current, last_change, plan_text, publications
from api.store.base import AccountId, Json, SchoolId, TermId, now
from api.store.log import Actor
from api.store.planning import PlanVersion, Publication, Term, Waiver
from api.store.sessions import Reading, Writing
from api.store.store import Store
from api.store.trouble import Missing
from scheduler import policy
from scheduler.differences import Side, counts, differences, in_words
from scheduler.domain import ClauseId, Scenario
from scheduler.domain import Waiver as RecordedWaiver
from scheduler.line import judged
from scheduler.publish import NotLawful

MOST_FINDINGS = 50
"""Findings told in full where a plan is refused; all are counted."""
MOST_TOLD = 1000
"""Differences of one kind that are kept in words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to publish, and what they saw when they decided."""

    term: str
    plan: str
    seen: int
    """Number of the publication they saw as the current one; 0 for none."""
    reason: str
    by: AccountId


def publish(store: Store, school: SchoolId, actor: Actor, asked: Asked, robot: bool, policies: Path | None) -> Publication:
    """The plan becomes what everybody sees.

    Errors: `Missing`; `Refusal` where the plan is in breach, or where somebody else published in between.
    """
    step = to_publish(store, school, asked, robot, policies)
    with store.writing(school, actor) as db:
        return step(db)


def to_publish(
    store: Store, school: SchoolId, asked: Asked, robot: bool, policies: Path | None
) -> Callable[[Writing], Publication]:
    """The step that shows the plan, once it was looked at. The step raises `Refusal` where somebody was quicker.

    Errors: `Missing`; `Refusal` where the plan is in breach, or is not what was seen.
    """
    with store.reading(school) as db:
        former = _as_seen(db, asked.term, asked.seen)
        if db.find(PlanVersion, asked.plan).term != asked.term:
            raise Missing("plan")
        plan, waivers = plan_text(db, asked.plan), waivers_of(db, asked.term)
        before = None if former is None else plan_text(db, former.plan)
    after = plan.side()
    _lawful(with_waivers(after.scenario, waivers), after, policies)
    told, whom = _compared(before, after)

    def step(db: Writing) -> Publication:
        term = db.lock(Term, asked.term)
        # Somebody may have published while we looked at the plan.
        _as_seen(db, asked.term, asked.seen)
        if waivers_of(db, asked.term) != waivers:
            raise _changed(current(db, asked.term))
        publication = _next(db, term, asked.plan, asked.by, asked.reason, told)
        affected.put_out(db, publication, whom, robot)
        db.record("plan.publish", publication.id, asked.reason)
        return publication

    return step


def withdraw(
    store: Store, school: SchoolId, actor: Actor, term: str, seen: int, reason: str, by: AccountId, back: bool, robot: bool
) -> Publication | None:
    """Takes the current publication back. With `back`, what was shown before it is shown again, as a new publication.

    Returns what is shown now. Errors: `Missing` where nothing is published; `Refusal` where somebody else was quicker.
    """
    step = to_withdraw(store, school, term, seen, reason, by, back, robot)
    with store.writing(school, actor) as db:
        return step(db)


def to_withdraw(
    store: Store, school: SchoolId, term: str, seen: int, reason: str, by: AccountId, back: bool, robot: bool
) -> Callable[[Writing], Publication | None]:
    """The step that takes the current publication back, and says what is shown then.

    Errors: `Missing` where nothing is published; `Refusal`, now or in the step, where somebody else was quicker.
    """
    with store.reading(school) as db:
        now_shown, former = _pair(db, term, seen, back)
        plan = plan_text(db, now_shown.plan)
        before = None if former is None else plan_text(db, former.plan)
    told, whom = (None, affected.everybody(plan.side())) if before is None else _compared(plan, before.side())

    def step(db: Writing) -> Publication | None:
        owner = db.lock(Term, term)
        now_shown, former = _pair(db, term, seen, back)
        moment = _moment(db, term)
        withdrawn = db.lock(Publication, now_shown.id)
        withdrawn.withdrawn, withdrawn.withdrawn_by, withdrawn.withdrawn_reason = moment, by, reason
        shown = None
        if former is None:
            owner.publication = None
        else:
            shown = _next(db, owner, former.plan, by, reason, told, moment)
        affected.put_out(db, shown or withdrawn, whom, robot, withdrawn=shown is None)
        db.record("plan.withdraw", now_shown.id, reason)
        return shown

    return step


def _pair(db: Reading, term: str, seen: int, back: bool) -> tuple[Publication, Publication | None]:
    """What is shown, and what would be shown again."""
    shown = _as_seen(db, term, seen)
    if shown is None:
        raise Missing("publication")
    kept = [one for one in publications(db, term) if one.withdrawn is None and one.plan != shown.plan]
    return shown, kept[-1] if back and kept else None


def _next(
    db: Writing, term: Term, plan: str, by: AccountId, reason: str, told: Json, moment: datetime | None = None
) -> Publication:
    rows = publications(db, term.id)
    publication = Publication(
        term=TermId(term.id),
        number=len(rows) + 1,
        plan=plan,
        published=moment or _moment(db, term.id),
        published_by=by,
        reason=reason,
        differences=told,
    )
    db.add(publication)
    db.flush()
    term.publication = publication.id
    return publication


def _moment(db: Reading, term: str) -> datetime:
    """Now, in whole seconds and after every change before: `Last-Modified` says no more than seconds."""
    last, moment = last_change(publications(db, term)), now().replace(microsecond=0)
    return moment if last is None else max(moment, last.replace(microsecond=0) + timedelta(seconds=1))


def _as_seen(db: Reading, term: str, seen: int) -> Publication | None:
    shown = current(db, term)
    if (0 if shown is None else shown.number) != seen:
        raise _changed(shown, seen)
    return shown


def _changed(shown: Publication | None, seen: int = 0) -> Refusal:
    number = 0 if shown is None else shown.number
    return Refusal(
        "changed",
        "您打开之后，课表的公示或豁免有变动。请看现在的内容，再决定要不要发布。",
        "The publication or the waivers changed after you opened it. Please look at what is there now, and decide again.",
        headers={"ETag": f'"{number}"'},
        more={"expected": seen, "version": number, "current": None if shown is None else shown.plan},
    )


def _lawful(scenario: Scenario, after: Side, policies: Path | None) -> None:
    report = judged(after.timetable, scenario, policy.load_policy(scenario.school.county, policies))
    if report.lawful:
        return
    findings = (*report.breaches, *report.waivers_needed)
    refused = NotLawful(findings)
    told = [
        {"clause": one.clause.id, "at": one.clause.at, "quote": one.clause.quote, "zh": one.zh, "en": one.en}
        for one in findings[:MOST_FINDINGS]
    ]
    raise Refusal("not-lawful", refused.text("zh"), refused.text("en"), more={"count": len(findings), "findings": told})


def _compared(before: PlanText | None, after: Side) -> tuple[Json, Concerned]:
    if before is None:
        return None, affected.everybody(after)
    was = before.side()
    found = differences(was, after)
    told: Json = {
        "counts": {kind.value: count for kind, count in counts(found).items()},
        "zh": list(in_words(found, "zh", MOST_TOLD)),
        "en": list(in_words(found, "en", MOST_TOLD)),
    }
    return told, affected.concerned(found, was, after)


def waivers_of(db: Reading, term: str) -> Sequence[RecordedWaiver]:
    """The waivers of a term that stand today."""
    rows = db.scalars(select(Waiver).where(Waiver.term == term, Waiver.revoked.is_(None)).order_by(Waiver.id))
    return [
        RecordedWaiver(
            clause=ClauseId(row.clause),
            reason=row.reason,
            approver=row.approver,
            approved_on=row.approved,
            start=row.first,
            end=row.last,
        )
        for row in rows
    ]


def with_waivers(scenario: Scenario, waivers: Sequence[RecordedWaiver]) -> Scenario:
    """The facts a plan was made for, and the waivers recorded since."""
    return replace(scenario, waivers=(*scenario.waivers, *waivers))
