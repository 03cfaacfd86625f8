"""How does a test get a real PostgreSQL? Debian's, in a folder of its own, reached through a socket in that folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg

NOBODY = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this user."""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests whose claim has nothing to do with power cuts."""


class Cluster:
    """One server. `settings` as on the command line of `postgres`; `disk` is where its folder shall be."""

    def __init__(self, settings: Sequence[str] = QUICK, disk: Path | None = None) -> None:
        # A socket's path may have about 100 letters, so the folder is not pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=disk))
        self.settings = settings
        self.user: str | None = None
        if os.geteuid() == 0:
            self.user = NOBODY
            owner = pwd.getpwnam(NOBODY)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(self.data), "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        given = " ".join(f"-c {setting}" for setting in ("listen_addresses=", "max_connections=200", *self.settings))
        self._run(
            "pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", f"{given} -k {self.folder}", "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stops it; `immediate` is as good as a kill: no time to put anything in order."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        self.stop("fast")
        shutil.rmtree(self.folder)

    def address(self, database: str) -> str:
        """As the settings of the service want it."""
        return f"postgresql://test@/{database}?host={quote(str(self.folder))}"

    def create(self, database: str, template: str = "template1") -> str:
        """The address of a new database."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'.encode())
        return self.address(database)

    def drop(self, database: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)'.encode())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_binary(program), *arguments],
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # The server inherits what it is given: a pipe would stay open as long as it runs.
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "trouble").open("wb"),
            check=False,
        )
        assert done.returncode == 0, f"{program}: {(self.folder / 'trouble').read_text()}"


def _binary(program: str) -> str:
    places = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    found = shutil.which(program, path=os.pathsep.join(places))
    assert found, f"{program} of PostgreSQL is needed: apt-get install postgresql"
    return found
