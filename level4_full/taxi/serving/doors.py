"""The doors that need a token: outcomes, the table of routes, the red stop. Closed while no token is set."""

import asyncio
import sqlite3
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from taxi.api import Problem, refuse
from taxi.errors import TaxiError
from taxi.serving.finish import Finishes, Told
from taxi.serving.live import Live

MOST_MINUTES = 24 * 60.0
CODES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": text}
    for code, text in {
        400: "not JSON", 401: "no token, or another one", 403: "no token is set: this door is closed",
        404: "no trip of this service", 413: "too large", 422: "a value that cannot be", 503: "not written down",
    }.items()
}  # fmt: skip

ROOM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {}}, "description": "the control room of the loop"},
    404: {"model": Problem, "description": "no loop was here yet"},
}


class Finish(BaseModel):
    """What the trip took."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"duration_minutes": 14.5}})

    duration_minutes: Annotated[float, Field(gt=0, le=MOST_MINUTES, allow_inf_nan=False, strict=True)]


class Why(BaseModel):
    """Why the loop is stopped, for the record."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"why": "the meters are changed today"}})

    why: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Receipt(BaseModel):
    """recorded: the first outcome of this trip; known: the same again; corrected: another one, which counts now."""

    status: str
    late: bool


def closed(request: Request, token: str) -> JSONResponse | None:
    """A refusal, unless the request brings the token."""
    if not token:
        return refuse(403, "closed", "no token is set. Start the service with TAXI_TOKEN")
    given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
    if not compare_digest(given, f"Bearer {token}".encode()):
        return refuse(
            401, "no_token", "send the header Authorization: Bearer TOKEN", headers={"www-authenticate": "Bearer"}
        )
    return None


def open_doors(app: FastAPI, live: Live, token: str) -> None:
    """Add the routes."""
    finishes = Finishes(live.ids, live.log)
    codes: dict[int | str, dict[str, Any]] = {code: CODES[code] for code in (401, 403)}

    @app.middleware("http")
    async def doorkeeper(request: Request, following: Any) -> Any:
        """Before the body is looked at: who has no token learns nothing from how it is refused."""
        path = request.url.path
        kept = path in ("/admin/follow", "/admin/pause") or (path.startswith("/trips/") and path.endswith("/finish"))
        return (kept and request.method == "POST" and closed(request, token)) or await following(request)

    @app.post("/trips/{request_id}/finish", responses=CODES, response_model=Receipt)
    async def finish(request_id: str, finished: Finish) -> Any:
        told, late = finishes.take(request_id, finished.duration_minutes, int(1000 * live.clock([])))
        if told is Told.UNKNOWN:
            return refuse(404, "unknown_trip", "no answer of this service has that request_id")
        if told is Told.LOST:
            return refuse(503, "not_recorded", "the outcome could not be written down", headers={"retry-after": "5"})
        return Receipt(status=told, late=late)

    @app.post("/admin/follow", responses=codes)
    async def follow() -> dict[str, str]:
        """Look at the table of routes now, instead of within the next half second."""
        await asyncio.to_thread(live.follow)
        return live.state()

    @app.post("/admin/pause", responses=CODES)
    async def pause(stop: Why) -> Any:
        """The red stop of the control room: the loop does nothing more until somebody resumes it."""
        from taxi.loop import brake
        from taxi.loop.ledger import FILE, Ledger

        if not (live.loop / FILE).exists():
            return refuse(404, "no_loop", "no loop was here yet")
        try:
            return {"status": await asyncio.to_thread(lambda: brake.pull(Ledger(live.loop), stop.why))}
        except (TaxiError, sqlite3.Error) as error:
            return refuse(503, "not_stopped", str(error), headers={"retry-after": "5"})
