"""What the service is asked and what it answers. Everything that does not fit is refused with a reason."""

import asyncio
import re
from datetime import datetime
from typing import Annotated, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StrictInt,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trips import MAX_MILES, ZONE_IDS

MAX_TRIPS = 1000
EARLIEST, LATEST = datetime(2009, 1, 1), datetime(2100, 1, 1)
Zone = Annotated[StrictInt, Field(ge=ZONE_IDS[0], le=ZONE_IDS[1])]
Miles = Annotated[float, Field(gt=0, le=MAX_MILES, allow_inf_nan=False, strict=True)]
DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
# what JSON Schema calls a date-time has a zone; this is local
LOCAL = r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"


def _written_out(value: object, judge: ValidatorFunctionWrapHandler) -> object:
    """A number would pass as seconds since 1970, a date alone as its midnight: neither is what somebody meant."""
    found = judge(value) if isinstance(value, str) and DATE_AND_TIME.match(value) else None
    if found is None or not re.fullmatch(LOCAL, str(value), re.ASCII):
        raise ValueError("write date and time as text, as in 2021-02-01T08:15:00")
    return found


When = Annotated[NaiveDatetime, Field(ge=EARLIEST, lt=LATEST), WrapValidator(_written_out),
                 WithJsonSchema({"type": "string", "pattern": LOCAL, "title": "Pickup At"})]  # fmt: skip


class Trip(BaseModel):
    """A trip somebody asks about: zones 1 to 265, the router's miles, local pick-up time."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {
        "pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}})  # fmt: skip

    pickup_zone: Zone
    dropoff_zone: Zone
    distance_miles: Miles
    pickup_at: When
    rider_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class Batch(BaseModel):
    """Up to 1,000 trips."""

    model_config = ConfigDict(extra="forbid")

    trips: Annotated[list[Trip], Field(min_length=1, max_length=MAX_TRIPS)]


class Answer(BaseModel):
    """The minutes, which model said so, and in which experiment; finish the trip under its request_id."""

    model_config = ConfigDict(protected_namespaces=())

    duration_minutes: float
    model_version: str
    variant: Literal["champion", "challenger"]
    experiment_id: str | None
    request_id: str


class Answers(BaseModel):
    """One answer a trip, in order."""

    predictions: list[Answer]


class Problem(BaseModel):
    """Why a request was refused: `error` for machines, `detail` for people."""

    error: str
    detail: list[str]


REFUSALS: dict[int | str, dict[str, object]] = {
    code: {"model": Problem, "description": text}
    for code, text in {400: "not JSON", 413: "too large", 422: "a value that cannot be", 503: "too busy"}.items()
}


def refuse(code: int, error: str, *detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer that says why: {"error": ..., "detail": [...]}."""
    return JSONResponse({"error": error, "detail": list(detail)}, code, headers)


def explain_refusals(app: FastAPI) -> None:
    """Make every refusal of the framework a Problem. What was sent is not repeated: it may not even be JSON."""

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        if any(item["type"] == "json_invalid" for item in found):
            return refuse(400, "not_json", "the body is no JSON")
        if "json" not in request.headers.get("content-type", ""):
            return refuse(422, "invalid_request", "send JSON, and the header content-type: application/json")
        return refuse(422, "invalid_request", *(f"{_place(item['loc'])}: {item['msg']}" for item in found[:20]))

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == 400:  # JSON too deep, a number too long, bytes that are no text
            return refuse(400, "not_json", "the body cannot be read as JSON")
        word = str(error.detail).lower().replace(" ", "_")
        return refuse(error.status_code, word, str(error.detail), headers=dict(error.headers or {}))

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _place(loc: tuple[int | str, ...]) -> str:
    """trips.3.pickup_zone, or what there is of an unknown field's name."""
    return ".".join(str(part)[:40] for part in loc[1:]) or "body"


class BodyLimit:
    """Reads a body up to its limit, announced or not, and answers 413 past it: memory stays flat."""

    READ_ON = 2 * 1024 * 1024  # bytes past the limit, thrown away: who is still sending would not hear the answer

    def __init__(self, app: ASGIApp, default: int, paths: dict[str, int]) -> None:
        self.app, self.default, self.paths = app, default, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.paths.get(scope["path"], self.default)
        refusal: tuple[int, str, str] = 413, "too_large", f"the body is over {most // 1024} KiB"
        try:
            body = await self._body(scope, receive, most)
        except asyncio.CancelledError:  # somebody stops the service
            body, refusal = None, (408, "too_slow", "the service stops, and the rest of the body has not come")
        if body is None:
            await refuse(*refusal, headers={"connection": "close"})(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self.app(scope, replay, send)

    @staticmethod
    async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most + BodyLimit.READ_ON:
            return None
        body, size, more = b"", 0, True
        while more and size <= most + BodyLimit.READ_ON:
            message = await receive()
            part, more = message.get("body", b""), message.get("more_body", False)
            size += len(part)
            body = body + part if size <= most else b""
        return body if size <= most else None
