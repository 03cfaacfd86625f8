"""Which commands look after what the service keeps? New schools, backups, and whether the log holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.__main__ import InLanguage, Tongue, app
from scheduler.line import Exit
from scheduler.terminal import say, tell, told

if TYPE_CHECKING:
    from api.store.engine import Database

BackupFile = Annotated[Path, typer.Argument(help="备份文件 · the backup file")]
Name = Annotated[str, typer.Argument(help="学校名称 · name of the school")]
County = Annotated[str, typer.Option("--county", help="适用政策的区县 · county whose policies apply")]


@app.command()
def school(name: Name, county: County, language: InLanguage = "zh") -> None:
    """开设一所学校，打印管理员的一次性链接 · Opens a school, and prints the link by which its first administrator comes in."""
    from api.identity import invitations
    from api.store import migrate
    from api.store.store import Store
    from scheduler.policy import load_policy

    with told(language):
        load_policy(county)
        database = _database()
        migrate.upgrade(database)
        store = Store(database.url.render_as_string(hide_password=False))
        number, code = invitations.open_school(store, name, county)
        say(f"已开设 {name}，学校编号 {number}。" if language == "zh" else f"{name} is open; its number is {number}.")
        say_first(f"/welcome?code={code}", language)


@app.command()
def backup(file: BackupFile, language: InLanguage = "zh") -> None:
    """备份数据库，服务不用停 · Writes everything the service keeps into one file; the service may go on working."""
    from api.store import backup as archive

    with told(language):
        database = _kept(language)
        rows = sum(archive.backup(database, file).values())
        zh = f"已备份 {rows} 行到 {file}。文件没有加密，请妥善保管。"
        say(zh if language == "zh" else f"{rows} rows are in {file}. It is not encrypted: keep it safe.")


@app.command()
def restore(file: BackupFile, language: InLanguage = "zh") -> None:
    """把备份恢复到一个空的数据库 · Fills an empty database from a backup, SQLite or PostgreSQL alike."""
    from api.store import backup as archive

    with told(language):
        try:
            rows = sum(archive.restore(_database(), file).values())
        except archive.NotRestorable as error:
            tell(error.zh if language == "zh" else error.en)
            raise typer.Exit(Exit.BAD_INPUT) from None
        say(f"已恢复 {rows} 行，日志完整。" if language == "zh" else f"{rows} rows are restored; the log is whole.")


@app.command("verify-log")
def verify_log(language: InLanguage = "zh") -> None:
    """核对操作日志有没有被改过 · Says whether the log of each school is whole, or where it was changed."""
    from sqlalchemy import select

    from api.store import log
    from api.store.people import School
    from api.store.record import LogHead
    from api.store.sessions import Everywhere, Reading

    with told(language):
        damaged = False
        with Reading(_kept(language).readers, Everywhere("verify the logs")) as db:
            for school in db.scalars(select(School).order_by(School.school)).all():
                broken = log.broken(db, school.school)
                head = db.get(LogHead, school.school)
                damaged = damaged or broken is not None
                if broken is not None:
                    at = f"第 {broken.sequence} 条：{broken.zh}" if language == "zh" else f"line {broken.sequence}: {broken.en}"
                    tell(f"{school.name} {at}")
                elif head is not None:
                    lines = head.sequence
                    # Who keeps this number elsewhere would notice even a log that was written anew as a whole.
                    whole = f"日志 {lines} 条，完整，末条" if language == "zh" else f"{lines} lines, whole, the last"
                    say(f"{school.name} {whole} {head.digest}")
        if damaged:
            raise typer.Exit(Exit.BAD_INPUT)


def say_first(link: str, language: Tongue) -> None:
    """Tells how the first administrator comes in."""
    zh = f"第一位管理员请在 24 小时内打开这个链接（只能用一次）：{link}"
    say(zh if language == "zh" else f"The first administrator comes in here, once, within 24 hours: {link}")


def _database() -> "Database":
    from api.settings import Settings
    from api.store.engine import Database

    return Database(Settings().database_address)


def _kept(language: Tongue) -> "Database":
    """The database, where there is one."""
    from api.store import migrate

    database = _database()
    if migrate.revision(database) is None:
        tell("还没有数据库。" if language == "zh" else "There is no database yet.")
        raise typer.Exit(Exit.BAD_INPUT)
    return database
