"""How does a plan look as CSV? The tables that a school may edit, one file each, safe to open in a spreadsheet."""

import csv
import io
import re
from pathlib import Path

from scheduler.domain import Scenario
from scheduler.publish.rows import rows_of
from scheduler.publish.tables import TABLES, Table
from scheduler.publish.view import View
from scheduler.timetable import Timetable

DANGEROUS = re.compile(r"'*[=+\-@＝＋－＠\t\r\n\x00]")


def write_csv(scenario: Scenario, timetable: Timetable, directory: Path, draft: bool = False) -> tuple[Path, ...]:
    """The tables of a plan, as `write_csv_of` writes them."""
    return write_csv_of(View(scenario, timetable), directory, draft)


def write_csv_of(view: View, directory: Path, draft: bool = False) -> tuple[Path, ...]:
    """One file a table, named like `meetings.csv`, or `draft-meetings.csv` for a draft; the paths written."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for table in TABLES:
        path = directory / f"{'draft-' if draft else ''}{table.english}.csv"
        path.write_bytes(csv_bytes(table, view))
        paths.append(path)
    return tuple(paths)


def csv_bytes(table: Table, view: View) -> bytes:
    """One table; UTF-8 with its mark, because Excel takes anything else for GB18030."""
    columns = [column for column in table.columns if column.key != "pupils"]
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([column.headings[0] for column in columns])
    for row in rows_of(table, view):
        writer.writerow([inert(row.get(column.key, "")) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """With an apostrophe before anything a spreadsheet might compute; reading takes it off again.

    Source: OWASP ASVS 5.0, 1.2.10; full-width signs are there because Excel reads them as plain ones.
    """
    return f"'{text}" if DANGEROUS.match(text) else text
