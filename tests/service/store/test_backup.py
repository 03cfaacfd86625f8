"""Does a backup hold everything, also when it is taken while others write, and does it come back as it was?"""

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from api.store import backup, log, migrate
from api.store.engine import Database
from api.store.people import Account
from api.store.planning import ScenarioVersion, Term
from api.store.sessions import Everywhere
from api.store.store import Store
from tests.cli.test_commands import oneplusx
from tests.service.conftest import HERE, MakeEmpty
from tests.service.rows import account, term_with_facts


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != backup.MANIFEST}


def test_what_was_backed_up_comes_back_byte_for_byte(store: Store, new_empty: MakeEmpty, tmp_path: Path):
    account(store, "王老师")
    term_with_facts(store, '{"名":"值"}')
    counted = backup.backup(store.database, tmp_path / "a.zip")
    assert counted["accounts"] == 1
    assert counted["log_entries"] == 5
    database = Database(new_empty())
    assert backup.restore(database, tmp_path / "a.zip") == counted
    backup.backup(database, tmp_path / "b.zip")
    assert members(tmp_path / "a.zip") == members(tmp_path / "b.zip")
    restored = Store(database.url.render_as_string(hide_password=False))
    with restored.reading(HERE) as db:
        assert db.scalar(select(ScenarioVersion.text)) == '{"名":"值"}'
        assert log.broken(db, HERE) is None
    account(restored, "goes on")
    restored.close()
    database.close()


def test_a_backup_of_one_database_can_be_restored_into_the_other(
    store: Store, kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    account(store, "王老师")
    backup.backup(store.database, tmp_path / "a.zip")
    if kind == "sqlite":
        other = Database(request.getfixturevalue("cluster").create("moved"))
    else:
        other = Database(f"sqlite:///{tmp_path / 'moved.sqlite3'}")
    backup.restore(other, tmp_path / "a.zip")
    backup.backup(other, tmp_path / "b.zip")
    assert members(tmp_path / "a.zip") == members(tmp_path / "b.zip")
    other.close()


def test_a_backup_under_writes_is_consistent_and_holds_all_that_was_acknowledged_before(
    store: Store, new_empty: MakeEmpty, tmp_path: Path
):
    acknowledged: list[str] = []
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            acknowledged.append(account(store, "x"))

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for number in range(3):
        while len(acknowledged) < 5 * (number + 1):
            done.wait(0.001)
        before = set(acknowledged)
        backup.backup(store.database, tmp_path / f"{number}.zip")
        with zipfile.ZipFile(tmp_path / f"{number}.zip") as archive:
            kept = {json.loads(line)["id"] for line in archive.read("accounts.jsonl").splitlines()}
            lines = len(archive.read("log_entries.jsonl").splitlines())
        assert before <= kept
        # One moment: each account has its line, besides the two of the schools.
        assert lines == len(kept) + 2
    done.set()
    for writer in writers:
        writer.join()
    database = Database(new_empty())
    backup.restore(database, tmp_path / "2.zip")
    database.close()


def test_a_copy_of_the_file_alone_misses_what_was_acknowledged(sqlite_template: Path, tmp_path: Path):
    """The control of the test above: why a backup is not a copy of the file."""
    path = tmp_path / "store.sqlite3"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    id = account(store)
    shutil.copy(path, tmp_path / "copy.sqlite3")
    copy = Store(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    with copy.reading(HERE) as db:
        assert db.get(Account, (HERE, id)) is None
    copy.close()
    store.close()


def changed(path: Path, name: str, content: bytes) -> Path:
    """The archive with one of its files changed."""
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    files[name] = content
    with zipfile.ZipFile(path.with_suffix(".changed"), "w") as archive:
        for each, data in files.items():
            archive.writestr(each, data)
    return path.with_suffix(".changed")


def test_a_damaged_or_foreign_archive_changes_nothing(store: Store, new_empty: MakeEmpty, tmp_path: Path):
    account(store, "wang")
    good = tmp_path / "a.zip"
    backup.backup(store.database, good)
    accounts = members(good)["accounts.jsonl"]
    (tmp_path / "junk.zip").write_bytes(b"no archive")
    later = json.dumps({"format": 1, "revision": "9999", "tables": {}}).encode()
    for bad in (
        tmp_path / "nowhere.zip",
        tmp_path / "junk.zip",
        changed(good, "accounts.jsonl", accounts.replace(b"wang", b"li")),
        changed(good, "accounts.jsonl", b"{"),
        changed(good, "log_entries.jsonl", b""),
        changed(good, backup.MANIFEST, b"{}"),
        changed(good, backup.MANIFEST, later),
    ):
        database = Database(new_empty())
        with pytest.raises(backup.NotRestorable):
            backup.restore(database, bad)
        if migrate.revision(database) is not None:
            with database.readers.connect() as connection:
                assert connection.execute(text("SELECT count(*) FROM schools")).scalar_one() == 0
        database.close()


def test_a_database_that_holds_data_is_not_overwritten(store: Store, tmp_path: Path):
    backup.backup(store.database, tmp_path / "a.zip")
    with pytest.raises(backup.NotRestorable):
        backup.restore(store.database, tmp_path / "a.zip")
    with store.reading(Everywhere("test")) as db:
        assert db.scalar(select(func.count()).select_from(Term)) == 0


def test_a_backup_is_for_its_owner_only_and_whole_or_not_there(store: Store, tmp_path: Path):
    backup.backup(store.database, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    with pytest.raises(OSError, match="nowhere"):
        backup.backup(store.database, tmp_path / "nowhere" / "a.zip")
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["a.zip"]


def test_the_commands_back_up_and_restore_in_words(
    database: str, new_empty: MakeEmpty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ONEPLUSX_DATABASE", database)
    ended = oneplusx("backup", tmp_path / "a.zip")
    assert ended.exit_code == 0, ended.stdout
    assert "已备份" in ended.stdout
    assert "已有数据" in oneplusx("restore", tmp_path / "a.zip").stderr
    monkeypatch.setenv("ONEPLUSX_DATABASE", new_empty())
    assert oneplusx("backup", tmp_path / "b.zip").exit_code == 2
    assert "日志完整" in oneplusx("restore", tmp_path / "a.zip").stdout
