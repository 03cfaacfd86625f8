"""Is every CSV read as it was written, or asked about?"""

import codecs
from pathlib import Path

import pytest

from scheduler.intake import read, write_folder
from scheduler.intake.encoding import decoded
from tests.intake.schools import small_school

ROSTER = "学号,姓名,班级,留校时段\n20250101,张小雨,101,全部\n20240101,㛃𬭎䶮,201,周一1\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_every_usual_encoding_keeps_rare_names(encoding: str, mark: bytes, ending: str) -> None:
    text = ROSTER.replace("\n", ending)
    assert decoded(mark + text.encode(encoding)).text == text


def test_gbk_keeps_what_it_can_write() -> None:
    text = ROSTER.replace("㛃𬭎䶮", "刘子涵")
    assert decoded(text.encode("gbk")).text == text


def test_big5_is_asked_about_and_never_garbled() -> None:
    text = "id,name,home_class\n1,陳靜雯,101\n2,劉曉東,101\n"
    found = decoded(text.encode("big5"))
    assert found.text is None
    assert set(found.doubt) == {"gb18030", "big5"}
    assert decoded(text.encode("big5"), "big5").text == text


def two_byte_twins() -> list[str]:
    """Characters whose GB18030 bytes are also a character in UTF-8."""
    twins = []
    for lead in range(0xC2, 0xE0):
        for trail in range(0x80, 0xC0):
            try:
                twins.append(bytes((lead, trail)).decode("gbk"))
            except UnicodeDecodeError:
                continue
    return twins


def test_a_short_file_that_may_be_either_is_asked_about() -> None:
    """All of the 1,900 or so characters that are valid both ways, one file each."""
    twins = two_byte_twins()
    assert len(twins) > 1800
    garbled = [char for char in twins if decoded(f"id,name\n1,{char}\n".encode("gb18030")).text is not None]
    assert garbled == []


def test_short_utf8_files_are_read_without_asking() -> None:
    names = ("王芳", "李明", "欧阳子涵", "刘宇轩", "赵一鸣", "孙悦", "周杰", "吴昊然")
    asked = [name for name in names if decoded(f"学号,姓名\n1,{name}\n".encode()).text is None]
    assert asked == []


def test_nothing_is_ever_garbled_in_a_short_roster() -> None:
    """Each name alone in a file of English headers: the text comes back, or a question."""
    for name in ("王芳", "㛃𬭎䶮", "李", "陈静", "·", "é", "吕布"):
        text = f"id,name\n1,{name}\n"
        for encoding in ("utf-8", "gb18030"):
            assert decoded(text.encode(encoding)).text in (text, None)


def test_bytes_of_no_encoding_are_refused_with_a_sentence(tmp_path: Path) -> None:
    write_folder(small_school(), tmp_path)
    (tmp_path / "rooms.csv").write_bytes(b"id,name\n1,\xff\xff\xfe\n")
    faults = [fault for fault in read(tmp_path).faults if fault.place == "rooms.csv"]
    assert any("编码" in fault.zh and "UTF-8" in fault.todo_zh for fault in faults)


@pytest.mark.parametrize("how", ["parameter", "file"])
def test_the_answer_settles_the_doubt(tmp_path: Path, how: str) -> None:
    """吕 is also a Greek-looking letter in UTF-8; the school says which."""
    write_folder(small_school(), tmp_path, "en")
    providers = (tmp_path / "providers.csv").read_bytes().decode("utf-8-sig")
    twin = next(char for char in two_byte_twins() if char.isalpha())
    short = providers.replace("县青少年宫", twin).replace("教审〔2025〕1号", "A1").replace("本校无武术教师", "")
    (tmp_path / "providers.csv").write_bytes(short.encode("gb18030"))
    asked = read(tmp_path)
    assert asked.scenario is None
    assert any("encoding" in fault.todo_en for fault in asked.faults)
    if how == "file":
        facts = tmp_path / "scenario.toml"
        facts.write_text('encoding = "gb18030"\n' + facts.read_text(encoding="utf-8"), encoding="utf-8")
    answered = read(tmp_path, encoding="gb18030" if how == "parameter" else None)
    assert answered.scenario is not None
    assert answered.scenario.providers[0].name == twin
