"""What is published in these tests? The lawful table of the tiny school, made by hand, and plans one change away from it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.store.base import AccountId
from api.store.people import Account, Guardianship, Role, RoleHeld
from api.store.planning import PlanVersion, ScenarioVersion, Term
from api.store.store import Store
from scheduler.domain import RoomId, SlotId, StaffId
from scheduler.intake import scenario_to_json
from scheduler.publish.exchange import timetable_to_json
from scheduler.timetable import Change, ChangeKind, SectionId, Timetable
from tests.repair.schools import tiny
from tests.service.conftest import CLERK, HERE
from tests.service.people import Caller, signed_in

ZHAO, LI = "202403", "202203"
"""赵一鸣 of class 2-1 and 李思琪 of class 4-1; both read in reading-2 or cut paper in paper-1."""
OFF = date(2025, 9, 9)


def plans() -> dict[str, Timetable]:
    """`first`; `moved`: reading-2 in another room; `off`: one meeting of paper-1 is cancelled; `breach`: nobody cuts paper.

    `week`: in one week a meeting is cancelled, another moved to its hour, and a third led by somebody else.
    """
    _, table = tiny()
    reading = tuple(replace(one, room=RoomId("r4")) if one.section == "reading-2" else one for one in table.meetings)
    change = Change(section=SectionId("paper-1"), slot=SlotId("tue-2"), day=OFF, kind=ChangeKind.CANCEL, why="周老师培训")
    moved = Change(
        section=SectionId("reading-1"),
        slot=SlotId("mon-2"),
        day=date(2025, 9, 8),
        kind=ChangeKind.MOVE,
        why="场地检修",
        new_day=OFF,
        new_slot=SlotId("tue-2"),
        new_room=RoomId("r2"),
        new_staff=(StaffId("zhou"),),
    )
    led = Change(
        section=SectionId("reading-3"),
        slot=SlotId("thu-1"),
        day=date(2025, 9, 11),
        kind=ChangeKind.SUBSTITUTE,
        why="王老师外出",
        new_staff=(StaffId("zhou"),),
    )
    return {
        "first": table,
        "moved": replace(table, meetings=reading),
        "off": replace(table, changes=(change,)),
        "week": replace(table, changes=(change, moved, led)),
        "breach": replace(table, placements=tuple(one for one in table.placements if one.section != "paper-1")),
    }


@dataclass
class World:
    """A term with five plans and nothing published, and who acts in it."""

    store: Store
    http: TestClient
    term: str
    plans: dict[str, str]
    office: Caller

    def publish(self, plan: str, seen: int | None = None, reason: str = "开学") -> httpx2.Response:
        """As the office, having seen what is published now."""
        if seen is None:
            seen = self.office.ask("GET", f"/api/v1/terms/{self.term}/publication").json()["number"]
        body = {"plan": self.plans.get(plan, plan), "reason": reason}
        return self.office.ask("POST", f"/api/v1/terms/{self.term}/publications", json=body, headers={"If-Match": f'"{seen}"'})

    def withdraw(self, seen: int, back: bool = True) -> httpx2.Response:
        body = {"reason": "有误", "back": back}
        path = f"/api/v1/terms/{self.term}/publications/withdraw"
        return self.office.ask("POST", path, json=body, headers={"If-Match": f'"{seen}"'})

    def person(self, role: Role, subject: str = "", children: Sequence[str] = (), login: str | None = None) -> Caller:
        """Somebody signed in, with one role."""
        with self.store.writing(HERE, CLERK) as db:
            row = Account(name=f"{role} {subject}", login=login)
            db.add(row)
            db.flush()
            db.add(RoleHeld(account=AccountId(row.id), role=role, subject=subject))
            for child in children:
                db.add(Guardianship(account=AccountId(row.id), pupil=child))
                db.flush()
            db.record("account.add", row.id)
        return signed_in(self.http, self.store, HERE, role, AccountId(row.id))

    def link(self, caller: Caller, path: str) -> str:
        """The path of a new calendar, from `children`, `pupils/…` and so on."""
        made = caller.ask("POST", f"/api/v1/calendars/{path}")
        assert made.status_code == 201, made.text
        return path_of(made.json())

    def feed(self, path: str, **headers: str) -> httpx2.Response:
        """As a calendar program, without cookies."""
        return self.http.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def count(self, kind: type[Any]) -> int:
        with self.store.reading(HERE) as db:
            return db.scalar(select(func.count()).select_from(kind)) or 0


def path_of(link: dict[str, str]) -> str:
    return link["address"].removeprefix("http://127.0.0.1:8000")


def furnish(store: Store) -> tuple[str, dict[str, str]]:
    """The term and its plans, by name."""
    scenario, _ = tiny()
    with store.writing(HERE, CLERK) as db:
        # The service goes by the dates of its term: this one is not over when the test is run.
        term = Term(name="2025 秋", first=date(2025, 9, 1), last=date(2099, 1, 22))
        db.add(term)
        db.flush()
        text = scenario_to_json(scenario)
        facts = ScenarioVersion(term=term.id, number=1, digest=hashlib.sha256(text.encode()).hexdigest(), text=text)
        db.add(facts)
        db.flush()
        term.scenario = facts.id
        made = {}
        for number, (name, table) in enumerate(plans().items(), 1):
            plan = timetable_to_json(table)
            row = PlanVersion(
                term=term.id,
                number=number,
                scenario=facts.id,
                scenario_digest=facts.digest,
                pack=scenario.school.county,
                pack_checked=date(2025, 8, 1),
                solver="by hand",
                seed=0,
                options={},
                repeatable=True,
                # The word of the row is not what counts: the plan is audited again.
                lawful=True,
                digest=hashlib.sha256(plan.encode()).hexdigest(),
                timetable=plan,
                report="{}",
                summary={},
            )
            db.add(row)
            db.flush()
            made[name] = row.id
        db.record("term.furnish", term.id)
    return term.id, made


def world(store: Store, http: TestClient) -> World:
    term, made = furnish(store)
    built = World(store, http, term, made, office=None)  # type: ignore[arg-type]
    built.office = built.person(Role.OFFICE)
    return built
