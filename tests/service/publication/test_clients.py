"""Do the calendar programs that people use show what is published, over a real connection, and let go of a replaced link?

Each follows one link from the first publication through a week in which a meeting moves, another is cancelled and a third is
led by somebody else, to the day on which the link is replaced.
"""

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest
import recurring_ical_events
import uvicorn
from fastapi import FastAPI
from icalendar import Calendar
from playwright.sync_api import Page, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.store.people import Role
from tests.service.publication.world import LI, ZHAO, World

ICAL_JS = Path(__file__).parent / "ical_js" / "ical.js"


@dataclass(frozen=True)
class Seen:
    """An event, as a program shows it."""

    start: str
    title: str
    told: str


BEFORE = {
    Seen("2025-09-08 16:50", "自主阅读1班", "教师：王芳"),
    Seen("2025-09-09 16:50", "剪纸1班", "教师：周桂兰"),
    Seen("2025-09-11 16:00", "自主阅读3班", "教师：王芳"),
}
"""What is otherwise after the second publication: moved, cancelled, led by somebody else."""
AFTER = {
    Seen("2025-09-09 16:50", "自主阅读1班", "教师：周桂兰\n本次有调整，原定 9月8日。"),
    Seen("2025-09-09 16:50", "【停课】剪纸1班", "教师：周桂兰"),
    Seen("2025-09-11 16:00", "自主阅读3班", "教师：周桂兰\n本次由他人代课。"),
}


class Dead(Exception):
    """The program says that the link does not work."""


Look = Callable[[str], set[Seen]]
"""What a program shows of September in the calendar at an address."""


@dataclass
class Recorder:
    """The service, and how it answered those who asked for calendars."""

    app: ASGIApp
    answers: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].startswith("/calendars/"):
                self.answers.append(message["status"])
            await send(message)

        await self.app(scope, receive, noted if scope["type"] == "http" else send)


@dataclass
class Site:
    """The service on a port of its own."""

    address: str
    recorder: Recorder


