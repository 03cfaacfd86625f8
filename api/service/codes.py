"""How do families' codes reach paper? As a sheet of one home class, to be cut up, given once: when the codes are made.

Only hashes of codes are kept, so no second sheet can be drawn. Whoever needs one makes new codes, and the unused old ones die.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as InPath
from markupsafe import Markup
from sqlalchemy import func, select
from xlsxwriter import Workbook

from api import pages
from api.access.allowed import Allowed, Asked
from api.identity import invitations
from api.identity.invitations import FamilyCode
from api.language import Language, language_of
from api.problems import Refusal, bad_input
from api.service.accounts import CodesAsked, stranger
from api.service.answers import attachment, site
from api.store import roll
from api.store.base import now
from api.store.people import Guardianship, Invitation, InvitationKind
from api.store.roll import HomeClass
from api.store.trouble import Missing
from scheduler.calendar import SHANGHAI

api = APIRouter(prefix="/api/v1", tags=["accounts"])
pages_of_codes = APIRouter(include_in_schema=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE: Mapping[Language, str] = {"zh": "家庭码", "en": "family codes"}
HEADERS: Mapping[Language, Sequence[str]] = {
    "zh": ("姓名", "学号", "家庭码", "有效期至", "扫码进入"),
    "en": ("Name", "Pupil id", "Code", "Valid until", "Scan to come in"),
}
WIDTHS = (12, 14, 36, 12, 16)
HOME_CLASS = Annotated[str, InPath(max_length=100)]


class Sheet(StrEnum):
    """On what the codes are given."""

    XLSX = "xlsx"
    HTML = "html"
    """To be printed."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One code on a sheet."""

    pupil: str
    name: str
    code: str = field(repr=False)
    address: str = field(repr=False)
    """Opens the way in, with the code."""
    until: str

    def drawn(self) -> Markup:
        """The address as a QR code, for a page."""
        return Markup(segno.make(self.address, error="m").svg_inline(scale=3, border=2, omitsize=False))


@api.post(
    "/home-classes/{home_class}/family-codes/{sheet}",
    status_code=201,
    response_class=Response,
    summary="Codes for the families of a home class, on a sheet",
)
def made_sheet(
    home_class: HOME_CLASS, sheet: Annotated[str, InPath(max_length=10)], body: CodesAsked, asked: Asked, request: Request
) -> Response:
    """A workbook (`xlsx`), or a page to print (`html`). It is given this once."""
    return _given(request, asked, home_class, sheet, body, 201)


@pages_of_codes.get("/family-codes")
def classes(asked: Asked, request: Request) -> Response:
    """The home classes whose codes this person may make."""
    own = asked.own("home_class")
    with asked.store.reading(asked.school) as db:
        all_of = roll.home_classes(db)
    mine = {id: name for id, name in all_of.items() if own is None or id in own}
    return pages.page(request, "codes.html", home_class=None, classes=mine, person=asked.person)


@pages_of_codes.get("/home-classes/{home_class}/family-codes")
def form(home_class: HOME_CLASS, asked: Asked, request: Request) -> Response:
    """Whose families are in, and whose are to get codes."""
    asked.to(home_class=home_class)
    with asked.store.reading(asked.school) as db:
        found = roll.home_class(db, home_class)
        pupils = sorted(found.pupils)
        families = select(Guardianship.pupil, func.count()).where(Guardianship.pupil.in_(pupils), Guardianship.ended.is_(None))
        inside = {pupil: int(count) for pupil, count in db.execute(families.group_by(Guardianship.pupil))}
        unused = select(Invitation.subject).where(
            Invitation.kind == InvitationKind.FAMILY,
            Invitation.home_class == home_class,
            Invitation.used.is_(None),
            Invitation.revoked.is_(None),
            Invitation.expires > now(),
        )
        waiting = set(db.scalars(unused))
    days = invitations.FAMILY.days
    return pages.page(request, "codes.html", home_class=found, inside=inside, waiting=waiting, person=asked.person, days=days)


@pages_of_codes.post("/home-classes/{home_class}/family-codes")
def given_sheet(
    home_class: HOME_CLASS,
    asked: Asked,
    request: Request,
    pupil: Annotated[list[str], Form(max_length=200)] = [],  # noqa: B006 - FastAPI copies the default; nobody changes it
    each: Annotated[int, Form(ge=1, le=4)] = 1,
    sheet: Annotated[str, Form(max_length=10)] = Sheet.HTML,
) -> Response:
    """The sheet, as the answer to the form."""
    asked.to(home_class=home_class)
    if not pupil:
        raise Refusal("bad-input", "还没有勾选学生。", "No pupil is ticked.")
    return _given(request, asked, home_class, sheet, CodesAsked(pupils=pupil, each=each), 200)


def _given(request: Request, asked: Allowed, id: str, kind: str, body: CodesAsked, status: int) -> Response:
    asked.to(home_class=id)
    if kind not in list(Sheet):
        raise Missing("sheet")
    sheet = Sheet(kind)
    with asked.store.writing(asked.school, asked.actor) as db:
        strangers = sorted(set(body.pupils) - roll.pupils_of(db, id))
        if strangers:
            raise bad_input([stranger(pupil) for pupil in strangers])
        found = roll.home_class(db, id)
        wanted = [pupil for pupil in found.pupils if pupil in set(body.pupils)]
        made = invitations.family_codes(db, asked.account, id, wanted, body.each)
        db.record("family_codes.make", id, f"{len(made)} {sheet.value}")
    slips = [_slip(code, found, site(request)) for code in made]
    language = language_of(request)
    if sheet is Sheet.XLSX:
        name = f"{found.name} {TITLE[language]}.xlsx"
        return Response(workbook(found, slips, language), status, attachment(name), XLSX)
    return pages.page(request, "codes_sheet.html", status, home_class=found, slips=slips, site=site(request))


def _slip(made: FamilyCode, found: HomeClass, site: str) -> Slip:
    address = f"{site}/welcome?code={quote(made.code)}"
    until = f"{made.expires.astimezone(SHANGHAI):%Y-%m-%d}"
    return Slip(made.pupil, found.pupils[made.pupil], made.code, address, until)


def workbook(home_class: HomeClass, slips: Sequence[Slip], language: Language) -> bytes:
    """The sheet as a workbook, a line a code, with its QR code beside it. Every text is text, whatever a name holds."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(1)
        text = book.add_format({"num_format": "@", "valign": "vcenter", "text_wrap": True, "border": 1})
        bold = book.add_format({"bold": True, "border": 1, "valign": "vcenter"})
        page.write_string(0, 0, f"{home_class.name} {TITLE[language]}", book.add_format({"bold": True, "font_size": 14}))
        for column, (title, width) in enumerate(zip(HEADERS[language], WIDTHS, strict=True)):
            page.set_column(column, column, width)
            page.write_string(1, column, title, bold)
        for row, slip in enumerate(slips, 2):
            page.set_row(row, 84)
            for column, told in enumerate((slip.name, slip.pupil, slip.code, slip.until, "")):
                page.write_string(row, column, told, text)
            picture = io.BytesIO()
            segno.make(slip.address, error="m").save(picture, kind="png", scale=3, border=2)
            placed = {"image_data": picture, "x_offset": 4, "y_offset": 4, "x_scale": 0.8, "y_scale": 0.8}
            page.insert_image(row, len(WIDTHS) - 1, "code.png", placed)
    return content.getvalue()
