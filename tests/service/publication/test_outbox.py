"""Does each notice arrive once by each way, however its gateway behaves, and is somebody told where it does not?"""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.service.gateways import mail_server as understood
from api.service.outbox import KEEP, MOST_TRIES, Pace, Sender
from api.service.runner import Runner
from api.settings import Settings
from api.store.base import AccountId, now
from api.store.people import Role
from api.store.record import Channel, Notice
from api.store.store import Store
from tests.service.conftest import HERE, THERE
from tests.service.jobs.work import until
from tests.service.people import everybody
from tests.service.publication.gateways import Gateway, certified, mail_server, robot
from tests.service.publication.world import ZHAO, World

QUICK = Pace(gateway=0.6, first=0.0, most=0.0, idle=0.01)
"""What failed is due again at once."""


def written(store: Store, channel: Channel, count: int = 1, address: str = "ma@family.example", school: str = HERE) -> list[str]:
    """Notices that wait, by id."""
    with store.bookkeeping(school) as db:
        rows = [
            Notice(
                channel=channel, address=address, key=f"{channel} {address} {n}", subject="课后服务课表已更新", body=f"第{n}条"
            )
            for n in range(count)
        ]
        db.add_all(rows)
    return [row.id for row in rows]


def of(store: Store, id: str, school: str = HERE) -> Notice:
    with store.reading(school) as db:
        return db.find(Notice, id)


def sender(store: Store, mail: Gateway | None = None, *robots: Gateway, pace: Pace = QUICK) -> Sender:
    settings = Settings(
        mail=f"smtp://127.0.0.1:{mail.port}" if mail else "",
        mail_from="课后服务 <office@school.example>" if mail else "",
        robots={
            school: f"http://127.0.0.1:{each.port}/send?key=secret" for school, each in zip((HERE, THERE), robots, strict=False)
        },
    )
    return Sender(store, settings, pace)


def test_a_letter_gets_through_a_bad_day_of_the_mail_server_once(store: Store):
    (id,) = written(store, Channel.EMAIL)
    with mail_server("hang", "busy", "later", "slow") as server:
        out = sender(store, server)
        told = []
        for _ in range(5):
            told.append((out.sent(Channel.EMAIL), of(store, id).failure))
        assert told == [(0, "timeout"), (0, "refused 421"), (0, "refused 451"), (1, ""), (0, "")]
        (letter,) = server.letters
    assert (letter["To"], letter["Subject"], letter["Message-ID"]) == (
        "ma@family.example",
        "课后服务课表已更新",
        f"<{id}@school.example>",
    )
    assert letter.get_content().strip() == "第0条"
    assert of(store, id).attempts == 4


def test_a_robot_is_told_once_after_a_timeout_a_failure_and_a_plea_for_patience(store: Store):
    (id,) = written(store, Channel.WEBHOOK, address="")
    with robot("hang", "drip", "500", "45009", "slow") as group:
        out = sender(store, None, group)
        told = []
        for _ in range(6):
            told.append((out.sent(Channel.WEBHOOK), of(store, id).failure))
        assert told == [(0, "timeout"), (0, "timeout"), (0, "answer 500"), (0, "robot 45009"), (1, ""), (0, "")]
        assert group.said == [{"msgtype": "text", "text": {"content": "课后服务课表已更新\n第0条"}}]


def test_waits_grow_and_a_dead_gateway_costs_the_others_in_its_queue_no_try(store: Store):
    ids = written(store, Channel.EMAIL, 3)
    with mail_server("busy", "busy") as server:
        out = sender(store, server, pace=Pace(gateway=0.6, first=100.0))
        assert out.sent(Channel.EMAIL) == 0
        assert sorted(of(store, id).attempts for id in ids) == [0, 0, 1]
        assert out.sent(Channel.EMAIL) == 0
        assert sorted(of(store, id).attempts for id in ids) == [0, 1, 1]
        assert out.sent(Channel.EMAIL) == 1, "those that failed wait for their time"
    assert [Pace().wait(n) for n in (1, 2, 3)] == [30, 90, 270]
    assert Pace().wait(MOST_TRIES) == 6 * 3600