@pytest.fixture
def site(app: FastAPI) -> Iterator[Site]:
    recorder = Recorder(app)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(recorder, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", recorder)
    server.should_exit = True
    thread.join()


@contextmanager
def recurring_events(tmp_path: Path, site: Site) -> Iterator[Look]:
    """A program of few lines: keeps the ETag, and asks recurring-ical-events which events there are."""
    kept: dict[str, tuple[str, bytes]] = {}

    def look(path: str) -> set[Seen]:
        client = HTTPConnection(site.address.removeprefix("http://"), timeout=60)
        client.request("GET", path, headers={"If-None-Match": kept[path][0]} if path in kept else {})
        answer = client.getresponse()
        content = answer.read()
        client.close()
        if answer.status == 404:
            raise Dead
        if answer.status != 304:
            kept[path] = (answer.headers["ETag"], content)
        found = recurring_ical_events.of(Calendar.from_ical(kept[path][1])).between((2025, 9, 1), (2025, 10, 1))
        return {Seen(f"{one['DTSTART'].dt:%Y-%m-%d %H:%M}", str(one["SUMMARY"]), str(one["DESCRIPTION"])) for one in found}

    yield look


@contextmanager
def vdirsyncer_and_khal(tmp_path: Path, site: Site) -> Iterator[Look]:
    """A mirror of the link in a folder, and a calendar on the terminal."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    clock = "\n".join(
        f"{name} = {form}"
        for name, form in {
            "local_timezone": "Asia/Shanghai",
            "default_timezone": "Asia/Shanghai",
            "timeformat": "%H:%M",
            **dict.fromkeys(("dateformat", "longdateformat"), "%Y-%m-%d"),
            **dict.fromkeys(("datetimeformat", "longdatetimeformat"), "%Y-%m-%d %H:%M"),
        }.items()
    )
    (tmp_path / "khal").write_text(
        f"[calendars]\n[[school]]\npath = {mirror}\nreadonly = True\n[locale]\n{clock}\n[sqlite]\npath = {tmp_path / 'khal.db'}\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "VDIRSYNCER_CONFIG": str(tmp_path / "pair")}

    pairs: dict[str, str] = {}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)

    def look(path: str) -> set[Seen]:
        # Another link is another pair, as it is for whoever sets it up anew.
        name = pairs.setdefault(path, f"pair{len(pairs)}")
        (tmp_path / "pair").write_text(
            f'[general]\nstatus_path = "{tmp_path / "status"}"\n'
            f'[pair {name}]\na = "link"\nb = "mirror"\ncollections = null\nconflict_resolution = "a wins"\n'
            f'[storage link]\ntype = "http"\nurl = "{site.address}{path}"\n'
            f'[storage mirror]\ntype = "filesystem"\npath = "{mirror}"\nfileext = ".ics"\n'
        )
        if not (tmp_path / "status" / name).exists():
            found = run("vdirsyncer", "discover", name)
            assert found.returncode == 0, found.stderr
        synchronised = run("vdirsyncer", "sync", name)
        if synchronised.returncode:
            assert "Not Found" in synchronised.stderr, synchronised.stderr
            raise Dead
        form = "{start-long-full}\x1f{title}\x1f{description}\x1e"
        listed = run("khal", "-c", str(tmp_path / "khal"), "list", "--day-format", "", "--format", form, "2025-09-01", "30d")
        assert listed.returncode == 0, listed.stderr
        lines = [one.strip().split("\x1f") for one in listed.stdout.split("\x1e") if one.strip()]
        return {Seen(start, title, told) for start, title, told in lines}

    yield look


@contextmanager
def ical_js(tmp_path: Path, site: Site) -> Iterator[Look]:
    """What web calendars and Thunderbird read with, in a browser, which keeps and revalidates what it fetched."""
    script = """async (path) => {
        const answer = await fetch(path, {cache: "no-cache"});
        if (answer.status !== 200) return answer.status;
        const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
        ICAL.TimezoneService.register(calendar.getFirstSubcomponent("vtimezone"));
        return calendar.getAllSubcomponents("vevent").map((one) => {
            const event = new ICAL.Event(one);
            const start = new Date(event.startDate.toJSDate().getTime() + 8 * 3600000).toISOString();
            return [start.slice(0, 16).replace("T", " "), event.summary, event.description];
        });
    }"""

    def look(path: str) -> set[Seen]:
        found = page.evaluate(script, path)
        if found == 404:
            raise Dead
        return {Seen(*one) for one in found if one[0] < "2025-10"}

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        # A program of one's own: our policy of contents is for our pages.
        page: Page = browser.new_context(bypass_csp=True).new_page()
        page.goto(f"{site.address}/sign-in")
        page.add_script_tag(path=ICAL_JS)
        yield look
        browser.close()


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(recurring_events, id="recurring-ical-events"),
        pytest.param(vdirsyncer_and_khal, marks=pytest.mark.slow, id="vdirsyncer and khal"),
        pytest.param(ical_js, marks=pytest.mark.browser, id="ical.js"),
    ],
)
def test_a_calendar_program_follows_the_plan_and_lets_go_of_a_replaced_link(
    world: World, site: Site, tmp_path: Path, client: Callable[[Path, Site], "contextmanager[Look]"]
):
    world.publish("first")
    mother = world.person(Role.GUARDIAN, children=[ZHAO, LI])
    made = mother.ask("POST", f"/api/v1/calendars/pupils/{ZHAO}").json()
    path = made["address"].removeprefix("http://127.0.0.1:8000")
    with client(tmp_path, site) as look:
        before = look(path)
        assert len(before) > 30
        assert before >= BEFORE
        if client is not vdirsyncer_and_khal:
            # That fetches the whole each time, and compares it itself.
            assert look(path) == before
            assert site.recorder.answers == [200, 304]
        world.publish("week")
        after = look(path)
        assert (before - after, after - before) == (BEFORE, AFTER)
        fresh = mother.ask("POST", f"/api/v1/me/calendars/{made['id']}/reset").json()
        with pytest.raises(Dead):
            look(path)
        assert site.recorder.answers[-1] == 404
        assert look(fresh["address"].removeprefix("http://127.0.0.1:8000")) == after
