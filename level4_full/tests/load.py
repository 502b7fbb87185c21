"""Riders who ask over connections that stay open, one question at a time on each; on loopback, for a bounded time."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field

HEAD = "POST /predict HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n"
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}


@dataclass
class Heard:
    """What came back. answers: rider and answer. lost: questions whose answer never came whole."""

    statuses: Counter = field(default_factory=Counter)
    answers: list[tuple[str, dict]] = field(default_factory=list)
    lost: int = 0


async def ask(port: int, connections: int, seconds: float, patient: bool = True) -> Heard:
    """Ask until time is up or the service is gone. patient: who is refused waits as long as he is told to."""
    heard, until = Heard(), time.monotonic() + seconds

    async def one(number: int) -> None:
        asked = 0
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while time.monotonic() < until:
                rider = f"{number}-{asked}"
                asked += 1
                body = json.dumps(TRIP | {"rider_id": f"r{rider}"})
                writer.write((HEAD.format(len(body)) + body).encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                size = int(head.split("content-length: ")[1].split("\r\n")[0])
                answer = json.loads(await reader.readexactly(size))
                status = int(head.split()[1])
                heard.statuses[status] += 1
                if status == 200:
                    heard.answers.append((f"r{rider}", answer))
                elif patient:
                    await asyncio.sleep(int(head.split("retry-after: ")[1].split("\r\n")[0]))
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            heard.lost += 1

    await asyncio.gather(*(one(number) for number in range(connections)))
    return heard
