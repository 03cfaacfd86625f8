"""What does the service keep, and who may see whose? One database, SQLite or PostgreSQL, behind `Store`.

`people`, `planning` and `record` are the tables; `store` opens readings and writings; `sessions` holds every query to one
school and every write to one line in the log; `migrate` brings a database to this version of the tables.
"""
