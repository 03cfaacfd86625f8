"""What does a school fill in? A workbook with drop-downs, a note on every header and an example that reads without faults."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scheduler.intake.cells import Language
from scheduler.intake.kinds import Kind, Reference
from scheduler.intake.sheets import CHOICES, SCHOOL, SHEETS, Choices, Column, Sheet
from scheduler.intake.xml_scan import column_letters

LAST_ROW = 5000
"""Drop-downs and text format reach so far."""
WISHES = 5
WISH_EXAMPLES = (("剪纸", "篮球"), ("篮球/陈静", "剪纸/王芳@周三"))

HELP_ZH = (
    "课后服务方案填写模板",
    "1. 每张表的第一行是列名，请不要改动；带 * 的列必填，其余可空。鼠标停在列名上有说明。",
    "2. 灰色斜体的行是示例，填写前请删去；示例本身可以直接读入。",
    "3. 编号一旦用开就不要再改；别的表用编号（或不重名的名称）来指它。",
    "4. 年级写 1-3,5 或 全部；时段写 周一1（周一第 1 个时段）、每天1-2、全部；多项用顿号隔开。",
    "5. 没有的表（如没有班车）留空即可。自己加的列请叫“备注”。",
    "6. 填好后用网页或 check 命令检查，所有问题会一次列出；check 加 --marked 副本.xlsx，问题就标在副本上。",
)
HELP_EN = (
    "Template of an after-school service scenario",
    "1. The first row of each sheet holds the column names: leave it alone. Columns with * are needed, others may stay empty.",
    "2. Rows in grey italics are examples: delete them before you start. They can be read as they are.",
    "3. Keep ids once they are in use; other sheets refer to them (or to a name that only one has).",
    "4. Grades: 1-3,5 or all. Slots: mon-1 (the first slot on Monday), daily-1-2, all. Separate several with commas.",
    "5. Leave sheets empty that do not concern you (no buses, say). Call columns of your own “note”.",
    "6. Check the file on the page or with the check command: all faults are told at once (--marked copy.xlsx: in a copy).",
)


@dataclass(frozen=True, slots=True)
class _Looks:
    """Formats of the workbook."""

    required: Format
    optional: Format
    text: Format
    example: Format


def write_template(path: Path, language: Language = "zh") -> None:
    """Writes the empty workbook with its example rows."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = {"bold": True, "num_format": "@", "border": 1, "text_wrap": True, "valign": "top"}
        looks = _Looks(
            required=book.add_format(head | {"bg_color": "#FCE4D6"}),
            optional=book.add_format(head | {"bg_color": "#E7EEF7"}),
            text=book.add_format({"num_format": "@"}),
            example=book.add_format({"num_format": "@", "italic": True, "font_color": "#7F7F7F"}),
        )
        _help(book, language)
        pages = {sheet.name: book.add_worksheet(_sheet_name(sheet, language)) for sheet in SHEETS}
        lists = _lists(book, language)
        for sheet in SHEETS:
            if sheet is SCHOOL:
                _facts(pages[sheet.name], lists, looks, language)
            else:
                _table(pages[sheet.name], sheet, lists, looks, language)


def _sheet_name(sheet: Sheet, language: Language) -> str:
    return sheet.zh if language == "zh" else sheet.name


def _help(book: Workbook, language: Language) -> None:
    page = book.add_worksheet("填写说明" if language == "zh" else "help")
    page.set_column(0, 0, 110)
    lines = HELP_ZH if language == "zh" else HELP_EN
    page.write_string(0, 0, lines[0], book.add_format({"bold": True, "font_size": 14}))
    for number, line in enumerate(lines[1:], 1):
        page.write_string(number, 0, line, book.add_format({"text_wrap": True, "valign": "top"}))


def _lists(book: Workbook, language: Language) -> Mapping[tuple[str, ...], str]:
    """A hidden sheet of the words of each drop-down, and the range of each."""
    name = "词表" if language == "zh" else "lists"
    page = book.add_worksheet(name)
    page.hide()
    ranges: dict[tuple[str, ...], str] = {}
    for sheet in SHEETS:
        for column in sheet.columns:
            words = _words(column.kind, language)
            if words and words not in ranges:
                place = len(ranges)
                for number, word in enumerate(words):
                    page.write_string(number, place, word)
                letters = column_letters(place + 1)
                ranges[words] = f"={name}!${letters}$1:${letters}${len(words)}"
    return ranges


