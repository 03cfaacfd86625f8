"""Is it said in the language of the command what was typed wrongly, with the exit code of bad input?"""

import re

import pytest

from tests.cli.test_commands import TINY, oneplusx

SOLVE = ("solve", str(TINY), "--out", "/nowhere/out")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("solve",), "缺少 SCENARIO。"),
        (("solve", "x"), "缺少 --out。"),
        ((*SOLVE, "--time-limt", "3"), "没有“--time-limt”这个选项。您是不是要写 --time-limit？"),
        ((*SOLVE, "--time-limit"), "“--time-limit”后面要写一个值。"),
        ((*SOLVE, "--time-limit", "x"), "“--time-limit”要写数字。"),
        ((*SOLVE, "--seed", "1.5"), "“--seed”要写整数。"),
        ((*SOLVE, "--mode", "first"), "“--mode”不能是“first”，可以是 rounds、draft、most_seats。"),
        ((*SOLVE, "--deterministic=3"), "“--deterministic”后面不写值。"),
        ((*SOLVE, "more"), "多写了：more。"),
        (("sovle",), "没有“sovle”这个命令。您是不是要写 solve？"),
        (("--nothing",), "没有“--nothing”这个选项。"),
        (("generate", "--county", "helan", "--size", "5", "--out", "x"), "“--size”不能小于 60。"),
        (("run", "--port", "70000"), "“--port”不能大于 65535。"),
        (("solve", "--language", "fr"), "“--language”不能是“fr”，可以是 zh、en。"),
    ],
)
def test_a_word_that_is_wrong_is_named_in_chinese(typed: tuple[str, ...], told: str) -> None:
    ended = oneplusx(*typed)
    assert ended.exit_code == 2
    assert f"参数有误：{told}" in ended.stderr.splitlines()
    assert not re.search("Usage|Error|Try", ended.output)


@pytest.mark.parametrize("typed", [("solve", "--language", "en"), ("solve", "--language=en", "--nothing")])
def test_who_asks_for_english_gets_english(typed: tuple[str, ...]) -> None:
    ended = oneplusx(*typed)
    assert ended.exit_code == 2
    assert "Usage:" in ended.stderr
    assert not HAN.search(ended.stderr)


def test_without_any_word_one_gets_help() -> None:
    assert "排课、审查并发布" in oneplusx().output
