"""The fast lane: a question that is plainly right is answered here, in a third of the time. Any other takes the road.

The road is FastAPI with the models of `taxi.api`: it decides what is refused and how, and writes the OpenAPI page. The
lane accepts a part of what the road accepts, and answers it the same; a test holds the two against each other.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taxi.api import EARLIEST, LATEST, LOCAL
from taxi.features import features
from taxi.serving.live import Live
from taxi.serving.trip import Answered, Asked
from trips import MAX_MILES, ZONE_IDS

Zone = Annotated[int, msgspec.Meta(ge=ZONE_IDS[0], le=ZONE_IDS[1])]
PLAIN_TIME = re.compile(LOCAL, re.ASCII)
BUSY = b'{"error":"busy","detail":["too many questions at once: ask again in a second"]}'
JSON = (b"content-type", b"application/json")
PAUSE_SECONDS = 0.1  # before a refusal: who asks again at once would take more time than answering him
BUSY_HEADERS = [JSON, (b"content-length", str(len(BUSY)).encode()), (b"retry-after", b"1")]


class Plain(msgspec.Struct, forbid_unknown_fields=True):
    """A trip as almost everybody asks for it."""

    pickup_zone: Zone
    dropoff_zone: Zone
    distance_miles: Annotated[float, msgspec.Meta(gt=0, le=MAX_MILES)]
    pickup_at: str
    rider_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None


def reader() -> Callable[[bytes], Asked | None]:
    """From a body to a trip; None for one that is not plainly right."""
    decode = msgspec.json.Decoder(Plain).decode

    def read(body: bytes) -> Asked | None:
        try:
            trip = decode(body)
            if (
                not PLAIN_TIME.fullmatch(trip.pickup_at)
                or not EARLIEST <= datetime.fromisoformat(trip.pickup_at) < LATEST
            ):
                return None
        except ValueError:  # msgspec's errors are of that kind, and a 30 February
            return None
        return Asked(trip.pickup_zone, trip.dropoff_zone, trip.distance_miles, trip.pickup_at, trip.rider_id)

    return read


class Crowd:
    """How many questions came at once: those that are answered in one turn of the event loop waited for each other."""

    def __init__(self) -> None:
        self._count = 0

    def place(self) -> int:
        """0 for the first question of a turn."""
        if self._count == 0:
            asyncio.get_running_loop().call_soon(self._next_turn)
        self._count += 1
        return self._count - 1

    def _next_turn(self) -> None:
        self._count = 0


class FastLane:
    """In front of the app. From place shadow_at in the crowd on the shadow is shed, from refuse_at on the question."""

    def __init__(self, app: ASGIApp, live: Live, shadow_at: int, refuse_at: int) -> None:
        self.app, self.live, self.shadow_at, self.refuse_at = app, live, shadow_at, refuse_at
        self.read, self.crowd = reader(), Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ("/predict", "/predict/batch") or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        place = self.crowd.place()
        if place >= self.refuse_at:
            self.live.metrics.refused()
            await asyncio.sleep(PAUSE_SECONDS)
            await reply(send, 503, BUSY_HEADERS, BUSY)
            return
        whole = await receive()  # BodyLimit stands before: the body is there, all of it
        if scope["path"] == "/predict" and is_json(scope):
            asked = self.read(whole["body"])
            if asked is not None:
                shadow = place < self.shadow_at
                if not shadow:
                    self.live.metrics.shed_shadow()
                row = features([asked.pickup_zone], [asked.dropoff_zone], [asked.distance_miles], [asked.pickup_at])
                (answered,) = self.live.answer([asked], row, shadow)
                data = msgspec.json.encode(answered._asdict())
                size = (b"content-length", str(len(data)).encode())
                await reply(send, 200, [JSON, size, *headers(answered)], data)
                return
        await self.app(scope, again(whole, receive), send)


def is_json(scope: Scope) -> bool:
    return any(name == b"content-type" and value.startswith(b"application/json") for name, value in scope["headers"])


def headers(answered: Answered) -> list[tuple[bytes, bytes]]:
    """Of an answer: what a proxy or a log in between can see."""
    return [
        (b"x-model-version", answered.model_version.encode()),
        (b"x-variant", answered.variant.encode()),
        (b"x-experiment-id", (answered.experiment_id or "none").encode()),
        (b"x-request-id", answered.request_id.encode()),
    ]


def again(first: Message, receive: Receive) -> Receive:
    """The message that was taken, once more, and then those after it."""
    taken: list[Message] = [first]

    async def replay() -> Message:
        return taken.pop() if taken else await receive()

    return replay


async def reply(send: Send, status: int, with_headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": with_headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
