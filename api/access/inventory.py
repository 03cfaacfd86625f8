"""Which routes are there, and did the table forget one? Looked for everywhere: in included routers, mounts and hidden corners."""

import re
from collections.abc import Iterator, Sequence

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount, compile_path

from api.access.table import METHODS, Table

ALL_BELOW = "/{path:path}"


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of everything that the application would answer; HEAD goes with GET."""
    return sorted(set(_found(app.routes, "")))


def forgotten(app: FastAPI, table: Table) -> list[str]:
    """Routes that no line names. The keeper shuts them, but somebody should have thought of them."""
    known = {(line.method, line.path) for line in table.lines}
    return [f"{method} {path}" for method, path in routes(app) if (method, path) not in known]


def idle(app: FastAPI, table: Table) -> list[str]:
    """Lines that name no route: left behind, or ahead of it."""
    there = set(routes(app))
    return [f"{line.method} {line.path}" for line in table.lines if (line.method, line.path) not in there]


def misread(app: FastAPI, table: Table) -> list[str]:
    """Routes that the table would take for another: the keeper and the router must mean the same one."""
    found = []
    before: list[tuple[str, str, re.Pattern[str]]] = []
    for method, path in _found(app.routes, ""):
        sample = re.sub(r"\{[^}]*\}", "x0", path)
        line = table.line(method, sample)
        if line is not None and line.path != path:
            found.append(f"{method} {path} is read as {line.path}")
        earlier = [other for asked, other, pattern in before if asked == method and pattern.match(sample)]
        found += [f"{method} {path} is hidden by {other}" for other in earlier]
        before.append((method, path, compile_path(path)[0]))
    return found


def _found(below: Sequence[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(below):
        route = context.original_route
        path = prefix + (getattr(context, "path", None) or "")
        if isinstance(route, Mount):
            if route.routes:
                yield from _found(route.routes, prefix + route.path)
            else:
                # What is mounted answers to whatever lies below.
                yield "GET", path + ALL_BELOW
            continue
        methods = getattr(context, "methods", None)
        # A route without methods answers to all of them.
        for method in METHODS if methods is None else set(methods) - {"HEAD", "OPTIONS"}:
            yield method, path
