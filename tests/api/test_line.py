"""Does the whole line work over HTTP: check, solve, follow, fetch, audit?"""

import io
import json

import openpyxl
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import TINY

pytestmark = pytest.mark.slow


def test_an_uploaded_school_is_counted(served: TestClient, tiny_zip: bytes) -> None:
    answer = served.post("/api/v1/check", files={"scenario": ("学校.zip", tiny_zip)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["pupils"] == 12
    assert answer.json()["rows"]["pupils"] == {"read": 12, "refused": 0}


def test_an_uploaded_school_is_solved(served: TestClient, tiny_zip: bytes) -> None:
    answer = served.post("/api/v1/solve", files={"scenario": ("学校.zip", tiny_zip)}, data={"time_limit": "2", "seed": "7"})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["links"]["self"]
    with served.stream("GET", answer.json()["links"]["events"]) as stream:
        assert "event: end" in list(stream.iter_lines())
    assert served.get(answer.json()["links"]["self"]).json()["state"] == "done"


def test_the_news_come_in_order_and_can_be_taken_up_again(served: TestClient, plan: str) -> None:
    with served.stream("GET", f"/api/v1/jobs/{plan}/events") as stream:
        lines = list(stream.iter_lines())
    numbers = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert numbers == [*range(1, len(numbers)), numbers[-1]]
    news = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert news[-1]["state"] == "done"
    assert all(one["message"] for one in news[:-1])
    with served.stream("GET", f"/api/v1/jobs/{plan}/events", headers={"Last-Event-ID": str(numbers[-1])}) as stream:
        assert [line for line in stream.iter_lines() if line.startswith("event")] == ["event: end"]


def test_the_result_holds_plan_figures_and_audit(served: TestClient, plan: str) -> None:
    result = served.get(f"/api/v1/jobs/{plan}/result").json()
    assert result["lawful"] is True
    assert result["status"] in {"optimal", "feasible", "out_of_time"}
    assert result["summary"]["pupils"]["applied"] == 12
    assert result["timetable"]["meetings"]
    assert result["report"]["breaches"] == 0


@pytest.mark.parametrize(
    ("kind", "begins"), [("xlsx", b"PK"), ("html", b"<!doctype html>"), ("public", b"<!doctype html>"), ("json", b"{")]
)
def test_the_published_files_can_be_fetched(served: TestClient, plan: str, kind: str, begins: bytes) -> None:
    answer = served.get(f"/api/v1/jobs/{plan}/export/{kind}")
    assert answer.status_code == 200
    assert answer.content[: len(begins)].lower() == begins.lower()
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_page_to_be_posted_names_no_pupil(served: TestClient, plan: str) -> None:
    pupils = [pupil["name"] for pupil in served.get("/api/v1/samples/tiny").json()["pupils"]]
    internal, public = (served.get(f"/api/v1/jobs/{plan}/export/{kind}").text for kind in ("html", "public"))
    assert pupils
    assert all(name in internal for name in pupils)
    assert not [name for name in pupils if name in public]


def test_the_template_that_is_downloaded_can_be_read_as_it_is(client: TestClient) -> None:
    for language in ("zh", "en"):
        template = client.get("/api/v1/template", headers={"Accept-Language": language}).content
        checked = client.post("/api/v1/check", files={"scenario": ("模板.xlsx", template)})
        assert checked.status_code == 200, checked.text


@pytest.mark.parametrize(("kind", "subject"), [("class", "2-1"), ("teacher", "wang"), ("room", "r2"), ("pupil", "missing")])
def test_calendars_are_fetched_by_whom_they_concern(served: TestClient, plan: str, kind: str, subject: str) -> None:
    answer = served.get(f"/api/v1/jobs/{plan}/ics/{kind}/{subject}")
    if subject == "missing":
        assert answer.status_code == 404
    else:
        assert answer.headers["content-type"].startswith("text/calendar")
        assert answer.text.startswith("BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("subject", ["..", "%2e%2e", "..%2f..%2fjob", "a%00b"])
def test_a_subject_is_a_name_and_never_a_path(served: TestClient, plan: str, subject: str) -> None:
    assert served.get(f"/api/v1/jobs/{plan}/ics/class/{subject}").status_code == 404


def test_an_edited_workbook_is_audited(served: TestClient, plan: str) -> None:
    """A clerk deletes the teacher of one meeting, and hides its row; hidden rows are read, and told."""
    book = openpyxl.load_workbook(io.BytesIO(served.get(f"/api/v1/jobs/{plan}/export/xlsx").content))
    sheet = next(sheet for sheet in book if sheet.title.endswith("教学班与上课"))
    teachers = [cell.value for cell in sheet[1]].index("教师")
    sheet[2][teachers].value = None
    sheet.row_dimensions[2].hidden = True
    edited = io.BytesIO()
    book.save(edited)
    answer = served.post("/api/v1/audit", data={"job": plan}, files={"table": ("改.xlsx", edited.getvalue())})
    assert answer.status_code == 200, answer.text
    assert answer.json()["lawful"] is False
    assert all(finding["clause"]["quote"] for finding in answer.json()["findings"])
    (warning,) = answer.json()["warnings"]
    assert (warning["row"], "隐藏" in warning["message"]) == (2, True)
    page = served.post(f"/jobs/{plan}/audit", files={"table": ("改.xlsx", edited.getvalue())})
    assert warning["message"] in page.text


def test_a_table_drawn_by_hand_is_audited(served: TestClient) -> None:
    table = ("drawn.csv", (TINY / "tables" / "drawn.csv").read_bytes())
    report = served.post("/api/v1/audit", data={"sample": "tiny"}, files={"table": table}).json()
    assert report["breaches"] > 0
    lawful = ("lawful.csv", (TINY / "tables" / "lawful.csv").read_bytes())
    assert served.post("/api/v1/audit", data={"sample": "tiny"}, files={"table": lawful}).json()["lawful"] is True


def test_a_plan_in_json_is_audited(served: TestClient, plan: str) -> None:
    table = served.get(f"/api/v1/jobs/{plan}/result").json()["timetable"]
    assert served.post("/api/v1/audit", json={"job": plan, "table": table}).json()["lawful"] is True
    assert served.post("/api/v1/audit", json={"job": plan, "table": {"nothing": 1}}).status_code == 422


def test_the_law_can_be_looked_up(served: TestClient) -> None:
    counties = [policy["county"] for policy in served.get("/api/v1/policies").json()]
    assert counties == ["changzhi", "helan", "liangping", "suifenhe", "yueyang"]
    for county in counties:
        clauses = served.get(f"/api/v1/policies/{county}/clauses").json()
        assert len(clauses) == served.get(f"/api/v1/policies/{county}").json()["clauses"]
    assert served.get("/api/v1/policies/_base").status_code == 404
