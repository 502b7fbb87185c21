"""serve.py while it runs and when it is told to end: one model, no request lost, nobody can hold it up."""

import json
import signal
import time

import pytest
from running import everything, running

from taxi import model as models
from taxi import store
from taxi.export import to_onnx

POST = b"POST /predict HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


def test_the_model_is_loaded_once(model_file, train, trip, tmp_path):
    """Another file under the same name changes nothing until the service is started again."""
    path = tmp_path / "model.pkl"
    path.write_bytes(model_file.read_bytes())
    with running(path, tmp_path) as service:
        before = service.ask("/predict", trip).json
        store.save(to_onnx(models.fit(train[:2000])), path)
        after = service.ask("/predict", trip).json
        assert after == before | {"request_id": after["request_id"]}
        path.unlink()
        assert service.ask("/ready").json["model_version"] == before["model_version"]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_five_seconds_when_it_is_told_to(model_file, tmp_path, by):
    """Also while one client keeps a connection open and another has sent half a request: that one is told."""
    with running(model_file, tmp_path) as service:
        with service.connect() as idle, service.connect() as half:
            idle.sendall(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n")
            assert idle.recv(1000).startswith(b"HTTP/1.1 200")
            half.sendall(POST % 100 + b"{")
            assert service.ask("/health").status == 200  # it has begun to wait for the rest of the other
            code = service.stop(by, within=5)
            assert everything(half).startswith("HTTP/1.1 408")
        assert code in {0, -by, 128 + by}
        assert "Traceback" not in service.log()


def test_a_request_under_way_is_answered_when_it_is_told_to_end(model_file, trip, tmp_path):
    """The last byte of a request comes after the signal, and its answer still comes back."""
    body = json.dumps(trip).encode()
    with running(model_file, tmp_path) as service, service.connect() as client:
        client.sendall(POST % len(body) + body[:-1])
        assert service.ask("/health").status == 200  # it has begun to wait for the rest of the other
        service.process.terminate()
        time.sleep(0.2)
        client.sendall(body[-1:])
        answer = everything(client)
        assert answer.startswith("HTTP/1.1 200")
        assert "duration_minutes" in answer
        service.process.wait(5)
