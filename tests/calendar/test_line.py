"""Does a school hear what is not known about its dates before anything is planned?"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from scheduler import intake, line

TINY = Path(__file__).resolve().parent.parent.parent / "scenarios" / "tiny"


def test_a_term_that_reaches_into_a_year_without_a_notice_is_warned_about() -> None:
    reading = intake.read(TINY)
    assert reading.scenario is not None
    assert not [fault for fault in line.prepared(reading, None).warnings if "放假通知" in fault.zh]
    term = replace(reading.scenario.term, start=date(2026, 9, 1), end=date(2027, 1, 22))
    seasons = tuple(replace(season, start=date(2026, 9, 1), end=date(2027, 1, 22)) for season in reading.scenario.seasons)
    later = replace(reading, scenario=replace(reading.scenario, term=term, seasons=seasons))
    told = [fault.zh for fault in line.prepared(later, None).warnings if "放假通知" in fault.zh]
    assert len(told) == 1
    assert told[0].startswith("2027 年")
