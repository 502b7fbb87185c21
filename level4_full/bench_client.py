"""The load of bench.py: the same questions over connections that stay open, a question at a time on each."""

import asyncio
import random
import re
import socket
import time
from collections.abc import Iterator

TRIP = '"pickup_zone": {}, "dropoff_zone": {}, "distance_miles": {:.2f}, "pickup_at": "2021-02-{:02}T{:02}:15:00"'
HEAD = "POST /predict HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n"


async def load(port: int, asked: Iterator[bytes], connections: int, seconds: float) -> int:
    """Ask for a time over kept-open connections, each at least once; how many answers came."""
    until = time.perf_counter() + seconds
    return sum(await asyncio.gather(*(connection(port, asked, until) for _ in range(connections))))


async def connection(port: int, asked: Iterator[bytes], until: float) -> int:
    """The next question as soon as the last is answered. Raises RuntimeError when one is refused."""
    loop, answers = asyncio.get_running_loop(), 0
    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.setblocking(False)
        while answers == 0 or time.perf_counter() < until:
            await loop.sock_sendall(stream, next(asked))
            answer = b""
            while not whole(answer):
                part = await loop.sock_recv(stream, 65536)
                answer += part
                if not part or not answer.startswith(b"HTTP/1.1 200 "):
                    raise RuntimeError(f"no answer, but {answer!r}")
            answers += 1
    return answers


def whole(answer: bytes) -> bool:
    """Whether head and body are there."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return length is not None and len(body) >= int(length[1])


def questions(many: int = 1000, seed: int = 0) -> list[bytes]:
    """HTTP requests for different trips, so that nothing can answer from a cache."""
    draw, found = random.Random(seed), []
    for _ in range(many):
        zones, miles = (draw.randint(1, 265), draw.randint(1, 265)), draw.uniform(0.3, 20)
        body = "{" + TRIP.format(*zones, miles, draw.randint(1, 28), draw.randint(0, 23)) + "}"
        found.append((HEAD.format(len(body)) + body).encode())
    return found
