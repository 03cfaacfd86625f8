"""How does a school write its hours down? Small readers for clock times, used by the county profiles."""

from datetime import time

from scheduler.domain import Clock


def at(text: str) -> time:
    """`at("16:05")`."""
    return time.fromisoformat(text)


def clocks(text: str) -> tuple[Clock, ...]:
    """`clocks("08:20-09:00 09:10-09:50")`."""
    pairs = (stretch.split("-") for stretch in text.split())
    return tuple(Clock(at(start), at(end)) for start, end in pairs)
