"""Does the whole line work over HTTP: import, solve, follow, fetch, audit?"""

import io
import json
import zipfile

import openpyxl
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import TINY

pytestmark = pytest.mark.slow


def test_an_uploaded_school_is_counted_and_its_template_can_be_read_as_it_is(client: TestClient, tiny_zip: bytes) -> None:
    answer = client.post("/api/v1/check", files={"scenario": ("学校.zip", tiny_zip)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["pupils"] == 12
    assert answer.json()["rows"]["pupils"] == {"read": 12, "refused": 0}
    for language in ("zh", "en"):
        template = client.get("/api/v1/template", headers={"Accept-Language": language}).content
        checked = client.post("/api/v1/check", files={"scenario": ("模板.xlsx", template)})
        assert checked.status_code == 200, checked.text


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("xlsx", b"PK"), ("csv", b"PK"), ("html", b"<!doctype html>"), ("public", b"<!doctype html>"), ("json", b"{")],
)
def test_a_plan_can_be_taken_along_as_a_file(served: TestClient, plan: str, kind: str, begins: bytes) -> None:
    answer = served.get(f"/api/v1/plans/{plan}/export/{kind}")
    assert answer.status_code == 200
    assert answer.content[: len(begins)].lower() == begins.lower()
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_page_to_be_posted_names_no_pupil_and_the_log_tells_of_the_other(served: TestClient, plan: str) -> None:
    pupils = [pupil["name"] for pupil in served.get("/api/v1/samples/tiny").json()["pupils"]]
    internal, public = (served.get(f"/api/v1/plans/{plan}/export/{kind}").text for kind in ("html", "public"))
    assert pupils
    assert all(name in internal for name in pupils)
    assert not [name for name in pupils if name in public]
    packed = served.get(f"/api/v1/plans/{plan}/export/csv").content
    assert "meetings.csv" in zipfile.ZipFile(io.BytesIO(packed)).namelist()


def test_calendars_are_fetched_by_whom_they_concern_and_by_nothing_else(served: TestClient, plan: str) -> None:
    for kind, subject in (("class", "2-1"), ("teacher", "wang"), ("room", "r2")):
        answer = served.get(f"/api/v1/plans/{plan}/ics/{kind}/{subject}")
        assert answer.headers["content-type"].startswith("text/calendar")
        assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    for kind, subject in (
        ("pupil", "missing"),
        ("class", ".."),
        ("class", "%2e%2e"),
        ("class", "..%2f..%2fjob"),
        ("room", "a%00b"),
    ):
        assert served.get(f"/api/v1/plans/{plan}/ics/{kind}/{subject}").status_code == 404


def test_an_edited_workbook_is_audited(served: TestClient, plan: str) -> None:
    """A clerk deletes the teacher of one meeting, and hides its row; hidden rows are read, and told."""
    book = openpyxl.load_workbook(io.BytesIO(served.get(f"/api/v1/plans/{plan}/export/xlsx").content))
    sheet = next(sheet for sheet in book if sheet.title.endswith("教学班与上课"))
    teachers = [cell.value for cell in sheet[1]].index("教师")
    sheet[2][teachers].value = None
    sheet.row_dimensions[2].hidden = True
    edited = io.BytesIO()
    book.save(edited)
    answer = served.post("/api/v1/audit", data={"plan": plan}, files={"table": ("改.xlsx", edited.getvalue())})
    assert answer.status_code == 200, answer.text
    assert answer.json()["lawful"] is False
    assert all(finding["clause"]["quote"] for finding in answer.json()["findings"])
    (warning,) = answer.json()["warnings"]
    assert (warning["row"], "隐藏" in warning["message"]) == (2, True)
    page = served.post(f"/plans/{plan}/audit", files={"table": ("改<b>.xlsx", edited.getvalue())})
    assert warning["message"] in page.text
    assert "<b>" not in page.text


def test_any_table_is_audited_for_any_school(served: TestClient, plan: str) -> None:
    for name, lawful in (("drawn.csv", False), ("lawful.csv", True)):
        table = (name, (TINY / "tables" / name).read_bytes())
        assert served.post("/api/v1/audit", data={"sample": "tiny"}, files={"table": table}).json()["lawful"] is lawful
    table = json.loads(served.get(f"/api/v1/plans/{plan}/export/json").text)
    assert served.post("/api/v1/audit", json={"plan": plan, "table": table}).json()["lawful"] is True
    assert served.post("/api/v1/audit", json={"plan": plan, "table": {"nothing": 1}}).status_code == 422
    assert served.post("/api/v1/audit", json={"plan": "nobody's", "table": table}).status_code == 404


def test_the_law_can_be_looked_up(client: TestClient) -> None:
    counties = [policy["county"] for policy in client.get("/api/v1/policies").json()]
    assert counties == ["changzhi", "helan", "liangping", "suifenhe", "yueyang"]
    for county in counties:
        clauses = client.get(f"/api/v1/policies/{county}/clauses").json()
        assert len(clauses) == client.get(f"/api/v1/policies/{county}").json()["clauses"]
    assert client.get("/api/v1/policies/_base").status_code == 404
