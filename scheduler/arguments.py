"""What was wrong with how a command was typed? Typer knows only English; we say it in the language of the command."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from scheduler.terminal import tell

NUMBER = r"(-?[\d.]+)"
SENTENCES: Mapping[str, str] = {
    r"Missing \w+ '(.+?)'\.?.*": "缺少 {0}。",
    r"No such option: (\S+) \(Possible options: (.+)\)": "没有“{0}”这个选项。您是不是要写 {1}？",
    r"No such option: (\S+)": "没有“{0}”这个选项。",
    r"No such command '(.+?)'\. Did you mean (.+)\?": "没有“{0}”这个命令。您是不是要写 {1}？",
    r"No such command '(.+?)'\.": "没有“{0}”这个命令。",
    r"Got unexpected extra argument\(s\) \((.+)\)": "多写了：{0}。",
    r"Option '(.+?)' requires an argument\.": "“{0}”后面要写一个值。",
    r"Option '(.+?)' does not take a value\.": "“{0}”后面不写值。",
    r"Invalid value for '(.+?)': (?:Value error, )?'(.*)' is not one of (.+)\.": "“{0}”不能是“{1}”，可以是 {2}。",
    r"Invalid value for '(.+?)': Input should be a valid integer.*": "“{0}”要写整数。",
    r"Invalid value for '(.+?)': Input should be a valid number.*": "“{0}”要写数字。",
    rf"Invalid value for '(.+?)': Input should be greater than or equal to {NUMBER}": "“{0}”不能小于 {1}。",
    rf"Invalid value for '(.+?)': Input should be less than or equal to {NUMBER}": "“{0}”不能大于 {1}。",
    rf"Invalid value for '(.+?)': Input should be greater than {NUMBER}": "“{0}”要大于 {1}。",
    rf"Invalid value for '(.+?)': Input should be less than {NUMBER}": "“{0}”要小于 {1}。",
    r"Invalid value for '(.+?)': (.+)": "“{0}”的值不合适（{1}）。",
}
"""What Typer says, from the most particular on, and the same in Chinese."""
WORDS: Mapping[str, str] = {"Usage: ": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}


class Commands(TyperGroup):
    """A group of commands that answers in the language of the command."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Any:
        self._language = language_of(args)
        with _said(self._language):
            return super().make_context(info_name, args, *more, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _said(self._language):
            return super().invoke(ctx)


def language_of(words: Sequence[str]) -> str:
    """The language that the words of a command ask for, before anybody has understood them."""
    written = " ".join(words).replace("=", " ")
    return "en" if re.search(r"--language en\b", written) else "zh"


def in_chinese(told: str) -> str:
    """A sentence of Typer's; one that we do not know stays as it is."""
    for pattern, zh in SENTENCES.items():
        found = re.fullmatch(pattern, told.strip(), re.DOTALL)
        if found is not None:
            return zh.format(*(re.sub(r"'([^']*)'", r"\1", part).replace(", ", "、") for part in found.groups()))
    return told


@contextmanager
def _said(language: str) -> Iterator[None]:
    try:
        yield
    except TyperException as error:
        context = getattr(error, "ctx", None)
        # Without any words a group prints its help, which is in both languages.
        if language == "en" or (context is not None and error.message == context.get_help()):
            raise
        if context is not None:
            usage = context.get_usage()
            for en, zh in WORDS.items():
                usage = usage.replace(en, zh)
            tell(usage)
        tell(f"参数有误：{in_chinese(error.format_message())}")
        if context is not None:
            tell(f"输入 {context.command_path} --help 可以看到说明。")
        raise typer.Exit(error.exit_code) from None
