"""Is the service well? For whoever watches it: alive, the database answers, the tables are those of this program."""

from typing import cast

from fastapi import APIRouter, Request

from api.service.answers import View
from api.store import migrate
from api.store.store import Store

router = APIRouter(tags=["operation"])


class Health(View):
    """Well, as far as one request can see."""

    database: str
    tables: str


@router.get("/health", summary="Is the service well")
def health(request: Request) -> Health:
    store = cast(Store, request.app.state.store)
    return Health(database="sqlite" if store.database.sqlite else "postgresql", tables=migrate.revision(store.database) or "none")
