"""Is work done, once, whatever dies? Each claim on SQLite and on PostgreSQL."""
