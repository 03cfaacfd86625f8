"""How does a scenario look as files again? CSV folder or workbook, in the sheets and columns that reading knows."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from scheduler.domain import Scenario
from scheduler.intake.cells import Language, rows_by_sheet, school_facts
from scheduler.intake.sheets import SCHOOL, SHEETS, Schools
from scheduler.intake.text import inert
from scheduler.intake.words import county_in_chinese

TERM_KEYS = ("term_name", "term_start", "term_end", "weekend_weekday")
FLEXIBLE_KEYS = ("late_after", "late_days_per_week", "weekly_minutes", "late_start_until")


def write_folder(scenario: Scenario, directory: Path, language: Language = "zh") -> None:
    """Writes `scenario.toml` and a CSV for each sheet that has rows; reading it back gives an equal scenario.

    CSV files of our sheets that are no longer needed are removed; other files stay.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "scenario.toml").write_text(_toml(scenario, language), encoding="utf-8", newline="\n")
    tables = rows_by_sheet(scenario, language)
    for sheet in SHEETS:
        path = directory / f"{sheet.name}.csv"
        rows = tables.get(sheet.name, [])
        if sheet is SCHOOL or not rows:
            path.unlink(missing_ok=True)
            continue
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        headers = headers_used(rows)
        writer.writerow(headers)
        writer.writerows([inert(row.get(header, "")) for header in headers] for row in rows)
        path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())


def headers_used(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Headers of the rows in order, those left out that are empty in every row."""
    order = list(dict.fromkeys(header for row in rows for header in row))
    return [header for header in order if any(row.get(header) for row in rows)]


def _toml(scenario: Scenario, language: Language) -> str:
    facts = school_facts(scenario, language)
    parts: dict[str, list[str]] = {"school": [], "term": [], "flexible_hours": []}
    for column, text in facts:
        part = "term" if column.name in TERM_KEYS else "flexible_hours" if column.name in FLEXIBLE_KEYS else "school"
        if text:
            key = column.name.removeprefix("term_")
            parts[part].append(f"{key} = {_toml_value(text)}  # {column.zh}")
    return "\n".join(f"[{part}]\n" + "\n".join(lines) + "\n" for part, lines in parts.items() if lines)


def _toml_value(text: str) -> str:
    if re.fullmatch(r"\d{1,9}|\d{4}-\d\d-\d\d", text) and not re.fullmatch(r"0\d+", text):
        return text
    if re.fullmatch(r"\d\d:\d\d", text):
        return f"{text}:00"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_workbook(scenario: Scenario, path: Path, language: Language = "zh") -> None:
    """Writes one .xlsx with every sheet that has rows, all cells as text."""
    tables = rows_by_sheet(scenario, language)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        for sheet in SHEETS:
            rows = fact_rows(scenario, language) if sheet is SCHOOL else tables.get(sheet.name, [])
            if not rows:
                continue
            page = book.add_worksheet(sheet.zh if language == "zh" else sheet.name)
            headers = headers_used(rows)
            page.freeze_panes(1, 0)
            page.set_column(0, max(len(headers) - 1, 0), 14, text)
            for place, header in enumerate(headers):
                page.write_string(0, place, header, bold)
            for number, row in enumerate(rows, 1):
                for place, header in enumerate(headers):
                    if row.get(header):
                        page.write_string(number, place, inert(row[header]), text)


def fact_rows(scenario: Scenario, language: Language) -> list[dict[str, str]]:
    """The school's facts below each other, as a workbook has them."""
    fact, value = ("项目", "内容") if language == "zh" else ("fact", "value")
    return [
        {fact: column.zh, value: county_in_chinese(text) if column is Schools.county else text}
        if language == "zh"
        else {fact: column.name, value: text}
        for column, text in school_facts(scenario, language)
        if text
    ]
