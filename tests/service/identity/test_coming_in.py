"""How do people come in, and is every door shut again when it should be?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from api.identity import invitations
from api.identity.secret import hashed
from api.service.app import create_service
from api.settings import Settings
from api.store import migrate
from api.store.base import AccountId, now
from api.store.people import Account, Guardianship, Invitation, Role, RoleHeld, SignIn
from api.store.record import LogEntry
from api.store.sessions import Everywhere
from api.store.store import Store
from tests.service.conftest import BASE, CLERK, HERE, THERE
from tests.service.people import PASSWORD, Caller, add, said, signed_in


def family_code(store: Store, pupil: str = "pupil-1") -> str:
    with store.writing(HERE, CLERK) as db:
        (made,) = invitations.family_codes(db, None, "class-1", [pupil])
        db.record("family_codes.make", "class-1")
    return made.code


def staff_code(store: Store, role: Role = Role.OFFICE) -> str:
    with store.writing(HERE, CLERK) as db:
        row, code = invitations.invite(db, None, role, "王老师")
        db.record("invitation.make", row.id)
    return code


def staff(nobody: TestClient, store: Store, login: str = "wang") -> str:
    """Signs in a new clerk and gives the token of their pages."""
    answer = nobody.post("/api/v1/codes", json={"code": staff_code(store), "login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf"])


def test_the_first_administrator_comes_in_by_the_code_of_the_terminal(empty: str):
    store = Store(empty)
    migrate.upgrade(store.database)
    school, first = invitations.open_school(store, "一小", "yueyang")
    again = invitations.first_code(store)
    assert again is not None
    browser = TestClient(create_service(Settings(), store), base_url=BASE)
    asked = {"code": first, "name": "李老师", "login": "li", "password": PASSWORD}
    assert browser.post("/api/v1/codes", json=asked).status_code == 422, "the code before is dead"
    assert browser.post("/api/v1/codes", json={**asked, "code": again}).status_code == 200
    me = browser.get("/api/v1/me").json()
    assert (me["name"], me["roles"], me["school"]) == ("李老师", {"administrator": []}, school)
    assert invitations.first_code(store) is None, "now there is somebody"
    store.close()


def test_a_family_comes_in_by_its_code_and_sees_its_child(nobody: TestClient, store: Store):
    answer = nobody.post("/api/v1/codes", json={"code": family_code(store).upper()})
    assert answer.status_code == 200
    me = nobody.get("/api/v1/me").json()
    assert me["roles"] == {"guardian": ["pupil-1"]}
    assert me["children"] == {"pupil-1": ""}


def test_a_second_child_is_added_to_the_same_account(nobody: TestClient, store: Store):
    csrf = nobody.post("/api/v1/codes", json={"code": family_code(store)}).json()["csrf"]
    second = {"code": family_code(store, "pupil-2")}
    assert nobody.post("/api/v1/codes", json=second, headers={"X-CSRF-Token": csrf}).status_code == 200
    assert set(nobody.get("/api/v1/me").json()["children"]) == {"pupil-1", "pupil-2"}
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Account)) == 1


def test_a_code_opens_once(app: FastAPI, store: Store):
    code = family_code(store)
    browsers = [TestClient(app, base_url=BASE) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: browser.post("/api/v1/codes", json={"code": code}).status_code, browsers))
    assert sorted(answers) == [200, 422, 422, 422, 422, 422]
    with store.reading(HERE) as db:
        assert db.scalar(select(func.count()).select_from(Guardianship)) == 1


def test_an_expired_a_revoked_and_an_unknown_code_get_the_same_answer(nobody: TestClient, store: Store):
    expired, revoked = family_code(store, "pupil-1"), family_code(store, "pupil-2")
    with store.writing(HERE, CLERK) as db:
        db.execute(update(Invitation).where(Invitation.subject == "pupil-1").values(expires=now() - timedelta(seconds=1)))
        db.record("invitation.age", "test")
    family_code(store, "pupil-2")
    answers = [
        nobody.post("/api/v1/codes", json={"code": code}) for code in (expired, revoked, "7k2mq-00000-00000-00000-00000-0")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all(said(answer) == said(answers[0]) for answer in answers)


def test_staff_choose_a_login_and_come_back_with_it(app: FastAPI, nobody: TestClient, store: Store):
    staff(nobody, store, "Wang")
    later = TestClient(app, base_url=BASE)
    answer = later.post("/api/v1/sign-in", json={"login": " wang", "password": PASSWORD, "school": HERE})
    assert answer.status_code == 200
    assert later.get("/api/v1/me").json()["roles"] == {"office": []}


def test_a_login_that_somebody_has_is_refused_and_the_code_still_works(app: FastAPI, nobody: TestClient, store: Store):
    staff(nobody, store)
    code = staff_code(store)
    other = TestClient(app, base_url=BASE)
    assert other.post("/api/v1/codes", json={"code": code, "login": "wang", "password": PASSWORD}).status_code == 409
    assert other.post("/api/v1/codes", json={"code": code, "login": "wang2", "password": PASSWORD}).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_only_its_hash_is_kept(store: Store):
    for https in (False, True):
        browser = TestClient(create_service(Settings(https=https), store), base_url=BASE.replace("http:", "https:"))
        answer = browser.post("/api/v1/codes", json={"code": family_code(store)})
        header = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=lax", "path=/"} <= set(header.split("; "))
        assert ("secure" in header.split("; ")) is https
        assert header.startswith("__host-") is https
        (value,) = answer.cookies.values()
        assert len(value) >= 43, "256 bits"
        with store.reading(HERE) as db:
            kept = set(db.scalars(select(SignIn.token_hash)))
        assert hashed(value) in kept
        assert value not in kept


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(nobody: TestClient, app: FastAPI, store: Store):
    staff(nobody, store)
    stranger = TestClient(app, base_url=BASE)
    asked = [
        {"login": "wang", "password": "wrong", "school": HERE},
        {"login": "nobody", "password": "wrong", "school": HERE},
        {"login": "wang", "password": PASSWORD, "school": "nowhere"},
        {"login": "wang", "password": PASSWORD, "school": THERE},
    ]
    answers = [stranger.post("/api/v1/sign-in", json=each) for each in asked]
    assert {answer.status_code for answer in answers} == {401}
    assert all(said(answer) == said(answers[0]) for answer in answers)


def test_guessing_is_stopped_per_account_and_neighbours_still_come_in(app: FastAPI, nobody: TestClient, store: Store):
    staff(nobody, store, "wang")
    neighbour = TestClient(app, base_url=BASE)
    staff(neighbour, store, "li")
    stranger = TestClient(app, base_url=BASE)
    asked = {"login": "wang", "password": "guess", "school": HERE}
    answers = [stranger.post("/api/v1/sign-in", json=asked).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    right = stranger.post("/api/v1/sign-in", json={**asked, "password": PASSWORD})
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) > 0
    # All of a school share one address: whoever else comes in is not stopped.
    assert stranger.post("/api/v1/sign-in", json={**asked, "login": "li", "password": PASSWORD}).status_code == 200
    # Nor is a browser that is in already.
    assert nobody.get("/api/v1/me").status_code == 200


def test_signing_out_works_at_the_next_request_in_every_process(store: Store, database: str, nobody: TestClient):
    csrf = staff(nobody, store)
    other_process = TestClient(create_service(Settings(), Store(database)), base_url=BASE, cookies=dict(nobody.cookies))
    assert other_process.get("/api/v1/me").status_code == 200
    cookies = dict(nobody.cookies)
    assert nobody.post("/api/v1/sign-out", headers={"X-CSRF-Token": csrf}).status_code == 204
    other_process.cookies.update(cookies)
    assert other_process.get("/api/v1/me").status_code == 401
    other_process.app.state.store.close()  # type: ignore[attr-defined]


def test_logout_everywhere_shuts_all_browsers_and_programs(app: FastAPI, http: TestClient, store: Store):
    account = add(store, HERE, Role.OFFICE)
    browsers = [signed_in(http, store, HERE, Role.OFFICE, account) for _ in range(3)]
    secret = browsers[0].ask("POST", "/api/v1/me/tokens", json={"name": "x", "purposes": ["me"]}).json()["secret"]
    program = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/me").status_code == 200
    assert browsers[0].ask("POST", "/api/v1/sign-out-everywhere").status_code == 204
    assert [browser.ask("GET", "/api/v1/me").status_code for browser in browsers] == [401] * 3
    assert program.get("/api/v1/me").status_code == 401


@pytest.fixture
def clerk(http: TestClient, store: Store) -> Caller:
    return signed_in(http, store, HERE, Role.ADMINISTRATOR, add(store, HERE, Role.ADMINISTRATOR))


def test_a_role_that_is_taken_back_is_gone_at_the_next_request(http: TestClient, store: Store, clerk: Caller):
    account = add(store, HERE, None)
    somebody = signed_in(http, store, HERE, None, account)
    assert somebody.ask("GET", "/api/v1/accounts").status_code == 403
    given = clerk.ask("POST", f"/api/v1/accounts/{account}/roles", json={"role": "leader"})
    assert given.status_code == 201
    assert somebody.ask("GET", "/api/v1/accounts").status_code == 200
    assert clerk.ask("DELETE", f"/api/v1/accounts/{account}/roles/{given.json()['id']}").status_code == 204
    assert somebody.ask("GET", "/api/v1/accounts").status_code == 403


def test_a_role_with_a_last_day_ends_by_itself(http: TestClient, store: Store):
    account = add(store, HERE, None)
    with store.writing(HERE, CLERK) as db:
        db.add(RoleHeld(account=account, role=Role.LEADER, until=now() - timedelta(seconds=1)))
        db.add(RoleHeld(account=account, role=Role.BUREAU, since=now() + timedelta(days=1)))
        db.record("role.give", account)
    assert signed_in(http, store, HERE, None, account).ask("GET", "/api/v1/me").json()["roles"] == {}


def test_a_shut_account_is_out_at_the_next_request(http: TestClient, store: Store, clerk: Caller):
    account = add(store, HERE, Role.OFFICE)
    somebody = signed_in(http, store, HERE, Role.OFFICE, account)
    seen = clerk.ask("GET", f"/api/v1/accounts/{account}")
    shut = clerk.ask("PATCH", f"/api/v1/accounts/{account}", json={"active": False}, headers={"If-Match": seen.headers["etag"]})
    assert shut.status_code == 200
    assert somebody.ask("GET", "/api/v1/me").status_code == 401


def test_the_second_of_two_clerks_gets_409_with_both_versions(store: Store, clerk: Caller):
    path = f"/api/v1/accounts/{add(store, HERE, Role.OFFICE)}"
    seen = {"If-Match": clerk.ask("GET", path).headers["etag"]}
    assert clerk.ask("PATCH", path, json={"name": "first"}, headers=seen).status_code == 200
    refused = clerk.ask("PATCH", path, json={"name": "second"}, headers=seen)
    assert refused.status_code == 409
    told = refused.json()
    assert (told["expected"], told["version"], told["current"]["name"]) == (1, 2, "first")
    assert clerk.ask("PATCH", path, json={"name": "third"}).status_code == 428
    assert clerk.ask("GET", path).json()["name"] == "first"


def test_a_program_may_do_a_part_of_what_its_owner_may_and_never_more(app: FastAPI, store: Store, clerk: Caller):
    made = clerk.ask("POST", "/api/v1/me/tokens", json={"name": "sync", "purposes": ["accounts"]})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret not in clerk.ask("GET", "/api/v1/me/tokens").text
    program = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/accounts").status_code == 200
    assert program.get("/api/v1/log").status_code == 403
    assert program.post("/api/v1/me/tokens", json={"name": "x", "purposes": ["log"]}).status_code == 403
    # It sends no cookie, so no page can make it speak: it needs no token of a page.
    invited = program.post("/api/v1/invitations", json={"role": "office", "name": "x"})
    assert invited.status_code == 201
    assert clerk.ask("DELETE", f"/api/v1/me/tokens/{made.json()['id']}").status_code == 204
    assert program.get("/api/v1/accounts").status_code == 401


def test_a_password_is_changed_only_by_who_knows_it_and_shuts_other_browsers(app: FastAPI, nobody: TestClient, store: Store):
    csrf = staff(nobody, store)
    other = TestClient(app, base_url=BASE)
    other.post("/api/v1/sign-in", json={"login": "wang", "password": PASSWORD, "school": HERE})
    change = {"old": "wrong", "new": "a quite new password"}
    assert nobody.put("/api/v1/me/password", json=change, headers={"X-CSRF-Token": csrf}).status_code == 422
    change["old"] = PASSWORD
    assert nobody.put("/api/v1/me/password", json=change, headers={"X-CSRF-Token": csrf}).status_code == 204
    assert nobody.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


def test_coming_in_and_being_refused_leave_their_lines_without_secrets(app: FastAPI, nobody: TestClient, store: Store):
    staff(nobody, store)
    TestClient(app, base_url=BASE).post("/api/v1/sign-in", json={"login": "wang", "password": "wrong-guess", "school": HERE})
    with store.reading(HERE) as db:
        lines = db.scalars(select(LogEntry).order_by(LogEntry.sequence)).all()
    assert [line.action for line in lines][-2:] == ["invitation.use", "sign_in.refuse"]
    told = " ".join(f"{line.actor} {line.source} {line.object} {line.reason} {line.rows}" for line in lines)
    assert not any(secret in told for secret in ("wrong-guess", PASSWORD, *nobody.cookies.values()))
    with store.reading(Everywhere("test")) as db:
        assert AccountId(lines[-1].actor) in set(db.scalars(select(Account.id)))
