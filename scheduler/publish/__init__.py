"""How does a plan reach people? Workbooks, pages, calendars and the JSON that keeps it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from scheduler.audit.report import Finding, Report
from scheduler.domain import Scenario
from scheduler.publish.csv_tables import write_csv_of
from scheduler.publish.exchange import timetable_to_json
from scheduler.publish.ical import Earlier, write_ics
from scheduler.publish.page import page_of
from scheduler.publish.tables import TABLES
from scheduler.publish.view import Kind, View
from scheduler.publish.workbook import write_workbook_of
from scheduler.timetable import Timetable


class NotLawful(Exception):
    """A plan that may not be published: its breaches, and the deviations that need a recorded waiver first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.text("en"))

    def text(self, language: str = "zh") -> str:
        """What to tell the school, in one sentence."""
        count = len(self.findings)
        if language == "zh":
            return f"课表有 {count} 处不符合规定，没有发布。请改正或登记豁免理由；也可以导出为草稿。"
        told = f"The plan has {count} findings against the rules and was not published."
        return f"{told} Mend them or record waivers; or export a draft."


def publish(
    scenario: Scenario,
    timetable: Timetable,
    report: Report,
    directory: Path,
    *,
    draft: bool = False,
    published_at: datetime,
    earlier: Earlier = (),
) -> tuple[Path, ...]:
    """Writes everything people get: timetable.json, workbook.xlsx, pages, csv/ and ics/; the paths written.

    index.html (English: en.html) is for the office and names pupils; public.html (public.en.html) has no pupil in it and may be
    posted.

    Raises `NotLawful` when the report has something against the plan, unless `draft`; then every file that people read is
    marked as a draft. `earlier` are the plans published before, oldest first, from which calendars count their changes.
    """
    if not report.lawful and not draft:
        raise NotLawful((*report.breaches, *report.waivers_needed))
    directory.mkdir(parents=True, exist_ok=True)
    zh, en = View(scenario, timetable), View(scenario, timetable, "en")
    pages = {
        "index.html": page_of(zh, report, draft).encode(),
        "en.html": page_of(en, report, draft).encode(),
        "public.html": page_of(zh, report, draft, names=False).encode(),
        "public.en.html": page_of(en, report, draft, names=False).encode(),
    }
    plan, workbook = directory / "timetable.json", directory / "workbook.xlsx"
    _replace(plan, timetable_to_json(timetable).encode())
    write_workbook_of(zh, workbook, report, draft)
    for name, content in pages.items():
        _replace(directory / name, content)
    written = (
        plan,
        workbook,
        *(directory / name for name in pages),
        *write_csv_of(zh, directory / "csv", draft),
        *write_ics(scenario, timetable, directory / "ics", published_at, earlier=earlier, draft=draft),
    )
    _forget(directory, written)
    return written


def _forget(directory: Path, written: Sequence[Path]) -> None:
    """Takes away what an earlier plan left in the folder: its drafts, and calendars nobody has any more."""
    tables = {f"{mark}{table.english}.csv" for table in TABLES for mark in ("", "draft-")}
    old = [directory / "csv" / name for name in tables]
    old += [path for kind in Kind for path in (directory / "ics" / kind.value).glob("*.ics")]
    for path in set(old) - set(written):
        path.unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
