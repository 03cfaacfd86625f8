"""On which page does a school record why it does not keep a clause "in principle", and take that back? By the finding."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from api.access.allowed import Allowed, Asked
from api.problems import Refusal
from api.sent import understood
from api.service.waivers import WaiverAsked, recorded, revoked
from api.store.planning import PlanVersion, Waiver
from api.store.trouble import Stale

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=1000, pattern=r"^[^\x00]*$")]


@router.post("/plans/{plan}/waivers")
def waive(
    plan: str, asked: Asked, request: Request, clause: Text, reason: Text, approver: Text, approved: Text, first: Text, last: Text
) -> Response:
    """Records a waiver; the plan is judged with it from now on, and so are plans to come."""
    if not reason.strip() or not approver.strip():
        raise Refusal("bad-input", "请写明理由和批准人。", "Please say why, and who approved it.")
    if last < first:
        raise Refusal("bad-input", "结束日期不能早于开始日期。", "The last day cannot come before the first.")
    told = {"clause": clause, "reason": reason.strip(), "approver": approver.strip()}
    body = understood(WaiverAsked, {**told, "approved": approved, "first": first, "last": last})
    with asked.store.writing(asked.school, asked.actor) as db:
        recorded(db, asked, db.find(PlanVersion, plan).term, body, request)
    return _back(plan)


@router.post("/plans/{plan}/waivers/{waiver}/revoke")
def revoke(plan: str, waiver: str, asked: Asked, request: Request, version: Annotated[int, Form(ge=1)]) -> Response:
    """Takes a waiver back."""
    try:
        with asked.store.writing(asked.school, asked.actor) as db:
            revoked(db, asked, db.find(PlanVersion, plan).term, waiver, version, request)
    except Stale:
        raise Refusal(
            "changed",
            "您打开之后，别人改过这条豁免。请重新打开页面再看。",
            "Somebody changed this waiver after you opened the page. Please open it again.",
        ) from None
    return _back(plan)


def on_record(asked: Allowed, term: str) -> Sequence[Waiver]:
    """The waivers of a term that stand, the newest first."""
    here = select(Waiver).where(Waiver.term == term, Waiver.revoked.is_(None))
    with asked.store.reading(asked.school) as db:
        return db.scalars(here.order_by(Waiver.made.desc(), Waiver.id)).all()


def _back(plan: str) -> Response:
    return RedirectResponse(f"/plans/{plan}/findings", 303)
