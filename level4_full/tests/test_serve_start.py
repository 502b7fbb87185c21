"""Starting serve.py: its settings; and a bad one, a bad model, a port in use: one line with the remedy, exit code 2."""

import json
import socket

import pytest
import serve
from running import told, verb

REMEDY = "Write one: make model, or python models.py --save NUMBER FILE (or unset TAXI_MODEL_PATH: the champion)"


@pytest.fixture
def mistake(capsys):
    """What serve.py answers to options that are wrong: its one line on stderr, and exit code 2."""

    def run(**options):
        with pytest.raises(SystemExit) as ended:
            serve.main(**options)
        assert ended.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line.removeprefix("error: ")

    return run


def test_settings_are_shown_and_nothing_is_started():
    """Defaults, then TAXI_ variables over them, then options over both."""
    defaults = json.loads(verb("serve.py", "--show-settings").stdout)
    assert defaults == {
        "state": "var", "tracking_uri": None, "model_path": None, "host": "127.0.0.1", "port": 8000,
        "max_body_bytes": 65_536, "max_batch_bytes": 524_288, "token": None, "clock": "wall", "webhook": None,
        "service": None, "cluster": None, "log": True,
        "log_segment_bytes": 33_554_432, "log_bytes": 2_147_483_648, "shadow_at": 128, "refuse_at": 256,
    }  # fmt: skip
    variables = {"TAXI_PORT": "8001", "TAXI_HOST": "0.0.0.0", "TAXI_MODEL_PATH": "elsewhere.pkl"}
    shown = json.loads(verb("serve.py", "--show-settings", "--port", "8002", **variables).stdout)
    assert shown == defaults | {"port": 8002, "host": "0.0.0.0", "model_path": "elsewhere.pkl"}


def test_help_answers_without_loading_anything():
    done = verb("-X", "importtime", "serve.py", "--help")
    assert "Load the model" in done.stdout
    heavy = ("| pandas", "| sklearn", "| fastapi", "| numpy")
    assert not [line for line in done.stderr.splitlines() if line.endswith(heavy)]


def test_a_wrong_setting_is_one_line_and_no_traceback():
    line = told(verb("serve.py", TAXI_PORT="abc"))
    assert line.startswith("TAXI_PORT=abc: Input should be a valid integer")
    assert line.endswith("Set it right, or unset it")


def test_a_missing_model_is_one_line_and_no_traceback(tmp_path):
    line = told(verb("serve.py", TAXI_MODEL_PATH=str(tmp_path / "none.pkl")))
    assert line == f"no model at {tmp_path / 'none.pkl'} (No such file or directory). {REMEDY}"


def test_a_damaged_model_is_told(mistake, tmp_path):
    (tmp_path / "bad.pkl").write_bytes(b"garbage")
    line = mistake(model=tmp_path / "bad.pkl")
    assert "the file is no ONNX graph" in line


def test_nothing_routed_is_told(mistake, monkeypatch, tmp_path):
    """Without a file what is routed serves, and nothing is yet."""
    monkeypatch.setenv("TAXI_STATE", str(tmp_path))
    line = mistake()
    assert line.startswith(f"no routes at {tmp_path}/serving/routes.json")
    assert line.endswith("Route: python route.py")


def test_a_port_in_use_is_told(mistake, model_file):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = mistake(model=model_file, port=port)
    assert line.startswith(f"cannot bind 127.0.0.1:{port} (Address already in use). ")
    assert line.endswith("Stop what uses it, or choose another: --port 8001")


def test_an_address_of_another_machine_is_told(mistake, model_file):
    assert mistake(model=model_file, host="192.0.2.1").endswith("Name one of ours: --host 127.0.0.1")
