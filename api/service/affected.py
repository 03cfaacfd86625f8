"""Whom does a publication concern, and what are they told? Notices for the outbox, one a person and channel.

Messages that leave the service say only that something changed: who reads along learns of no child. What changed stands in
the notices that one reads after signing in, under the nicknames of the family.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from api.store.base import AccountId, now
from api.store.people import Account, Guardianship, Role, RoleHeld
from api.store.planning import Publication
from api.store.record import Channel, Notice
from api.store.sessions import Writing
from scheduler.differences import Difference, Kind, Side

OF_PUPILS = frozenset(
    {
        Kind.PUPIL_JOINS,
        Kind.PUPIL_LEAVES,
        Kind.WISH_LOST,
        Kind.ARRANGED_MOVED,
        Kind.CARE_MOVED,
        Kind.GROUP_CHANGED,
        Kind.PLACE_GIVEN,
    }
)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Pupils and staff who have something otherwise than before, and what, without names."""

    pupils: Mapping[str, Sequence[str]]
    staff: Mapping[str, Sequence[str]]


def everybody(after: Side) -> Concerned:
    """A first publication concerns all who are in it."""
    pupils = {placement.pupil for placement in after.timetable.placements}
    staff = {person for meeting in after.timetable.meetings for person in meeting.staff}
    return Concerned(dict.fromkeys(sorted(pupils), ()), dict.fromkeys(sorted(staff), ()))


def concerned(found: Sequence[Difference], before: Side, after: Side) -> Concerned:
    """Whom these differences concern: the pupils named, and all in a section that is otherwise, with its staff."""
    pupils: defaultdict[str, list[str]] = defaultdict(list)
    staff: defaultdict[str, list[str]] = defaultdict(list)
    for one in found:
        if one.kind in OF_PUPILS:
            pupils[one.who].append(f"{one.from_zh or '无'} → {one.to_zh or '无'}")
            continue
        text = one.text("zh")
        for side in (before, after):
            for placement in side.timetable.placements:
                if placement.section == one.who:
                    pupils[placement.pupil].append(text)
            for meeting in side.timetable.meetings:
                if meeting.section == one.who:
                    for person in meeting.staff:
                        staff[person].append(text)
        for change in after.timetable.changes:
            if change.section == one.who and one.kind is Kind.DATED:
                for person in change.new_staff:
                    staff[person].append(text)
    return Concerned(
        {who: tuple(dict.fromkeys(texts)) for who, texts in pupils.items()},
        {who: tuple(dict.fromkeys(texts)) for who, texts in staff.items()},
    )


def put_out(db: Writing, publication: Publication, whom: Concerned, robot: bool, withdrawn: bool = False) -> None:
    """Writes the notices; whoever sends them does so later. `robot`: the school's group has one.

    Errors: `Taken` where they were written before.
    """
    subject = f"课后服务课表已{'撤回' if withdrawn else '更新'}（第{publication.number}版）"
    general = "与您有关的课后服务安排有变化，请登录后查看。"
    event = f"{'withdrawal' if withdrawn else 'publication'} {publication.id}"
    told = _by_account(db, whom)
    for account, lines in told.items():
        db.add(_notice(event, account, Channel.IN_APP, subject, "\n".join(lines) or general))
    for account, address in _mail_addresses(db, told.keys()):
        db.add(_notice(event, account, Channel.EMAIL, subject, general, address))
    if robot:
        db.add(_notice(event, None, Channel.WEBHOOK, subject, "请家长和老师登录后查看自己的安排。"))


def _notice(event: str, account: AccountId | None, channel: Channel, subject: str, body: str, address: str = "") -> Notice:
    return Notice(
        channel=channel,
        account=account,
        address=address,
        key=f"{event} {channel.value} {account or 'everybody'}",
        subject=subject,
        body=body,
        # It lies where it is read.
        sent=now() if channel is Channel.IN_APP else None,
    )


def _by_account(db: Writing, whom: Concerned) -> dict[AccountId, list[str]]:
    told: defaultdict[AccountId, list[str]] = defaultdict(list)
    links = db.scalars(select(Guardianship).where(Guardianship.ended.is_(None)).order_by(Guardianship.since, Guardianship.id))
    for link in links:
        if link.pupil in whom.pupils:
            called = f"{link.nickname}：" if link.nickname else ""
            told[link.account] += [f"{called}{text}" for text in whom.pupils[link.pupil]]
    moment = now()
    for held in db.scalars(select(RoleHeld).where(RoleHeld.role.in_([Role.TEACHER, Role.PUPIL]))):
        if held.until is not None and held.until <= moment:
            continue
        texts = (whom.staff if held.role is Role.TEACHER else whom.pupils).get(held.subject)
        if texts is not None:
            told[held.account] += texts
    active = set(db.scalars(select(Account.id).where(Account.active)))
    return {account: lines for account, lines in sorted(told.items()) if account in active}


def _mail_addresses(db: Writing, accounts: Collection[AccountId]) -> Iterator[tuple[AccountId, str]]:
    """Those who sign in with their address."""
    for id, login in db.execute(select(Account.id, Account.login).where(Account.login.like("%@%"))):
        if id in accounts:
            yield AccountId(id), str(login)
