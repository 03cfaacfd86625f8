"""What does a fresh installation show? A sample school with its plan, and one account of each role, on this computer only."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from api.identity.passwords import is_password, password_hash
from api.language import Language
from api.service import publishing
from api.service.keeping import Made, keep
from api.settings import Settings
from api.store import facts
from api.store.base import AccountId, JobId, Json, SchoolId, TermId, now
from api.store.log import Actor
from api.store.people import Account, Guardianship, Role, RoleHeld, School
from api.store.planning import Job, JobKind, JobState, Term
from api.store.sessions import Writing
from api.store.store import Store
from scheduler import line
from scheduler.domain import Scenario
from scheduler.make import Outcome
from scheduler.publish.exchange import timetable_to_json
from scheduler.telling import report_record
from scheduler.timetable import Timetable

DEMO = SchoolId("demo")
TERMINAL = Actor("terminal", "terminal")
WORDS = {
    Role.OFFICE: ("教务处", "school office"),
    Role.LEADER: ("学校负责人", "school leader"),
    Role.HEAD_TEACHER: ("班主任", "head teacher"),
    Role.TEACHER: ("教师", "teacher"),
    Role.PROVIDER: ("第三方机构", "provider"),
    Role.GUARDIAN: ("家长", "guardian"),
    Role.PUPIL: ("学生", "pupil"),
    Role.BUREAU: ("教育局", "education bureau"),
    Role.ADMINISTRATOR: ("系统管理员", "administrator"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A role to be tried, held by somebody of the sample school."""

    role: Role
    name: str
    subject: str = ""

    @property
    def login(self) -> str:
        return self.role.value.replace("_", "-")


def lives(store: Store, today: date) -> bool:
    """Whether the sample school was founded before, and has a term that is not over."""
    with store.reading(DEMO) as db:
        return db.scalar(select(Term.id).where(Term.last >= today)) is not None


def found(store: Store, scenario: Scenario, text: str, outcome: Outcome, seed: int, settings: Settings) -> None:
    """A term of the school, its facts and its plan, kept in one step, with its people if they are not there from a term before.

    Then the plan is published, if it is lawful.
    """
    with store.writing(DEMO, TERMINAL) as db:
        known = db.scalar(select(Account.id).where(Account.login == Part(Role.OFFICE, "").login))
        office = AccountId(known) if known is not None else _founded(db, scenario, outcome.timetable)
        term = Term(name=scenario.term.name, first=scenario.term.start, last=scenario.term.end)
        db.add(term)
        db.flush()
        version = facts.replace(db, TermId(term.id), text, None, office, "示例学校")
        options: dict[str, Json] = {"seed": seed}
        job = Job(
            kind=JobKind.SOLVE, state=JobState.DONE, term=TermId(term.id), scenario=version.id, asked=options, asked_by=office
        )
        job.started = job.ended = now()
        job.result = {
            "status": outcome.status.value,
            "lawful": outcome.report.lawful,
            "explanation_zh": list(outcome.explanation_zh),
            "explanation_en": list(outcome.explanation_en),
        }
        db.add(job)
        db.flush()
        made = Made(
            timetable=timetable_to_json(outcome.timetable),
            report=line.json_text(report_record(outcome.report)),
            lawful=outcome.report.lawful,
            summary=_plain(outcome.summary),
            seed=seed,
            options=options,
            repeatable=False,
            job=JobId(job.id),
            made_by=office,
            reason="示例方案",
        )
        plan = keep(db, TermId(term.id), version.id, scenario.school.county, settings.policies, made)
        job.plan = plan.id
        db.record(*("school.open", DEMO) if known is None else ("term.open", term.id), "demo")
    if outcome.report.lawful:
        asked = publishing.Asked(term.id, plan.id, 0, "示例公示", office)
        publishing.publish(store, DEMO, TERMINAL, asked, False, settings.policies)


def told_accounts(store: Store, settings: Settings, language: Language) -> Iterator[str]:
    """The accounts as lines for the terminal. Whatever became of their passwords, those told are right from now on."""
    secret = _secret(settings.state / "demo-secret")
    yield (
        "示例账号（密码只属于这次安装）：" if language == "zh" else "Accounts to try (the passwords are this installation's own):"
    )
    for role in WORDS:
        login = Part(role, "").login
        with store.reading(DEMO) as db:
            account = db.scalar(select(Account).where(Account.login == login))
        if account is None:
            continue
        password = _password(secret, login)
        if not is_password(password, account.password):
            with store.writing(DEMO, TERMINAL) as db:
                db.lock(Account, account.id).password = password_hash(password)
                db.record("account.password", account.id, "demo")
        zh, en = WORDS[role]
        yield f"  {login:<14} {password}   {zh if language == 'zh' else en} {account.name}"


def _founded(db: Writing, scenario: Scenario, timetable: Timetable) -> AccountId:
    """The school and its people; the account of its office."""
    db.add(School(name=f"{scenario.school.name}（示例）", county=scenario.school.county))
    db.flush()
    office, *_ = [_person(db, part) for part in _cast(scenario, timetable)]
    return office


def _cast(scenario: Scenario, timetable: Timetable) -> Iterator[Part]:
    """Who plays which role: a teacher who teaches, a child who has a place."""
    staff = {person.id: person for person in scenario.staff}
    busy = [person for meeting in timetable.meetings for person in meeting.staff]
    own = [person for person in busy if person in staff and staff[person].provider is None]
    yield Part(Role.OFFICE, "教务处")
    yield Part(Role.LEADER, "校长室")
    home = scenario.home_classes[0]
    yield Part(Role.HEAD_TEACHER, f"{home.name}班主任", home.id)
    if own:
        yield Part(Role.TEACHER, staff[own[0]].name, own[0])
    for provider in scenario.providers[:1]:
        yield Part(Role.PROVIDER, provider.name, provider.id)
    placed = {row.pupil for row in timetable.placements}
    child = next((pupil for pupil in scenario.pupils if pupil.id in placed), None)
    if child is not None:
        yield Part(Role.GUARDIAN, f"{child.name}的家长", child.id)
        yield Part(Role.PUPIL, child.name, child.id)
    yield Part(Role.BUREAU, "教育局")
    yield Part(Role.ADMINISTRATOR, "管理员")


def _person(db: Writing, part: Part) -> AccountId:
    row = Account(name=part.name, login=part.login)
    db.add(row)
    db.flush()
    guardian = part.role is Role.GUARDIAN
    db.add(RoleHeld(account=AccountId(row.id), role=part.role, subject="" if guardian else part.subject))
    if guardian:
        db.add(Guardianship(account=AccountId(row.id), pupil=part.subject))
    return AccountId(row.id)


def _plain(summary: object) -> dict[str, Json]:

    told = json.loads(json.dumps(summary))
    assert isinstance(told, dict)
    return told


def _secret(path: Path) -> bytes:
    """This installation's own; nobody else can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _password(secret: bytes, login: str) -> str:
    """Twelve letters and digits, 60 bits."""
    text = base64.b32encode(hmac.digest(secret, login.encode(), hashlib.sha256)).decode().lower()
    return "-".join(text[at : at + 4] for at in (0, 4, 8))
