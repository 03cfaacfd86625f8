"""How does a plan reach people? Workbooks, pages, calendars and the JSON that keeps it."""
