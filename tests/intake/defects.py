"""Thirty ways in which a table goes wrong, each with the place where a person should be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.intake.layouts import Tables


@dataclass(frozen=True)
class Planted:
    """What was done, and what must be told."""

    sheet: str
    row: int | None
    """Index of the data row; `None`: the header or the whole sheet."""
    column: str | None
    warning: bool = False


def cell(sheet: str, row: int, header: str, text: str, *, warning: bool = False) -> Callable[[Tables], Planted]:
    """One cell with a text that does not belong there."""

    def plant(tables: Tables) -> Planted:
        tables.set(sheet, row, header, text)
        return Planted(sheet, row, header, warning)

    return plant


def unknown_column(tables: Tables) -> Planted:
    tables.headers["pupils"].append("姓铭")
    for row in tables.rows["pupils"]:
        row.append("x")
    return Planted("pupils", None, "姓铭")


def missing_column(tables: Tables) -> Planted:
    place = tables.headers["rooms"].index("每组容量")
    for row in [tables.headers["rooms"], *tables.rows["rooms"]]:
        del row[place]
    return Planted("rooms", None, "每组容量")


def doubled_column(tables: Tables) -> Planted:
    tables.headers["staff"].append("姓名")
    return Planted("staff", None, "姓名")


def slipped_row(tables: Tables) -> Planted:
    tables.rows["classes"][1] += [""] * (len(tables.headers["classes"]) - len(tables.rows["classes"][1])) + ["多出来的"]
    return Planted("classes", 1, None)


def missing_sheet(tables: Tables) -> Planted:
    tables.drop.add("classes")
    return Planted("classes", None, None)


def doubled_id(tables: Tables) -> Planted:
    tables.rows["pupils"].append(list(tables.rows["pupils"][0]))
    return Planted("pupils", len(tables.rows["pupils"]) - 1, "学号")


def alike_pupil(tables: Tables) -> Planted:
    copy = list(tables.rows["pupils"][0])
    copy[tables.headers["pupils"].index("学号")] = "20239999"
    copy[tables.headers["pupils"].index("姓名")] = "赵 一 鸣"
    tables.rows["pupils"].append(copy)
    return Planted("pupils", len(tables.rows["pupils"]) - 1, "姓名", warning=True)


def namesakes(tables: Tables) -> Planted:
    tables.set("staff", 1, "姓名", "王芳")
    tables.set("classes", 0, "班主任", "王芳")
    return Planted("classes", 0, "班主任")


def wish_gap(tables: Tables) -> Planted:
    tables.set("choices", 1, "志愿2", "")
    return Planted("choices", 1, "志愿3")


def second_wish_row(tables: Tables) -> Planted:
    tables.rows["choices"].append(list(tables.rows["choices"][0]))
    return Planted("choices", len(tables.rows["choices"]) - 1, "学号")


def season_without_clock(tables: Tables) -> Planted:
    del tables.rows["slots"][0]
    return Planted("slots", 0, "作息")


DEFECTS: Mapping[str, Callable[[Tables], Planted]] = {
    "unknown column": unknown_column,
    "missing column": missing_column,
    "doubled column": doubled_column,
    "value without a column": slipped_row,
    "missing sheet": missing_sheet,
    "doubled id": doubled_id,
    "pupil twice under two ids": alike_pupil,
    "two teachers of one name": namesakes,
    "gap between wishes": wish_gap,
    "wishes twice": second_wish_row,
    "season without a clock": season_without_clock,
    "needed cell empty": cell("staff", 0, "姓名", ""),
    "words for a number": cell("rooms", 1, "每组容量", "四十五"),
    "number out of range": cell("courses", 2, "危险程度", "7"),
    "no such date": cell("pupils", 2, "协议签订日期", "2025-02-30"),
    "no such time": cell("buses", 3, "发车时间", "25:10"),
    "word not on the list": cell("rooms", 0, "场地类型", "礼堂"),
    "neither yes nor no": cell("pupils", 1, "服从调剂", "也许"),
    "unknown class": cell("pupils", 3, "班级", "909"),
    "unknown course": cell("choices", 0, "志愿1", "马术"),
    "unknown slot": cell("staff", 1, "可用时段", "周六9"),
    "stay in extended care": cell("pupils", 0, "留校时段", "mon-3"),
    "id in scientific notation": cell("pupils", 1, "学号", "1.10101E+17"),
    "character lost from a name": cell("pupils", 0, "姓名", "王?霞", warning=True),
    "replacement character": cell("staff", 1, "姓名", "李\ufffd", warning=True),
    "sentence in a name": cell("courses", 1, "项目名称", "很长" * 40, warning=True),
    "wish for an arranged course": cell("choices", 1, "志愿2", "zuoye"),
    "teacher who does not lead it": cell("choices", 0, "志愿1", "lanqiu/T1"),
    "end before start": cell("slots", 4, "结束", "08:00"),
    "unknown route": cell("pupils", 1, "乘车线路", "西线"),
}
