"""Does the service keep its promises? Each claim on SQLite and on PostgreSQL."""
