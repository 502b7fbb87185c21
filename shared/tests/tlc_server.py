"""A server with TLC's folders on the loopback, that misbehaves as told."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """How to treat one request. Untold, a file is sent as it should be."""

    status: int = 200  # another one: that status, and no file
    send: int | None = None  # only so many bytes of the promised body,
    hang: bool = False  # then silence, rather than the end of the connection
    ranges: bool = True  # whether Range is heard
    headers: dict[str, str] = field(default_factory=dict)


class TlcServer(ThreadingHTTPServer):
    """`files`: bytes by path. `answers`: what to do with the next requests for a month, first to last."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str | None]] = []  # path and Range of every request
        self.goes_on = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, month: str, content: bytes) -> None:
        self.files[f"/trip-data/green_tripdata_{month}.parquet"] = content

    def ranges(self) -> list[str | None]:
        """The Range of every request for a month."""
        return [asked for path, asked in self.asked if path.startswith("/trip-data")]


class Handler(BaseHTTPRequestHandler):
    server: TlcServer

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        server.asked.append((self.path, wanted))
        told = self.path.startswith("/trip-data") and server.answers
        answer = server.answers.pop(0) if told else Answer()
        body = server.files.get(self.path)
        if answer.status != 200 or body is None:
            self.reply(answer.status if answer.status != 200 else 404, b"no", answer)
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted).group(1)) if wanted and answer.ranges else 0
        if start and start >= len(body):
            self.reply(416, b"", answer)
        elif start:
            self.reply(206, body[start:], answer, {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})
        else:
            self.reply(200, body, answer)

    def reply(self, status: int, body: bytes, answer: Answer, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ((headers or {}) | {"Content-Length": str(len(body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: answer.send])
        self.wfile.flush()
        if answer.hang:
            self.server.goes_on.wait(30)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def tlc_server() -> Iterator[TlcServer]:
    with TlcServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.goes_on.set()
            server.shutdown()
            thread.join()
