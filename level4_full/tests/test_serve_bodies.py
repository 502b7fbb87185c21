"""Bodies that are too large, never end or never come: refused early, with memory flat, and the next one is answered."""

import socket
from pathlib import Path

import pytest
from running import everything
from test_serve_refusals import refused

HEAD = b"POST %s HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n%s\r\n\r\n"
CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"


def memory(service):
    """Megabytes that the service holds in memory, where the system says so."""
    status = Path(f"/proc/{service.process.pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def flood(connection, most=1024):
    """Megabytes of a body that were taken before the other side closed; it stops at `most`."""
    for sixteenths in range(16 * most):
        try:
            connection.sendall(CHUNK)
        except (BrokenPipeError, ConnectionResetError):
            return sixteenths / 16
    return most


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/health", "/nowhere"])
@pytest.mark.parametrize("announced", [True, False], ids=["with Content-Length", "without"])
def test_a_megabyte_is_refused_and_the_client_hears_why(service, path, announced):
    """Also who sends it all before he listens; ten times, as a connection closed early fails now and then."""
    for _ in range(10):
        body = b"x" * 2**20 if announced else iter([b"x" * 2**16] * 16)
        (line,) = refused(service.ask(path, body, method="POST"), 413, "too_large")
        assert line == f"the body is over {512 if path == '/predict/batch' else 64} KiB"


def test_just_under_the_limit_is_read_and_just_over_is_not(service):
    assert service.ask("/predict", b" " * 65_536).status == 400
    assert service.ask("/predict", b" " * 65_537).status == 413
    assert service.ask("/predict/batch", b" " * 524_288).status == 400
    assert service.ask("/predict/batch", b" " * 524_289).status == 413


def test_a_body_without_an_end_is_refused_after_a_few_megabytes(service, trip):
    """In chunks, as fast as the connection takes them: it is not read until memory is full."""
    before = memory(service)
    for path in (b"/predict", b"/predict/batch", b"/nowhere"):
        with service.connect() as connection:
            connection.sendall(HEAD % (path, b"transfer-encoding: chunked"))
            assert flood(connection) < 32
    assert memory(service) < before + 16
    assert service.ask("/predict", trip).status == 200


def test_a_gigabyte_that_is_only_announced_is_refused_at_once(service):
    with service.connect() as connection:
        connection.sendall(HEAD % (b"/predict", b"content-length: 1073741824"))
        assert everything(connection).startswith("HTTP/1.1 413")


def test_a_body_that_never_comes_keeps_nobody_else_waiting(service, trip):
    """Twenty clients that send a byte and then nothing."""
    waiting = [service.connect() for _ in range(20)]
    try:
        for connection in waiting:
            connection.sendall(HEAD % (b"/predict", b"content-length: 100") + b"{")
        assert service.ask("/predict", trip).status == 200
    finally:
        for connection in waiting:
            connection.close()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\r\n\r\n",
        HEAD % (b"/predict", b"content-length: -5"),
        HEAD % (b"/predict", b"content-length: 5\r\ncontent-length: 6"),
        HEAD % (b"/" + b"a" * 100_000, b"content-length: 0"),
    ],
    ids=["no HTTP", "a length below zero", "two lengths", "an address of 100 KB"],
)
def test_what_is_no_request_is_a_bad_request(service, trip, nonsense):
    with service.connect() as connection:
        connection.sendall(nonsense)
        assert everything(connection).startswith("HTTP/1.1 4")
    assert service.ask("/predict", trip).status == 200


def test_a_client_that_hangs_up_in_the_middle_leaves_no_trace(service, trip):
    for _ in range(20):
        with service.connect() as connection:
            connection.sendall(HEAD % (b"/predict", b"content-length: 100") + b"{")
            connection.shutdown(socket.SHUT_RDWR)
    assert service.ask("/predict", trip).status == 200
    assert "Traceback" not in service.log()
