"""How would one explain the sheets on paper? The table of columns as Markdown, so that no guide can lag behind."""

from collections.abc import Iterator

from scheduler.intake.cells import Language
from scheduler.intake.sheets import SHEETS, Sheet


def columns_guide(language: Language = "zh") -> str:
    """Every sheet with its columns: header, needed or not, what to write, and a word of help."""
    return "\n".join(line for sheet in SHEETS for line in _of(sheet, language))


def _of(sheet: Sheet, language: Language) -> Iterator[str]:
    zh = language == "zh"
    file = "scenario.toml" if sheet.name == "school" else f"{sheet.name}.csv"
    yield f"## {sheet.zh if zh else sheet.name} (`{file}`)\n"
    yield f"{sheet.help_zh if zh else sheet.help_en}\n"
    yield "| 列 | 英文 | 必填 | 填写 | 说明 |" if zh else "| column | 中文 | needed | write | note |"
    yield "|---|---|---|---|---|"
    for column in sheet.columns:
        names = (column.zh, f"`{column.name}`") if zh else (f"`{column.name}`", column.zh)
        needed = ("是" if zh else "yes") if column.required else ""
        kind, note = (column.kind.zh, column.help_zh) if zh else (column.kind.en, column.help_en)
        yield "| " + " | ".join((*names, needed, kind.replace("|", "\\|"), note)) + " |"
    yield ""
