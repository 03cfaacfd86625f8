"""Whom does a publication concern, and what are they told? Notices for the outbox, one a person and channel.

Messages that leave the service say only that something changed: who reads along learns of no child. What changed stands in
the notices that one reads after signing in, under the nicknames of the family. Each person is told in their language, a group in
Chinese.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from api.language import LANGUAGES, Language
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


Told = Mapping[Language, str]
"""The same sentence in each language."""
UPDATED: Told = {"zh": "课后服务课表已更新（第{}版）", "en": "The after-school timetable was updated (version {})"}
WITHDRAWN: Told = {"zh": "课后服务课表已撤回（第{}版）", "en": "The after-school timetable was withdrawn (version {})"}
GENERAL: Told = {
    "zh": "与您有关的课后服务安排有变化，请登录后查看。",
    "en": "Something has changed that concerns you. Please sign in to see it.",
}
TO_ALL = "请家长和老师登录后查看自己的安排。"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Pupils and staff who have something otherwise than before, and what, without names."""

    pupils: Mapping[str, Sequence[Told]]
    staff: Mapping[str, Sequence[Told]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with an account who is concerned."""

    account: AccountId
    login: str
    language: Language
    lines: Sequence[str]
    """What is otherwise, in their language; none where all of it is new."""


def everybody(after: Side) -> Concerned:
    """A first publication concerns all who are in it."""
    pupils = {placement.pupil for placement in after.timetable.placements}
    staff = {person for meeting in after.timetable.meetings for person in meeting.staff}
    return Concerned(dict.fromkeys(sorted(pupils), ()), dict.fromkeys(sorted(staff), ()))


def concerned(found: Sequence[Difference], before: Side, after: Side) -> Concerned:
    """Whom these differences concern: the pupils named, and all in a section that is otherwise, with its staff."""
    pupils: defaultdict[str, list[Told]] = defaultdict(list)
    staff: defaultdict[str, list[Told]] = defaultdict(list)
    for one in found:
        if one.kind in OF_PUPILS:
            pupils[one.who].append(
                {"zh": f"{one.from_zh or '无'} → {one.to_zh or '无'}", "en": f"{one.from_en or 'none'} → {one.to_en or 'none'}"}
            )
            continue
        text: Told = {language: one.text(language) for language in LANGUAGES}
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
    return Concerned(pupils, staff)


def put_out(db: Writing, publication: Publication, whom: Concerned, robot: bool, withdrawn: bool = False) -> None:
    """Writes the notices; whoever sends them does so later. `robot`: the school's group has one.

    Errors: `Taken` where they were written before.
    """
    subject = {language: text.format(publication.number) for language, text in (WITHDRAWN if withdrawn else UPDATED).items()}
    event = f"{'withdrawal' if withdrawn else 'publication'} {publication.id}"
    for one in _readers(db, whom):
        title, general = subject[one.language], GENERAL[one.language]
        db.add(_notice(event, one.account, Channel.IN_APP, title, "\n".join(one.lines) or general))
        # Those who sign in with their address.
        if "@" in one.login:
            db.add(_notice(event, one.account, Channel.EMAIL, title, general, one.login))
    if robot:
        db.add(_notice(event, None, Channel.WEBHOOK, subject["zh"], TO_ALL))


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


def _readers(db: Writing, whom: Concerned) -> Iterator[Reader]:
    told: defaultdict[str, list[tuple[str, Told]]] = defaultdict(list)
    """By account: what the family calls the child, and what is otherwise."""
    links = db.scalars(select(Guardianship).where(Guardianship.ended.is_(None)).order_by(Guardianship.since, Guardianship.id))
    for link in links:
        if link.pupil in whom.pupils:
            told[link.account] += [(link.nickname, text) for text in whom.pupils[link.pupil]]
    moment = now()
    for held in db.scalars(select(RoleHeld).where(RoleHeld.role.in_([Role.TEACHER, Role.PUPIL]))):
        if held.until is not None and held.until <= moment:
            continue
        texts = (whom.staff if held.role is Role.TEACHER else whom.pupils).get(held.subject)
        if texts is not None:
            told[held.account] += [("", text) for text in texts]
    for row in db.scalars(select(Account).where(Account.active).order_by(Account.id)):
        if row.id in told:
            language: Language = "en" if row.language == "en" else "zh"
            lines = [_line(called, text[language], language) for called, text in told[row.id]]
            yield Reader(AccountId(row.id), row.login or "", language, tuple(dict.fromkeys(lines)))


def _line(called: str, text: str, language: Language) -> str:
    return f"{called}{': ' if language == 'en' else '：'}{text}" if called else text
