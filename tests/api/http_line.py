"""Does the whole line work by HTTP alone? Sign in, import a school, solve, follow, fetch, edit, audit.

python tests/api/http_line.py PASSWORD [office] [http://127.0.0.1:8000] [scenarios/yueyang] [seconds]
"""

import json
import shutil
import sys
from pathlib import Path

import httpx2
import openpyxl

password, login, address, school, seconds = [
    *sys.argv[1:],
    *("office", "http://127.0.0.1:8000", "scenarios/yueyang", "60")[len(sys.argv) - 2 :],
]
out = Path("out/http")
out.mkdir(parents=True, exist_ok=True)
upload = Path(shutil.make_archive(str(out / "school"), "zip", school))

with httpx2.Client(base_url=f"{address}/api/v1/", timeout=120, headers={"Accept-Language": "zh"}) as http:
    # Sign in: the client keeps the cookie, and shows this with whatever changes something.
    signed_in = http.post("sign-in", json={"login": login, "password": password}).raise_for_status().json()
    http.headers["X-CSRF-Token"] = signed_in["csrf"]

    # Open a term, see what an import would do, and import.
    named = {"name": "2025年秋季学期", "first": "2025-09-01", "last": "2026-01-23"}
    term = f"terms/{http.post('terms', json=named).raise_for_status().json()['id']}"
    facts = {"facts": (upload.name, upload.read_bytes())}
    preview = http.post(f"{term}/facts/preview", files=facts).raise_for_status().json()
    print(preview["counts"])
    http.put(f"{term}/facts", files=facts, headers={"If-Match": "none"}).raise_for_status()

    # Ask for a plan, and follow the progress.
    asked = http.post(f"{term}/solve", json={"time_limit": int(seconds), "seed": 7})
    here = f"jobs/{asked.raise_for_status().json()['id']}"
    with http.stream("GET", f"{here}/events", timeout=None) as events:
        for line in events.iter_lines():
            if line.startswith("data: ") and "message" in (news := json.loads(line.removeprefix("data: "))):
                print(f"{news['seconds']:7.1f} s  {news['message']}")

    # Fetch the plan, its workbook and a calendar.
    id = http.get(here).raise_for_status().json()["plan"]
    summary = http.get(f"plans/{id}").raise_for_status().json()["summary"]
    print(summary["status"], summary["pupils"], summary["wishes"])
    workbook = out / "plan.xlsx"
    workbook.write_bytes(http.get(f"plans/{id}/export/xlsx").raise_for_status().content)
    plan = http.get(f"plans/{id}/timetable").raise_for_status().json()
    teacher = next(person for meeting in plan["meetings"] for person in meeting["staff"])
    (out / "teacher.ics").write_bytes(http.get(f"plans/{id}/ics/teacher/{teacher}").raise_for_status().content)

    # Edit the table as a clerk would: the first meeting loses its teacher. Then audit it.
    book = openpyxl.load_workbook(workbook)
    sheet = next(sheet for sheet in book if sheet.title.endswith("教学班与上课"))
    sheet.cell(2, [cell.value for cell in sheet[1]].index("教师") + 1).value = None
    book.save(workbook)
    table = ("plan.xlsx", workbook.read_bytes())
    report = http.post("audit", data={"plan": id}, files={"table": table}).raise_for_status().json()
    print("违反", report["breaches"], "需要豁免", report["waivers_needed"])
    for finding in report["findings"][:3]:
        print(finding["zh"], finding["clause"]["at"], finding["clause"]["quote"])