def _words(kind: Kind[object], language: Language) -> tuple[str, ...]:
    if not kind.one_of:
        return ()
    return kind.choices_zh if language == "zh" else kind.choices_en


def _facts(page: Worksheet, lists: Mapping[tuple[str, ...], str], looks: _Looks, language: Language) -> None:
    """The sheet 学校: facts below each other."""
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 40, looks.text)
    for place, title in enumerate(("项目", "内容") if language == "zh" else ("fact", "value")):
        page.write_string(0, place, title, looks.optional)
    for number, column in enumerate(SCHOOL.columns, 1):
        page.write_string(number, 0, _title(column, language), looks.required if column.required else looks.optional)
        page.write_comment(number, 0, comment(column, language), {"x_scale": 2})
        if column.example and column.example[0]:
            page.write_string(number, 1, example_text(column, column.example[0], language), looks.text)
        _drop_down(page, number, number, 1, column, lists, language)


def _table(page: Worksheet, sheet: Sheet, lists: Mapping[tuple[str, ...], str], looks: _Looks, language: Language) -> None:
    page.freeze_panes(1, 1)
    page.set_row(0, 32)
    for place, (title, column, texts) in enumerate(_columns(sheet, language)):
        page.set_column(place, place, max(10, min(30, 2 * len(title) + 4)), looks.text)
        page.write_string(0, place, title, looks.required if column.required else looks.optional)
        page.write_comment(0, place, comment(column, language), {"x_scale": 2})
        for number, text in enumerate(texts, 1):
            if text:
                page.write_string(number, place, example_text(column, text, language), looks.example)
        _drop_down(page, 1, LAST_ROW, place, column, lists, language)


def _columns(sheet: Sheet, language: Language) -> Iterator[tuple[str, Column[object], Sequence[str]]]:
    """Titles, columns and example texts; wishes stand side by side, one a rank."""
    if sheet is not CHOICES:
        yield from ((_title(column, language), column, column.example) for column in sheet.columns)
        return
    pupil, wish = sheet.column(Choices.pupil.name), sheet.column(Choices.wish.name)
    yield _title(pupil, language), pupil, pupil.example
    for rank in range(1, WISHES + 1):
        texts = [wishes[rank - 1] if rank <= len(wishes) else "" for wishes in WISH_EXAMPLES]
        yield f"{wish.zh if language == 'zh' else wish.name}{rank}", wish, texts


def _title(column: Column[object], language: Language) -> str:
    return (column.zh if language == "zh" else column.name) + ("*" if column.required else "")


def comment(column: Column[object], language: Language) -> str:
    """What a person should know about a column, as the note on its header."""
    if language == "zh":
        return "\n".join(filter(None, ("必填。" if column.required else "", column.help_zh, f"填写：{column.kind.zh}。")))
    return "\n".join(filter(None, ("Needed." if column.required else "", column.help_en, f"Write {column.kind.en}.")))


def example_text(column: Column[object], text: str, language: Language) -> str:
    """The example in the words of the language."""
    return text if language == "zh" else column.kind.write(column.kind.read(text), language)


def _drop_down(
    page: Worksheet,
    first: int,
    last: int,
    place: int,
    column: Column[object],
    lists: Mapping[tuple[str, ...], str],
    language: Language,
) -> None:
    """Words of a closed list are enforced; ids of another sheet are offered, since names will do as well."""
    words = _words(column.kind, language)
    if words:
        page.data_validation(
            first,
            place,
            last,
            place,
            {
                "validate": "list",
                "source": lists[words],
                "error_title": "请从列表中选" if language == "zh" else "Choose from the list",
                "error_message": "这一格只能填列表中的词。" if language == "zh" else "Only words of the list fit here.",
            },
        )
    elif isinstance(column.kind, Reference):
        target = next(sheet for sheet in SHEETS if sheet.name == column.kind.sheet)
        source = f"={_sheet_name(target, language)}!$A$2:$A${LAST_ROW}"
        page.data_validation(first, place, last, place, {"validate": "list", "source": source, "show_error": False})
