"""Where and how large may the service be? Every limit in one place, each set by an environment variable ONEPLUSX_…."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Settings(BaseSettings):
    """Defaults fit one school's own computer: loopback only, two cores, some gigabytes of memory."""

    model_config = SettingsConfigDict(env_prefix="ONEPLUSX_", frozen=True, extra="forbid", use_attribute_docstrings=True)

    state: Path = Path("out/state")
    """Folder that keeps the database, unless another is named, and what a start needs while it lasts."""
    database: str = ""
    """Address of the database, `sqlite:///folder/file` or `postgresql://user@host/name`. Empty: a SQLite file in `state`."""
    samples: Path | None = None
    """Folder of sample schools; `None`: `scenarios` in the working directory or beside the packages."""
    policies: Path | None = None
    """Folder of policy packs; `None`: those of the product."""
    hosts: tuple[str, ...] = LOOPBACK
    """Names the service answers to; others are refused, so that no foreign page can reach a loopback service by name."""
    https: bool = False
    """The service is reached through a proxy that speaks HTTPS; cookies are then for HTTPS only."""
    proxies: tuple[str, ...] = ()
    """Addresses of proxies whose word on where a request comes from is taken (`X-Forwarded-For`, `X-Forwarded-Proto`)."""
    web_processes: int = Field(default=2, ge=1, le=64)
    """Processes that answer requests."""
    close_seconds: float = Field(default=20.0, ge=0)
    """Time that requests under way have to finish when the service is told to go."""
    metrics_key: str = ""
    """Who sends `Authorization: Bearer` and this may read `/metrics`; at least 32 characters. Empty: nobody."""
    private_network: bool = False
    """The network to the database belongs to this installation alone, as under Docker Compose: it need not be encrypted."""

    upload_bytes: int = Field(default=10 * MEGABYTE, ge=1)
    """Largest request body."""
    read_seconds: int = Field(default=60, ge=1)
    """CPU time for reading or auditing one upload."""
    read_bytes: int = Field(default=2048 * MEGABYTE, ge=MEGABYTE)
    """Address space of a process that reads or audits an upload."""
    readers: int = Field(default=2, ge=1)
    """Uploads read at the same time."""

    solvers: int = Field(default=1, ge=1)
    """Solves at the same time; each has a process of its own."""
    queue: int = Field(default=20, ge=0)
    """Jobs that may wait; more are refused."""
    solve_bytes: int = Field(default=6144 * MEGABYTE, ge=MEGABYTE)
    """Address space of a solve."""
    solve_seconds: int = Field(default=3600, ge=1)
    """Longest time limit one may ask for."""
    grace_seconds: float = Field(default=20.0, ge=0)
    """Time a solve has to put its papers in order after its limit, or after somebody stopped it; then it is killed."""
    run_jobs: bool = True
    """Work on jobs, too. False where only pages are served, and `oneplusx runner` works on jobs elsewhere."""
    lease_seconds: float = Field(default=30.0, gt=0)
    """A runner that gives no sign of life for so long has lost its jobs to the others."""

    robots: dict[str, str] = Field(default={}, repr=False)
    """By school id, the address of its group's robot at 企业微信 or 钉钉. It is a secret: whoever has it can write there.
    A robot of 钉钉 that asks for a keyword is given 课后服务."""
    mail: str = Field(default="", repr=False)
    """Where letters are handed in: `smtp://host:25` or `smtps://user:password@host:465`. Empty: none are sent."""
    mail_from: str = ""
    """The address that letters come from."""

    @property
    def database_address(self) -> str:
        """Where everything is kept, accounts and plans."""
        return self.database or f"sqlite:///{(self.state / 'oneplusx.sqlite3').absolute()}"

    @property
    def cookie(self) -> str:
        """Name of the cookie of a signed-in browser. With the prefix, browsers take it over HTTPS and from this host only."""
        return "__Host-oneplusx" if self.https else "oneplusx"

    def sample_folders(self) -> dict[str, Path]:
        """Sample schools by name: folders that hold a `scenario.toml`."""
        root = self.samples or _shipped_samples()
        if root is None or not root.is_dir():
            return {}
        return {folder.name: folder for folder in sorted(root.iterdir()) if (folder / "scenario.toml").is_file()}


def _shipped_samples() -> Path | None:
    beside = Path(__file__).resolve().parent.parent / "scenarios"
    return next((folder for folder in (Path("scenarios"), beside) if folder.is_dir()), None)
