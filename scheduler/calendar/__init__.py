"""Which dates does the template week fall on? Term dates, holidays, make-up days, seasons."""

from scheduler.calendar.dated import SHANGHAI, DatedMeeting, Standing, dated_meetings, idle_changes
from scheduler.calendar.days import season_on, service_dates, weekday_followed
from scheduler.calendar.doubts import calendar_warnings

__all__ = [
    "SHANGHAI",
    "DatedMeeting",
    "Standing",
    "calendar_warnings",
    "dated_meetings",
    "idle_changes",
    "season_on",
    "service_dates",
    "weekday_followed",
]
