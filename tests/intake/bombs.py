"""Files made to hurt whoever opens them."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.intake import write_workbook
from tests.intake.schools import small_school

SHEET = "xl/worksheets/sheet2.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{doctype}'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
TAIL = "</sheetData></worksheet>"


def parts() -> dict[str, bytes]:
    """The members of a sound workbook."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "school.xlsx"
        write_workbook(small_school(), path)
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet(body: str, doctype: str = "") -> bytes:
    """A workbook whose second sheet holds `body`."""
    return packed(parts() | {SHEET: (HEAD.format(doctype=doctype) + body + TAIL).encode()})


def million_rows() -> bytes:
    return sheet('<row r="1"/>' * 1_000_000)


def far_cell() -> bytes:
    return sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def huge_text() -> bytes:
    return sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 300_000_000 + "</t></is></c></row>")


def many_sheets() -> bytes:
    return packed(parts() | {f"xl/worksheets/sheet{n}.xml": b"<worksheet/>" for n in range(100, 2100)})


def shared_strings() -> bytes:
    return packed(parts() | {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>x</t></si>" * 5_000_000 + b"</sst>"})


def styles() -> bytes:
    return packed(parts() | {"xl/styles.xml": b"<styleSheet>" + b"<xf/>" * 20_000_000 + b"</styleSheet>"})


def nested_zip() -> bytes:
    inner = packed({"zeros": bytes(50_000_000)})
    for _ in range(3):
        inner = packed({f"{n}.zip": inner for n in range(5)})
    return inner


def outside_entity() -> bytes:
    doctype = '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>', doctype)


def laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row>', f"<!DOCTYPE w [{entities}]>")


def quadratic() -> bytes:
    doctype = f'<!DOCTYPE w [<!ENTITY a "{"x" * 50_000}">]>'
    return sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"&a;" * 20_000}</t></is></c></row>', doctype)


def image() -> bytes:
    return packed(parts() | {"xl/media/image1.png": bytes(400_000_000)})


def way_out() -> bytes:
    return packed({"../../evil.csv": b"x", "scenario.toml": b""})


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "a million rows": million_rows,
    "a far cell": far_cell,
    "a huge text": huge_text,
    "many sheets": many_sheets,
    "shared strings": shared_strings,
    "styles": styles,
    "nested archives": nested_zip,
    "an outside entity": outside_entity,
    "laughs": laughs,
    "quadratic entities": quadratic,
    "a huge image": image,
    "a path outside": way_out,
}
