"""The lines of the log, and the ids that tie them together. An id says by itself when and where it was made."""

import os
from hashlib import blake2b
from hmac import compare_digest

import msgspec

ID_BYTES, TIME_BYTES, CHANCE_BYTES, MARK_BYTES = 16, 6, 4, 6


class Predicted(msgspec.Struct, tag="predicted", frozen=True):
    """One answer. at: milliseconds since 1970. rider: hashed, None where none was named. x: the trip as it was asked.

    variant: the arm of the trip, which analysis keeps; by: the one that answered, another when the challenger failed.
    """

    id: str
    at: int
    rider: str | None
    experiment_id: str | None
    generation: int
    variant: str
    by: str
    model_version: str
    pickup_zone: int
    dropoff_zone: int
    distance_miles: float
    pickup_at: str
    champion: float
    challenger: float | None
    failed: str | None
    share: float = 0.0  # of the riders that met the challenger then


class Finished(msgspec.Struct, tag="finished", frozen=True):
    """What a trip really took. A second one for the same trip corrects the first."""

    id: str
    finished_at: int
    minutes: float


class Ids:
    """Makes request ids, and knows its own: time, chance and a keyed mark over both, 32 hex digits.

    So the service need not remember what it answered to tell a trip of its own from an invention, after a restart and
    beside other processes with the same key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key, digest_size=32, person=b"request id").digest()
        self._rider_key = blake2b(key, digest_size=32, person=b"rider").digest()

    def new(self, now: float) -> str:
        """now: seconds since 1970."""
        body = int(now * 1000).to_bytes(TIME_BYTES) + os.urandom(CHANCE_BYTES)
        return (body + self._mark(body)).hex()

    def made_at(self, request_id: str) -> int | None:
        """Milliseconds since 1970; None for an id that was not made here."""
        try:
            whole = bytes.fromhex(request_id)
        except ValueError:
            return None
        body, mark = whole[:-MARK_BYTES], whole[-MARK_BYTES:]
        if len(whole) != ID_BYTES or not compare_digest(mark, self._mark(body)):
            return None
        return int.from_bytes(body[:TIME_BYTES])

    def rider(self, rider_id: str | None) -> str | None:
        """The rider as the log knows him: the same for every trip, and no way back without the key."""
        if rider_id is None:
            return None
        return blake2b(rider_id.encode("utf-8", "surrogatepass"), key=self._rider_key, digest_size=8).hexdigest()

    def _mark(self, body: bytes) -> bytes:
        return blake2b(body, key=self._key, digest_size=MARK_BYTES).digest()


def line(one: Predicted | Finished) -> bytes:
    """As JSON, with its newline."""
    return msgspec.json.encode(one) + b"\n"
