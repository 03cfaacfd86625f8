"""Can people come in and go out on pages, without JavaScript?"""

import re

from fastapi.testclient import TestClient

from api.store.people import Role
from tests.service.conftest import HERE
from tests.service.identity.test_coming_in import family_code, staff_code
from tests.service.people import PASSWORD, add, signed_in
from tests.service.publication.world import furnish

PAGE = {"Accept": "text/html"}


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(nobody: TestClient, store):
    nobody.headers.update(PAGE)
    answer = nobody.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2F")
    code = staff_code(store)
    form = nobody.post("/welcome", data={"code": code})
    assert 'name="password"' in form.text, "staff choose a password"
    chosen = {"code": code, "name": "王老师", "login": "wang", "password": PASSWORD}
    assert "王老师" in nobody.post("/welcome", data=chosen).text
    csrf = re.findall(r'name="csrf" value="(\w+)"', nobody.get("/").text)[0]
    assert nobody.post("/sign-out", data={"csrf": "wrong"}).status_code == 403
    assert nobody.post("/sign-out", data={"csrf": csrf}, follow_redirects=False).headers["location"] == "/sign-in"
    assert nobody.get("/", follow_redirects=False).status_code == 303
    again = {"login": "wang", "password": PASSWORD, "school": HERE}
    assert "密码不对" in nobody.post("/sign-in", data={**again, "password": "wrong"}).text
    assert "王老师" in nobody.post("/sign-in", data=again).text


def test_a_family_is_in_with_one_step(nobody: TestClient, store):
    nobody.headers.update(PAGE)
    code = family_code(store)
    assert 'name="password"' not in nobody.get("/welcome", params={"code": code}).text
    assert "家长" in nobody.post("/welcome", data={"code": code}).text
    assert "邀请码不对" in nobody.post("/welcome", data={"code": code, "csrf": csrf_of(nobody)}).text


def csrf_of(browser: TestClient) -> str:
    return str(re.findall(r'name="csrf" value="(\w+)"', browser.get("/").text)[0])


def test_nobody_is_sent_to_another_site_after_signing_in(nobody: TestClient, store):
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        form = nobody.get("/sign-in", params={"next": elsewhere}).text
        assert 'name="next" value="/"' in form


def test_a_weak_password_is_told_on_the_page_and_the_code_still_works(nobody: TestClient, store):
    code = staff_code(store)
    chosen = {"code": code, "name": "王老师", "login": "wang", "password": "12345678"}
    assert "太容易猜" in nobody.post("/welcome", data=chosen).text
    assert nobody.post("/welcome", data={**chosen, "password": PASSWORD}, headers=PAGE).status_code == 200


def test_a_page_of_another_site_cannot_sign_anybody_in(nobody: TestClient, store):
    answer = nobody.post("/sign-in", data={"login": "x", "password": "y"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_colleagues_are_invited_on_a_page_and_the_link_is_shown_once(http: TestClient, nobody: TestClient, store):
    clerk = signed_in(http, store, HERE, Role.ADMINISTRATOR, add(store, HERE, Role.ADMINISTRATOR))
    assert "/invitations" in clerk.ask("GET", "/").text
    made = clerk.ask("POST", "/invitations", data={"name": "<b>周老师", "role": "office"}).text
    (link,) = re.findall(r"http://127.0.0.1:8000(/welcome\?code=[\w-]+)", made)
    assert "<b>" not in made
    again = clerk.ask("GET", "/invitations").text
    assert link not in again
    assert 'name="password"' in nobody.get(link).text
    (id,) = re.findall(r"/invitations/(\w+)/revoke", again)
    clerk.ask("POST", f"/invitations/{id}/revoke", follow_redirects=False)
    assert "周老师" not in clerk.ask("GET", "/invitations").text
    furnish(store)
    for subject, status in (("", 422), ("2-1", 422), ("zhou", 200)):
        asked = {"name": "周老师", "role": "teacher", "subject": subject}
        assert clerk.ask("POST", "/invitations", data=asked).status_code == status, "a teacher is somebody of the staff"


def test_an_administrator_takes_a_role_back_and_shuts_an_account_on_a_page(http: TestClient, store):
    admin, teacher = (
        signed_in(http, store, HERE, role, add(store, HERE, role, subject, login=role.value))
        for role, subject in ((Role.ADMINISTRATOR, ""), (Role.TEACHER, "wang"))
    )
    mother = signed_in(http, store, HERE, Role.GUARDIAN, add(store, HERE, Role.GUARDIAN))
    page = admin.ask("GET", "/invitations").text
    assert teacher.account in page
    assert mother.account not in page, "families have a page of their own"
    assert f"/accounts/{admin.account}/" not in page, "nobody shuts themselves out"
    assert teacher.ask("GET", "/invitations").status_code == 403
    take = re.findall(rf'action="(/accounts/{teacher.account}/roles/[^"]+)"', page)[0]
    assert admin.ask("POST", take, follow_redirects=False).status_code == 303
    assert teacher.ask("GET", "/api/v1/me").json()["roles"] == {}
    shut = {"version": re.findall(r'name="version" value="(\d+)"', page)[0], "active": "false"}
    assert admin.ask("POST", f"/accounts/{teacher.account}/active", data=shut, follow_redirects=False).status_code == 303
    assert teacher.ask("GET", "/api/v1/me").status_code == 401
    assert "恢复账号" in admin.ask("GET", "/invitations").text


def test_a_password_is_changed_on_a_page_by_who_knows_the_old_one(nobody: TestClient, store):
    nobody.headers.update(PAGE)
    nobody.post("/welcome", data={"code": staff_code(store), "name": "王老师", "login": "wang", "password": PASSWORD})
    nobody.headers["X-CSRF-Token"] = csrf_of(nobody)
    assert "修改密码" in nobody.get("/").text
    new = "cold wind on reeds"
    for old, wish, fault in (("wrong", new, "原密码不对"), (PASSWORD, "12345678", "太容易猜")):
        assert fault in nobody.post("/my/password", data={"old": old, "new": wish}).text
    done = nobody.post("/my/password", data={"old": PASSWORD, "new": new}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    again = {"login": "wang", "school": HERE}
    assert "密码不对" in nobody.post("/sign-in", data={**again, "password": PASSWORD}).text
    assert "王老师" in nobody.post("/sign-in", data={**again, "password": new}).text
