"""Do hostile files end in a sentence, at little cost?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.intake import Limits, read_bytes
from tests.intake.bombs import BOMBS, outside_entity, packed, parts, way_out

CHILD = """
import json, resource, sys, time
from pathlib import Path
from scheduler.intake import read
read(Path(sys.argv[1]))
usage = lambda: resource.getrusage(resource.RUSAGE_SELF)
told = {}
for path in sys.argv[2:]:
    before = usage()
    reading = read(Path(path))
    after = usage()
    told[path] = [
        reading.scenario is None and any(not fault.warning for fault in reading.faults),
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        (after.ru_maxrss - before.ru_maxrss) / 1024,
    ]
print(json.dumps(told))
"""


@pytest.mark.slow
def test_bombs_are_refused_within_five_seconds_and_200_megabytes(tmp_path: Path) -> None:
    paths = []
    for name, make in BOMBS.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(make())
        paths.append(str(path))
    (tmp_path / "sound.xlsx").write_bytes(packed(parts()))
    command = [sys.executable, "-c", CHILD, str(tmp_path / "sound.xlsx"), *paths]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert [path for path, (refused, _, _) in told.items() if not refused] == []
    assert [path for path, (_, seconds, _) in told.items() if seconds > 5] == []
    assert sum(megabytes for _, _, megabytes in told.values()) <= 200


def test_an_outside_entity_is_refused() -> None:
    reading = read_bytes("school.xlsx", outside_entity())
    assert reading.scenario is None
    assert "root:" not in " ".join(fault.text() for fault in reading.faults)


def test_a_path_outside_the_archive_is_refused() -> None:
    assert "包外" in read_bytes("school.zip", way_out()).faults[0].zh


def test_an_upload_beyond_the_limit_is_refused() -> None:
    data = packed(parts())
    assert read_bytes("school.xlsx", data).scenario is not None
    assert "太大" in read_bytes("school.xlsx", data, limits=Limits(file_bytes=len(data) - 1)).faults[0].zh
    assert "太大" in read_bytes("school.xlsx", data, limits=Limits(unpacked_bytes=1000)).faults[0].zh


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    """The central directory says 10 bytes; the member holds more."""
    data = bytearray(packed({"scenario.toml": b"[school]\n" + b"#" * 5000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert "损坏" in read_bytes("school.zip", bytes(data)).faults[0].zh
