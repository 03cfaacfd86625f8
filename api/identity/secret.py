"""How are secrets made, written down and recognised? All are random and long, so that their SHA-256 is all we keep."""

import hashlib
import re
import secrets

from api.store.base import ALPHABET

CODE_LETTERS = 26
"""Of 32 kinds each: 130 bits."""
LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


def token() -> str:
    """256 bits for machines: cookies, programs, calendar links."""
    return secrets.token_urlsafe(32)


def code() -> str:
    """130 bits for people, in groups that can be read from paper and typed: `7k2mq-…`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    return "-".join(letters[start : start + 5] for start in range(0, CODE_LETTERS, 5))


def typed(text: str) -> str:
    """A code as it was meant: without spaces and dashes, in small letters, o read as 0, i and l as 1, u as v."""
    return re.sub(r"[\s\-—–_]", "", text).lower().translate(LOOKALIKES)


def hashed(secret: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_hash(text: str) -> str:
    """What the database keeps of a code, however it was typed."""
    return hashed("code:" + typed(text))


def csrf_token(cookie: str) -> str:
    """What a page of ours puts into its forms. Only who holds the cookie can work it out, and no other site can."""
    return hashlib.sha256(b"csrf:" + cookie.encode()).hexdigest()
