"""How does a calendar event become bytes? RFC 5545: escaped text, CRLF, lines of at most 75 octets.

The library icalendar draws up the head of a calendar; events are written here, because a school has tens of thousands of
them and each would cost it a millisecond.
"""

from collections.abc import Iterable, Iterator

OCTETS = 75


def escaped(text: str) -> str:
    """The text as a TEXT value; a line break becomes a backslash and an n."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def content_lines(properties: Iterable[tuple[str, str]]) -> bytes:
    """Name (with parameters) and value of each property, one after the other. Values are escaped already."""
    return b"".join(_folded(f"{name}:{value}".encode()) for name, value in properties)


def _folded(line: bytes) -> bytes:
    if len(line) <= OCTETS:
        return line + b"\r\n"
    return b"\r\n ".join(_parts(line)) + b"\r\n"


def _parts(line: bytes) -> Iterator[bytes]:
    """Pieces that end between two characters; all but the first leave room for the space before them."""
    start, room = 0, OCTETS
    while start < len(line):
        end = min(start + room, len(line))
        # 10xxxxxx is inside a character.
        while end < len(line) and line[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        yield line[start:end]
        start, room = end, OCTETS - 1
