"""Does the whole line work by HTTP alone? Upload a school, solve, follow, fetch, edit, audit.

python tests/api/http_line.py [http://127.0.0.1:8000] [scenarios/yueyang] [seconds]
"""

import json
import shutil
import sys
from pathlib import Path

import httpx2
import openpyxl

address, school, seconds = [*sys.argv[1:], *("http://127.0.0.1:8000", "scenarios/yueyang", "60")[len(sys.argv) - 1 :]]
out = Path("out/http")
out.mkdir(parents=True, exist_ok=True)
upload = Path(shutil.make_archive(str(out / "school"), "zip", school))

with httpx2.Client(base_url=f"{address}/api/v1/", timeout=120, headers={"Accept-Language": "zh"}) as http:
    # Upload and solve.
    job = http.post("solve", files={"scenario": (upload.name, upload.read_bytes())}, data={"time_limit": seconds, "seed": "7"})
    here = f"jobs/{job.raise_for_status().json()['id']}"

    # Follow the progress.
    with http.stream("GET", f"{here}/events", timeout=None) as events:
        for line in events.iter_lines():
            if line.startswith("data: ") and "message" in (news := json.loads(line.removeprefix("data: "))):
                print(f"{news['seconds']:7.1f} s  {news['message']}")

    # Fetch the result, the workbook and a calendar.
    result = http.get(f"{here}/result").raise_for_status().json()
    print(result["status"], result["summary"]["pupils"], result["summary"]["wishes"])
    workbook = out / "plan.xlsx"
    workbook.write_bytes(http.get(f"{here}/export/xlsx").raise_for_status().content)
    teacher = next(person for meeting in result["timetable"]["meetings"] for person in meeting["staff"])
    (out / "teacher.ics").write_bytes(http.get(f"{here}/ics/teacher/{teacher}").raise_for_status().content)

    # Edit the table as a clerk would: the first meeting loses its teacher. Then audit it.
    book = openpyxl.load_workbook(workbook)
    sheet = next(sheet for sheet in book if sheet.title.endswith("教学班与上课"))
    sheet.cell(2, [cell.value for cell in sheet[1]].index("教师") + 1).value = None
    book.save(workbook)
    table = ("plan.xlsx", workbook.read_bytes())
    report = http.post("audit", data={"job": here.removeprefix("jobs/")}, files={"table": table}).raise_for_status().json()
    print("违反", report["breaches"], "需要豁免", report["waivers_needed"])
    for finding in report["findings"][:3]:
        print(finding["zh"], finding["clause"]["at"], finding["clause"]["quote"])
