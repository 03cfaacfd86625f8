"""Publication and calendars, on both databases."""