def test_one_schools_dead_robot_holds_up_neither_anothers_nor_the_mail(store: Store):
    written(store, Channel.WEBHOOK, 2, address="")
    theirs = written(store, Channel.WEBHOOK, address="", school=THERE)
    letters = written(store, Channel.EMAIL)
    with mail_server() as server, robot("hang", "hang", "hang") as dead, robot() as well:
        out = sender(store, server, dead, well)
        out.start()
        until(
            lambda: all(of(store, *of_whom).sent for of_whom in ((theirs[0], THERE), (letters[0],))), "they wait behind the dead"
        )
        dead.moods.over.set()
        out.close()
        assert (len(server.letters), len(well.said)) == (1, 1)


def test_of_several_senders_one_sends_and_what_a_dead_one_held_is_taken_over(store: Store):
    ids = written(store, Channel.EMAIL, 6)
    with mail_server() as server:
        senders = [sender(store, server) for _ in range(3)]
        threads = [threading.Thread(target=each.sent, args=(Channel.EMAIL,)) for each in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(letter.get_content().strip() for letter in server.letters) == [f"第{n}条" for n in range(6)]
        assert all(of(store, id).attempts == 1 for id in ids)
        (held,) = written(store, Channel.EMAIL, address="pa@family.example")
        assert senders[0]._claimed(of(store, held)) is not None, "and then it dies"
        assert senders[1].sent(Channel.EMAIL) == 0, "the lease still runs"
        with store.bookkeeping(HERE) as db:
            db.lock(Notice, held).due = now() - timedelta(seconds=1)
        assert senders[1].sent(Channel.EMAIL) == 1


def test_what_cannot_arrive_is_given_up_with_its_reason_and_the_administrator_may_try_again(store: Store, http):
    http.app.state.settings = Settings(mail="smtp://127.0.0.1", mail_from="a@b", robots={HERE: "http://127.0.0.1"})
    people = everybody(http, store)
    boss = people["administrator@here"]
    (unknown,) = written(store, Channel.EMAIL, address="gone@family.example")
    (crooked,) = written(store, Channel.EMAIL, address="a@b\r\nBcc: all@school.example")
    (tired,) = written(store, Channel.EMAIL, address="tired@family.example")
    (old,) = written(store, Channel.EMAIL, address="old@family.example")
    (closed,) = written(store, Channel.WEBHOOK, address="")
    with store.bookkeeping(HERE) as db:
        db.lock(Notice, tired).attempts = MOST_TRIES - 1
        db.lock(Notice, old).created = now() - KEEP
        for id, seconds in ((unknown, 4), (crooked, 3), (tired, 2)):
            db.lock(Notice, id).due = now() - timedelta(seconds=seconds)
    with mail_server("unknown", "busy") as server, robot("93000") as group:
        out = sender(store, server, group)
        for _ in range(3):
            out.sent(Channel.EMAIL)
            out.sent(Channel.WEBHOOK)
        assert (server.letters, group.said) == ([], [])
        told = boss.ask("GET", "/api/v1/outbox").json()
        reasons = {each["id"]: each["failure"] for each in told["items"]}
        assert reasons == {unknown: "refused 550", crooked: "bad-address", tired: "refused 421", old: "", closed: "robot 93000"}
        page = boss.ask("GET", "/outbox").text
        assert [reason in page for reason in ("邮件服务器拒收", "地址有误", "群机器人拒收", "一直没有轮到")] == [True] * 4
        assert "第0条" not in f"{told}{page}", "what it says is between the school and the family"
        assert "secret" not in str(told)
        assert people["administrator@there"].ask("GET", "/api/v1/outbox").json()["total"] == 0
        assert people["office@here"].ask("GET", "/api/v1/outbox").status_code == 403
        assert boss.ask("POST", f"/outbox/{tired}/again", follow_redirects=False).headers["location"] == "/outbox"
        assert boss.ask("POST", f"/api/v1/outbox/{tired}/again").status_code == 409
        assert out.sent(Channel.EMAIL) == 1
        assert boss.ask("POST", f"/api/v1/outbox/{tired}/again").status_code == 409
        assert [boss.ask("GET", "/api/v1/outbox", params={"state": each}).json()["total"] for each in ("sent", "waiting")] == [
            1,
            0,
        ]


def test_a_publication_reaches_pages_mailbox_and_group_through_the_job_runner(world: World, tmp_path: Path):
    mother = world.person(Role.GUARDIAN, children=[ZHAO], login="ma@family.example")
    father = world.person(Role.GUARDIAN, children=[ZHAO])
    world.publish("first")
    world.publish("moved")
    written(world.store, Channel.WEBHOOK, address="")
    with mail_server() as server, robot() as group:
        settings = Settings(
            state=tmp_path,
            mail=f"smtp://127.0.0.1:{server.port}",
            mail_from="office@school.example",
            robots={HERE: f"http://127.0.0.1:{group.port}/"},
        )
        runner = Runner(world.store, settings)
        runner.start()
        until(lambda: len(server.letters) == 2 and len(group.said) == 1, "nothing arrives")
        runner.close()
    letters = " ".join(str(letter) for letter in server.letters)
    assert "赵一鸣" not in letters
    assert ZHAO not in letters
    told = mother.ask("GET", "/api/v1/me/notices")
    assert (told.json()["total"], told.headers["x-unread"]) == (2, "2")
    newest = told.json()["items"][0]
    assert (newest["subject"], newest["read"]) == ("课后服务课表已更新（第2版）", None)
    assert father.ask("POST", f"/api/v1/me/notices/{newest['id']}/read").status_code == 404, "it is the mother's"
    assert mother.ask("POST", f"/api/v1/me/notices/{newest['id']}/read").status_code == 204
    assert mother.ask("GET", "/api/v1/me/notices").headers["x-unread"] == "1"
    assert "未读" in mother.ask("GET", "/my/notices").text
    assert mother.ask("POST", "/my/notices/read", follow_redirects=False).headers["location"] == "/my/notices"
    assert "未读" not in mother.ask("GET", "/my/notices").text
    assert mother.ask("POST", "/api/v1/me/notices/read").status_code == 204
    assert mother.ask("GET", "/api/v1/me/notices").headers["x-unread"] == "0"
    assert father.ask("GET", "/api/v1/me/notices").headers["x-unread"] == "2"
    with world.store.reading(HERE) as db:
        account = AccountId(mother.account)
        mails = db.scalars(select(Notice).where(Notice.account == account, Notice.channel == Channel.EMAIL)).all()
    assert [row.attempts for row in mails] == [1, 1]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_password_for_the_mail_server_does_not_leave_this_computer_unencrypted(store: Store):
    (id,) = written(store, Channel.EMAIL)
    with mail_server(host="127.0.0.2") as server:
        out = Sender(store, Settings(mail=f"smtp://office:geheim@127.0.0.2:{server.port}", mail_from="a@b"), QUICK)
        assert (out.sent(Channel.EMAIL), of(store, id).failure) == (0, "not-encrypted")
        assert not [line for line in server.heard if b"AUTH" in line or b"MAIL" in line]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_where_the_mail_server_offers_encryption_password_and_letter_go_under_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    host = "127.0.0.2"
    identity = certified(host, tmp_path)
    (id,) = written(store, Channel.EMAIL)
    with mail_server("well", "plain", "well", host=host, identity=identity) as server:
        out = Sender(store, Settings(mail=f"smtp://office:geheim@{host}:{server.port}", mail_from="a@b"), QUICK)
        assert (out.sent(Channel.EMAIL), of(store, id).failure) == (0, "no-connection"), "nobody vouches for this server"
        monkeypatch.setenv("SSL_CERT_FILE", str(identity))
        assert (out.sent(Channel.EMAIL), of(store, id).failure) == (0, "refused 454")
        assert not server.letters
        assert out.sent(Channel.EMAIL) == 1
        assert {line[:4].upper() for line in server.heard} == {b"EHLO", b"STAR"}, "nobody on the way learns more"
        assert {b"AUTH", b"MAIL", b"RCPT", b"DATA"} <= {line[:4].upper() for line in server.sealed}
    assert [letter["To"] for letter in server.letters] == ["ma@family.example"]


@pytest.mark.parametrize(
    ("address", "sender"), [("http://x", "a@b"), ("smtp://", "a@b"), ("smtp://h", "nobody"), ("smtp://u:geheim@h:port", "a@b")]
)
def test_a_mail_server_that_cannot_be_one_is_refused_without_telling_its_password(address: str, sender: str):
    with pytest.raises(ValueError, match=r"^[^#]*$") as told:
        understood(address, sender)
    assert "geheim" not in str(told.value)
