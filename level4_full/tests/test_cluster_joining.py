"""What --cluster says when there is no cluster to join: one line, soon, and what to do."""

import shutil
import socket
import sys
import threading
import time

import pytest
from dask_parts import LEVEL, cluster
from verbs import told, verb

from taxi import cluster as joining
from taxi.errors import BadInput


@pytest.fixture
def silent():
    """The port of a server that listens and says nothing, as a web server does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def chatty():
    """The port of a server that speaks first, but not Dask's language."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak():
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                line.sendall(b"220 mail.example ESMTP at your service\r\n")

        threading.Thread(target=speak, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("script", ["train.py", "tune.py"])
def test_wrong_address_is_one_line(script):
    """Within seconds, exit code 2."""
    began = time.monotonic()
    assert told(verb(script, "--cluster", "127.0.0.1:9")).startswith("no Dask scheduler answers at 127.0.0.1:9")
    assert time.monotonic() - began < 15  # 2 s on an idle machine


def test_whatever_else_listens_there_is_refused(silent, chatty):
    """Soon, and in one line; what is no address at all, too."""
    for address in (f"127.0.0.1:{silent}", f"tcp://127.0.0.1:{chatty}", "nonsense", "", "a:b", "http://127.0.0.1:1"):
        began = time.monotonic()
        with pytest.raises(BadInput, match="no Dask scheduler answers") as raised, joining.connect(address):
            pass
        assert "\n" not in str(raised.value)
        assert time.monotonic() - began < 10


def test_without_the_group_the_remedy_is_named(monkeypatch):
    """Two packages are missing: both are named, and how to get them."""
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    monkeypatch.setitem(sys.modules, "onnxmltools", None)
    with pytest.raises(BadInput, match=r"needs lightgbm, onnxmltools\. .*--group cluster"), joining.connect("local"):
        pass


def test_worker_with_other_code_is_refused(tmp_path):
    """The record says one code and one lock: a worker started from another checkout is named."""
    shutil.copytree(LEVEL / "taxi", tmp_path / "taxi")
    shutil.copy(LEVEL / "requirements.txt", tmp_path)
    for script in LEVEL.glob("*.py"):
        shutil.copy(script, tmp_path)
    with (tmp_path / "taxi" / "features.py").open("a") as file:
        file.write("# changed\n")
    with (
        cluster(tmp_path, workers=1, PYTHONPATH=str(tmp_path)) as parts,
        pytest.raises(BadInput, match=r"the worker tcp://127\.0\.0\.1:\d+ runs other code"),
        joining.connect(parts.address),
    ):
        pass
