"""Is it safe to start like this? Every unsafe setting is told in a sentence, all at once, and then the service does not start."""

import ipaddress
import os
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from api.service.gateways import mail_server
from api.settings import Settings
from api.store import migrate
from api.store.base import now
from api.store.engine import Database, unsafe
from api.store.record import LogEntry
from api.store.sessions import Everywhere, Reading

TESTED_PYTHON = ((3, 11), (3, 12), (3, 13))
TESTED_SOLVER = "9.15.6755"
"""Another solver may give other plans for the same input and seed."""
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "fuse.rclone", "davfs", "fuse.davfs2"})
"""File systems whose locks and syncs are promises of another computer."""
MOUNTS = Path("/proc/self/mounts")
KEY_LETTERS = 32
AHEAD = timedelta(minutes=5)
"""Two computers may differ by so much."""

Fault = tuple[str, str]
"""Why not, and what to do, in Chinese and in English."""


def faults(settings: Settings, database: Database, host: str) -> list[Fault]:
    """Everything unsafe in how the service is about to start; empty where all is well."""
    return [
        *_of_the_way_in(settings, host),
        *_of_the_gateways(settings),
        *_of_the_programs(),
        *(
            _of_the_file(Path(str(database.url.database)), MOUNTS)
            if database.sqlite
            else _of_the_server(database, settings.private_network)
        ),
        *unsafe(database),
        *_of_the_clock(database),
    ]


def _of_the_way_in(settings: Settings, host: str) -> Iterator[Fault]:
    if not loopback(host) and not settings.https:
        yield (
            f"监听地址 {host} 能被其他电脑访问，而连接没有加密。请放在 HTTPS 代理后面，并设置 ONEPLUSX_HTTPS=1。",
            f"Other computers can reach {host}, and nothing is encrypted. Put an HTTPS proxy before it and set ONEPLUSX_HTTPS=1.",
        )
    if settings.https and "*" in settings.hosts:
        yield (
            "设置了 HTTPS，但接受任何主机名。请在 ONEPLUSX_HOSTS 里写上网站的名字。",
            "HTTPS is set, and any host name is answered. Please name the site in ONEPLUSX_HOSTS.",
        )
    for proxy in settings.proxies:
        if not _one_host(proxy):
            yield (
                f"ONEPLUSX_PROXIES 里的 {proxy} 不是一个地址，谁都可以冒充代理。请写代理自己的 IP 地址。",
                f"{proxy} in ONEPLUSX_PROXIES is not one address: anybody could pose as a proxy. Please write the proxy's own.",
            )
    if 0 < len(settings.metrics_key) < KEY_LETTERS:
        yield (
            f"ONEPLUSX_METRICS_KEY 太短，能被猜中。请用至少 {KEY_LETTERS} 个随机字符。",
            f"ONEPLUSX_METRICS_KEY is short enough to be guessed. Please use {KEY_LETTERS} random characters or more.",
        )
    if os.environ.get("ONEPLUSX_DEBUG"):
        yield (
            "设置了 ONEPLUSX_DEBUG，出错时会显示内部信息。请去掉。",
            "ONEPLUSX_DEBUG is set, and failures would show what is inside. Please unset it.",
        )


def _of_the_gateways(settings: Settings) -> Iterator[Fault]:
    try:
        if settings.mail:
            mail_server(settings.mail, settings.mail_from)
    except ValueError:
        yield (
            "ONEPLUSX_MAIL 应写成 smtp://主机:25 或 smtps://用户:密码@主机:465，ONEPLUSX_MAIL_FROM 应是发信地址。",
            "ONEPLUSX_MAIL is written smtp://host:25 or smtps://user:password@host:465, and ONEPLUSX_MAIL_FROM is the address "
            "that letters come from.",
        )
    for school, address in settings.robots.items():
        robot = urlsplit(address)
        if robot.scheme != "https" and not (robot.hostname and loopback(robot.hostname)):
            yield (
                f"学校 {school} 的群机器人地址要以 https:// 开头，请检查 ONEPLUSX_ROBOTS。",
                f"The address of the robot of school {school} must begin with https://. Please look at ONEPLUSX_ROBOTS.",
            )


def _of_the_programs() -> Iterator[Fault]:
    if sys.version_info[:2] not in TESTED_PYTHON:
        yield (
            f"没有在 Python {sys.version_info[0]}.{sys.version_info[1]} 上测试过。请用 3.11 至 3.13。",
            f"Python {sys.version_info[0]}.{sys.version_info[1]} was not tested. Please use 3.11 to 3.13.",
        )
    solver = version("ortools")
    if solver != TESTED_SOLVER:
        yield (
            f"求解器 {solver} 没有测试过，同样的数据可能排出不同的课表。请安装 {TESTED_SOLVER}。",
            f"The solver {solver} was not tested and may give other plans for the same input. Please install {TESTED_SOLVER}.",
        )


def _of_the_file(path: Path, mounts: Path) -> Iterator[Fault]:
    kind = file_system(path, mounts)
    if kind in NETWORK:
        yield (
            f"SQLite 数据库在网络磁盘（{kind}）上，会丢数据。请放到本机磁盘，或改用 PostgreSQL。",
            f"The SQLite database is on a network disk ({kind}), which loses data. Use a local disk, or PostgreSQL.",
        )
    for each in (path, path.with_name(path.name + "-wal")):
        if each.exists() and each.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield (
                f"别的用户能打开数据库文件 {each}。请执行 chmod 600 {each}。",
                f"Other users can open the database file {each}. Please run chmod 600 {each}.",
            )


def _of_the_clock(database: Database) -> Iterator[Fault]:
    if migrate.revision(database) is None:
        return
    with Reading(database.readers, Everywhere("look at the clock")) as db:
        last = db.scalar(select(func.max(LogEntry.at)))
    if last is not None and last > now() + AHEAD:
        yield (
            f"这台电脑的时钟比操作日志慢：日志最后一条是 {last:%Y-%m-%d %H:%M}（UTC）。请校准时钟。",
            f"The clock is behind the log, whose last line is of {last:%Y-%m-%d %H:%M} UTC. Please set it right.",
        )


def _one_host(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def _of_the_server(database: Database, private: bool = False) -> Iterator[Fault]:
    host = str(database.url.host or database.url.query.get("host") or "/")
    encrypted = database.url.query.get("sslmode") in ("require", "verify-ca", "verify-full")
    if not private and not host.startswith("/") and not loopback(host) and not encrypted:
        yield (
            f"到数据库 {host} 的连接没有要求加密。请在数据库地址里加上 sslmode=verify-full。",
            f"The connection to the database {host} need not be encrypted. Please add sslmode=verify-full to its address.",
        )


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that holds a path, from a table of mounts; empty where it does not say."""
    found, longest = "", -1
    whole = str(path.absolute())
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, at, kind, *_ = [*line.split(" "), "", "", ""]
        at = at.replace("\\040", " ")
        if (whole == at or whole.startswith(at.rstrip("/") + "/")) and len(at) >= longest:
            found, longest = kind, len(at)
    return found


def loopback(host: str) -> bool:
    """Whether only this computer reaches it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
