"""Who may do what? One table that anybody can read, one keeper in front of every route, and what is not in the table is closed.

`permissions.toml` is the table; `table` reads it; `keeper` refuses before anything runs; `allowed` tells the handlers what
the person may reach; `inventory` finds routes that the table forgot.
"""
