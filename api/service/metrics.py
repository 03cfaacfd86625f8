"""How is the service doing, in numbers? For Prometheus: how many requests, how long they took, how many jobs stand where.

Web processes count together in the folder PROMETHEUS_MULTIPROC_DIR, which the supervisor gives them. Nothing is told to
anybody but to who holds the key of the settings; without a key there is no such page.
"""

import hmac
import os
from contextlib import suppress
from typing import cast

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select
from starlette.responses import Response

from api.problems import not_found
from api.settings import Settings
from api.store.planning import OPEN, Job, JobState
from api.store.record import Notice
from api.store.sessions import Everywhere
from api.store.store import Store
from api.store.trouble import Unavailable

router = APIRouter(tags=["operation"])
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What one process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("oneplusx_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry)
        self.seconds = Histogram(
            "oneplusx_request_seconds",
            "Seconds until the answer was sent.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request, by its route as the table says it."""
        method = method if method in METHODS else "other"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def told(self, store: Store) -> bytes:
        """Everything, of all processes, as Prometheus reads it. Without a database, what needs none."""
        registry = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            # The library leaves this one constructor without types.
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        stored = CollectorRegistry()
        with suppress(Unavailable):
            for name, words, count in _waiting(store):
                Gauge(f"oneplusx_{name}", words, registry=stored).set(count)
        return generate_latest(registry) + generate_latest(stored)


def _waiting(store: Store) -> list[tuple[str, str, int]]:
    """What waits in the database, of all schools together."""
    with store.reading(Everywhere("count for those who watch")) as db:
        jobs = dict(db.execute(select(Job.state, func.count()).where(Job.state.in_(OPEN)).group_by(Job.state)).tuples().all())
        notices = db.scalar(select(func.count()).select_from(Notice).where(Notice.sent.is_(None))) or 0
    return [
        ("jobs_queued", "Jobs that wait.", jobs.get(JobState.QUEUED, 0)),
        ("jobs_running", "Jobs at work.", jobs.get(JobState.RUNNING, 0)),
        ("notices_waiting", "Notices not sent yet.", notices),
    ]


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    settings, given = cast(Settings, request.app.state.settings), request.headers.get("authorization", "")
    expected = f"Bearer {settings.metrics_key}"
    if not settings.metrics_key or not hmac.compare_digest(given.encode(), expected.encode()):
        raise not_found()
    told = cast(Metrics, request.app.state.metrics).told(cast(Store, request.app.state.store))
    return Response(told, media_type=CONTENT_TYPE_LATEST)
