"""Fixtures of the tests that fetch: a server, a folder, and patience that does not really sleep."""

import pytest
from tlc_files import MONTH, parquet, table
from tlc_server import tlc_server

from trips.download import Patience


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """TRIPS_DIR, not made yet."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path / "trips"))
    return tmp_path / "trips"


@pytest.fixture
def server(monkeypatch):
    """A server that has January 2021."""
    with tlc_server() as server:
        server.put(MONTH, parquet(table(MONTH)))
        monkeypatch.setenv("TRIPS_URL", server.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield server


@pytest.fixture
def naps():
    """The seconds that a fetch would have slept."""
    return []


@pytest.fixture
def patience(naps):
    return Patience(retries=3, wait=1.0, timeout=1.5, sleep=naps.append)
