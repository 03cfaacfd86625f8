"""Which days did the State Council give off, and which weekend days did it make class days for that?

One file a year, `notices/<year>.toml`, in the order of the public notice (国务院办公厅关于…部分节假日安排的通知); a test
compares each with the package chinesecalendar, which is never asked at run time. A year is unknown until its file is here.
Which weekday a make-up day follows is not in any notice; the school says it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The public notice for one year."""

    year: int
    title: str
    issued: date
    holidays: Mapping[date, str]
    """Every day off, weekend days among them, with the name of the festival."""
    make_up: Mapping[date, str]
    """Weekend days that are class days (上班), with the festival they make up for."""


@cache
def notices() -> Mapping[int, Notice]:
    """The notices we have, by year."""
    folder = files(__package__) / "notices"
    read = (_notice(entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {notice.year: notice for notice in sorted(read, key=lambda notice: notice.year)}


def is_public_holiday(day: date) -> bool:
    """Off by public notice. A notice may reach into the year before (New Year's bridge days)."""
    return any(day in notice.holidays for notice in _about(day))


def is_public_make_up_day(day: date) -> bool:
    """A weekend day on which work and classes go on, by public notice."""
    return any(day in notice.make_up for notice in _about(day))


def is_known(year: int) -> bool:
    """The public notice for this year is among our files."""
    return year in notices()


def _about(day: date) -> tuple[Notice, ...]:
    return tuple(notices()[year] for year in (day.year, day.year + 1) if year in notices())


class _Holiday(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    start: date
    end: date
    make_up: tuple[date, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int
    title: str
    issued: date
    holiday: tuple[_Holiday, ...]


def _notice(text: str) -> Notice:
    content = _File.model_validate(tomllib.loads(text))
    return Notice(
        year=content.year,
        title=content.title,
        issued=content.issued,
        holidays={
            entry.start + timedelta(days=offset): entry.name
            for entry in content.holiday
            for offset in range((entry.end - entry.start).days + 1)
        },
        make_up={day: entry.name for entry in content.holiday for day in entry.make_up},
    )
