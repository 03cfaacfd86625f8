"""What did the person mean to type? Spaces, full-width characters and list separators, made plain."""

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u3000\u200b-\u200f\u2060\ufeff]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E}


def tidy(text: str) -> str:
    """The text without edge spaces and invisible characters; one space inside."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def clean(text: str) -> str:
    """The tidy text of a cell, without the mark that keeps formulas inert."""
    text = tidy(text)
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def inert(text: str) -> str:
    """The text for a cell, marked where a spreadsheet would take it for a formula; `clean` takes the mark off."""
    return "'" + text if _FORMULA.match(text) or (text[:1] in "\t\r" and text) else text


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as plain ones."""
    return text.translate(_FULL_WIDTH)


def split_list(text: str, spaces: bool = True) -> tuple[str, ...]:
    """Items between 、 , ; | and, where asked for, spaces."""
    pattern = r"[、,，;；|\s]+" if spaces else r"[、,，;；|]+"
    return tuple(part.strip() for part in re.split(pattern, text) if part.strip())


def doubtful(text: str) -> str | None:
    """The character that shows a lost one: ?, U+FFFD or a private-use character."""
    return next((char for char in text if char in "?？\ufffd" or unicodedata.category(char) == "Co"), None)


def same_look(text: str) -> str:
    """A form in which texts that look alike are equal."""
    return re.sub(r"[\s_\-·•.。]", "", unicodedata.normalize("NFKC", text)).casefold()
