"""The service with accounts: how is it put together, and how is it asked over HTTP?

To add routes: write a router whose handlers take `asked: Asked`, add its lines to `permissions.toml`, and name it among
`ROUTERS` in `app`. A handler opens its own reading or writing and answers after the block: then what it says is on the disk.
"""
