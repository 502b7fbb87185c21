"""A registry that is not there, does not answer, or is spoilt: one line, soon; and one that a kill cannot spoil."""

import socket
import time

import pytest
from verbs import start, told, verb, wait_for

from taxi import tracking
from taxi.errors import BadInput, NoAnswer
from taxi.settings import Settings


@pytest.fixture
def silent():
    """A server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_silent_server_is_given_up_soon(silent):
    with pytest.raises(NoAnswer, match="does not answer"):
        tracking.connect(Settings(tracking_uri="http://127.0.0.1:9"))  # and mlflow is imported, before the clock runs
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match=f"{silent} does not answer"):
        tracking.connect(Settings(tracking_uri=silent))
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("http://somebody:secret@127.0.0.1:9", "the registry http://127.0.0.1:9 does not answer"),
        ("postgresql://127.0.0.1/runs", "is the address of an MLflow server, as http://127.0.0.1:5000"),
    ],
)
def test_a_server_that_is_not_there_is_one_line(uri, says):
    """Which one, without a password, and what to do."""
    assert says in told(verb("models.py", TAXI_TRACKING_URI=uri))


@pytest.mark.parametrize("spoilt", [b"not a database at all" * 100, None], ids=["garbage", "a file"])
def test_a_spoilt_folder_is_one_line(tmp_path, spoilt):
    """The database is none, or the folder is a file."""
    state = tmp_path / "state"
    if spoilt is None:
        state.touch()
    else:
        state.mkdir()
        (state / "mlflow.db").write_bytes(spoilt)
    with pytest.raises(BadInput, match=r"Restore it, or begin anew: make clean"):
        tracking.connect(Settings(state=state, tracking_uri=None))


@pytest.mark.slow
def test_a_kill_while_the_tables_are_made_leaves_no_half_registry(tmp_path):
    """MLflow's own way, in place, could never be used again."""
    first = start("models.py", TAXI_STATE=str(tmp_path))
    assert wait_for(lambda: list(tmp_path.glob(".tables-*/mlflow.db")), 60)
    first.kill()
    first.communicate()
    assert not (tmp_path / "mlflow.db").exists()
    done = verb("models.py", TAXI_STATE=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "no versions yet. Train one: python train.py\n"), done.stderr
