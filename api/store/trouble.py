"""What can go wrong with the store, and whose fault is it? Each case is a type that an endpoint can tell in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.store.base import Row


class Missing(Exception):
    """There is no such row, or not in this school: the same answer for both."""


class Stale(Exception):
    """Somebody else changed the row in between. Both versions are told: the one expected and the one there is."""

    def __init__(self, current: "Row", expected: int, version: int) -> None:
        self.current, self.expected, self.version = current, expected, version
        super().__init__(f"{type(current).__name__} is at version {version}, not {expected}")


class Unavailable(Exception):
    """The database is locked, slow or away. Trying again a little later helps."""

    retry_after = 5
    """Seconds."""


class Full(Exception):
    """No room is left on the disk. Reading works; writing works again when there is room."""


class Taken(Exception):
    """Something like it is there already: a login, a key, a number."""


class Unscoped(Exception):
    """Our fault: a query that does not say whose rows it wants."""


class Unrecorded(Exception):
    """Our fault: a write without a line in the log, or with two."""
