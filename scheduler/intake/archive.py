"""May this archive be opened? Sizes are added up before anything is unpacked, and nothing is ever written to a disk."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from scheduler.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Largest input that is looked at."""

    file_bytes: int = 20_000_000
    unpacked_bytes: int = 60_000_000
    members: int = 500


class Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.en)
        self.fault = fault


def opened(place: str, data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, every member of it checked to be no larger than it says and all together within the limits.

    Errors: `Refused`, with a sentence for a person.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Refused(_broken(place)) from error
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise Refused(_too_large(place))
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused(_encrypted(place))
    if any(_outside(member.filename) for member in members):
        raise Refused(_slips(place))
    if len({member.filename for member in members}) < len(members):
        raise Refused(_broken(place))
    try:
        for member in members:
            _measure(archive, member)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Refused(_broken(place)) from error
    return archive


def _measure(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Reads the member once: a directory that lies about sizes or sums is found here, not in a parser."""
    left = member.file_size
    with archive.open(member) as part:
        while block := part.read(1 << 16):
            left -= len(block)
    if left != 0:
        raise zipfile.BadZipFile(member.filename)


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's name; Chinese archivers on Windows write GB18030 without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _broken(place: str) -> Fault:
    return Fault(
        place=place,
        zh="文件已损坏，打不开。",
        en="the file is damaged and cannot be opened.",
        todo_zh="请在表格软件中打开后另存一份。",
        todo_en="Open it in a spreadsheet program and save it again.",
    )


def _too_large(place: str) -> Fault:
    return Fault(
        place=place,
        zh="文件解开后太大，不像一所学校的数据。",
        en="the file unpacks to more than any school's data.",
        todo_zh="请删去图片和多余的工作表，或只复制数据到模板中。",
        todo_en="Remove pictures and spare sheets, or copy only the data into the template.",
    )


def _encrypted(place: str) -> Fault:
    return Fault(
        place=place,
        zh="文件有密码。",
        en="the file is protected by a password.",
        todo_zh="请去掉密码后再交。",
        todo_en="Remove the password.",
    )


def _slips(place: str) -> Fault:
    return Fault(
        place=place,
        zh="压缩包里的文件路径指向包外。",
        en="a path in the archive leads outside of it.",
        todo_zh="请重新压缩方案文件夹。",
        todo_en="Pack the scenario folder again.",
    )


def too_large(place: str) -> Fault:
    """The fault for a file beyond `Limits.file_bytes`."""
    return _too_large(place)
