"""In which encoding was this text written? Tried in a fixed order; a doubtful file is asked about, never guessed.

Chinese spreadsheets save CSV as GB18030, everybody else as UTF-8. Statistics mistake short GB18030 files for Korean, so
nothing is guessed: UTF-8 with its mark, UTF-8 strict, GB18030 strict, in this order. Where two readings are possible and
both, or neither, look like Chinese, the person is asked.
"""

import codecs
from dataclasses import dataclass

ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "utf-16", "big5")
"""What a person may answer."""

_ENOUGH = 12
"""So many three-byte characters in a row of luck do not happen: GB18030 text would long have failed as UTF-8."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, or `None` with the encodings in doubt (empty: none fits)."""

    text: str | None
    encoding: str | None
    doubt: tuple[str, ...] = ()


def decoded(data: bytes, answer: str | None = None) -> Decoded:
    """The text of `data`; `answer` is what a person said where there was doubt."""
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16")
    if data.isascii():
        return _strict(data, "ascii")
    found = _found(data)
    # The answer is for doubtful files only: the others of a folder may be written otherwise.
    return found if found.text is not None or answer is None else _strict(data, answer)


def _found(data: bytes) -> Decoded:
    utf8, gb18030 = _strict(data, "utf-8"), _strict(data, "gb18030")
    if utf8.text is not None and gb18030.text is not None:
        three_bytes = sum(char >= "\u0800" for char in utf8.text)
        chinese = three_bytes > 0 and _chinese(utf8.text)
        if chinese and (three_bytes >= _ENOUGH or not _chinese(gb18030.text)):
            return utf8
        return Decoded(None, None, ("utf-8", "gb18030"))
    if utf8.text is not None:
        return utf8
    if gb18030.text is not None:
        if not _chinese(gb18030.text) and _strict(data, "big5").text is not None:
            return Decoded(None, None, ("gb18030", "big5"))
        return gb18030
    return Decoded(None, None)


def _strict(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return Decoded(None, None)
    # Chinese systems write the euro sign as 0x80; a control character shows a wrong reading.
    if any(char < " " and char not in "\t\r\n\f\x1a" for char in text):
        return Decoded(None, None)
    return Decoded(text, encoding)


def _chinese(text: str) -> bool:
    """Nine in ten of its other-than-ASCII characters are everyday Chinese."""
    foreign = [char for char in text if char > "\x7f"]
    return 10 * sum(map(_everyday, foreign)) >= 9 * len(foreign)


def _everyday(char: str) -> bool:
    """In GB2312, and neither kana, Greek, Cyrillic nor a box."""
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return char in "\u00a0\u2014\u2013"
    return lead >= 0xB0 or lead in (0xA1, 0xA3)
