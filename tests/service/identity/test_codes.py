"""Do families' codes reach paper once, for the right class, made by the right people, and open the way in?"""

import io
import re
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select

from api.identity.secret import code_hash
from api.store.people import Guardianship, Invitation, Role
from api.store.record import LogEntry
from api.store.store import Store
from tests.service.conftest import BASE, HERE
from tests.service.people import add, signed_in
from tests.service.publication.world import LI, ZHAO, furnish

CLASS = "2-1"
"""Zhao's home class; Li is in 4-1."""
PAGE = f"/home-classes/{CLASS}/family-codes"
API = f"/api/v1{PAGE}"
CODE = r"[0-9a-z]{5}(?:-[0-9a-z]{1,5}){5}"


def test_a_head_teacher_prints_the_sheet_of_the_own_class_and_its_codes_open_the_way_in(
    app, http: TestClient, store: Store, nobody: TestClient
):
    furnish(store)
    head = signed_in(http, store, HERE, Role.HEAD_TEACHER, add(store, HERE, Role.HEAD_TEACHER, CLASS))
    assert re.findall(r'href="/home-classes/([^/]+)/', head.ask("GET", "/family-codes").text) == [CLASS]
    assert "赵一鸣" in head.ask("GET", PAGE).text
    sheet = head.ask("POST", PAGE, data={"pupil": [ZHAO], "each": "2", "sheet": "html"}, token=True)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    codes = re.findall(rf'class="code">({CODE})<', sheet.text)
    assert (len(codes), sheet.text.count("<svg"), sheet.text.count("赵一鸣")) == (2, 2, 2)
    with store.reading(HERE) as db:
        kept = db.scalars(select(Invitation)).all()
        line = db.scalars(select(LogEntry).order_by(LogEntry.sequence.desc())).first()
        assert {row.code_hash for row in kept} == {code_hash(code) for code in codes}
        assert not [row for row in kept for code in codes if code in str(vars(row))], "they are told this once"
    assert line is not None
    assert (line.actor, line.action, line.object, line.reason) == (head.account, "family_codes.make", CLASS, "2 html")
    assert nobody.post("/api/v1/codes", json={"code": codes[0]}).status_code == 200
    assert nobody.get("/api/v1/me").json()["children"] == {ZHAO: ""}
    stranger = TestClient(app, base_url=BASE)
    assert stranger.post("/api/v1/codes", json={"code": codes[0]}).status_code == 422, "each works once"
    again = head.ask("GET", PAGE).text
    assert not [code for code in codes if code in again]
    again_made = head.ask("POST", API + "/html", json={"pupils": [ZHAO]})
    assert again_made.status_code == 201
    assert stranger.post("/api/v1/codes", json={"code": codes[1]}).status_code == 422, "a new sheet voids what was not used"


def test_the_workbook_holds_each_pupil_as_text_with_a_picture_to_scan(http: TestClient, store: Store):
    furnish(store)
    office = signed_in(http, store, HERE, Role.OFFICE, add(store, HERE, Role.OFFICE))
    form = office.ask("GET", PAGE).text
    pupils = re.findall(r'name="pupil" value="([^"]+)"', form)
    assert (ZHAO in pupils, LI in pupils) == (True, False)
    answer = office.ask("POST", PAGE, data={"pupil": pupils, "sheet": "xlsx"})
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    lines = list(page.iter_rows(min_row=3, values_only=True))
    assert [line[1] for line in lines] == pupils
    assert all(re.fullmatch(CODE, str(line[2])) for line in lines)
    assert len({line[2] for line in lines}) == len(pupils)
    assert {cell.data_type for row in page.iter_rows(min_row=3, max_col=4) for cell in row} == {"s"}
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert sum(name.startswith("xl/media/") for name in archive.namelist()) == len(pupils)


@pytest.mark.parametrize(
    ("role", "subject", "status"),
    [(Role.ADMINISTRATOR, "", 403), (Role.LEADER, "", 403), (Role.TEACHER, "zhou", 403), (Role.HEAD_TEACHER, "4-1", 404)],
)
def test_nobody_else_makes_a_classes_codes(http: TestClient, store: Store, role: Role, subject: str, status: int):
    furnish(store)
    caller = signed_in(http, store, HERE, role, add(store, HERE, role, subject))
    asked = {"pupils": [ZHAO]}
    answers = [
        caller.ask("GET", PAGE),
        caller.ask("POST", PAGE, data={"pupil": [ZHAO]}),
        caller.ask("POST", API, json=asked),
        *(caller.ask("POST", f"{API}/{sheet}", json=asked) for sheet in ("xlsx", "html")),
    ]
    assert [answer.status_code for answer in answers] == [status] * 5
    with store.reading(HERE) as db:
        assert db.scalars(select(Invitation)).all() == []
        assert db.scalars(select(Guardianship)).all() == []
