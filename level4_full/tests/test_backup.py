"""Saved and brought back: whole, verified, in another folder; and what is not whole is refused before it is written."""

import json

import loop_place
import pytest
from running import verb

from taxi.errors import BadInput
from taxi.loop import keep
from taxi.loop.ledger import Ledger

pytest_plugins = ["loop_fixtures"]


@pytest.fixture
def lived(fresh, quick):
    """A loop with a first model."""
    loop = loop_place.loop_of(fresh)
    loop_place.lived(loop, 2)
    return loop


@pytest.fixture
def saved(lived, tmp_path):
    keep.save(lived.settings.state, tmp_path / "saved")
    return tmp_path / "saved"


def test_what_is_brought_back_goes_on_as_if_nothing_had_been(lived, saved, tmp_path):
    there = lived.settings.model_copy(update={"state": tmp_path / "elsewhere"})
    keep.restore(saved, there.state)
    loop = loop_place.loop_of(there)
    assert loop.ledger.events() == lived.ledger.events()
    assert loop.registry.aliases() == lived.registry.aliases() == {"champion": "1"}
    assert loop.registry.graph(loop.registry.champion()) == lived.registry.graph(lived.registry.champion())
    again = [one.once(loop_place.FIRST + loop_place.timedelta(days=2)) for one in (loop, lived)]
    assert again[0] == again[1]


def test_a_byte_that_is_another_is_named_and_nothing_is_written(saved, tmp_path):
    path = next(saved.glob("loop/batches/*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(BadInput, match=path.name):
        keep.restore(saved, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("break_it", [lambda folder: (folder / keep.MANIFEST).unlink(),
                                      lambda folder: (folder / keep.MANIFEST).write_text("{")])  # fmt: skip
def test_a_copy_that_was_not_ended_is_none(saved, tmp_path, break_it):
    break_it(saved)
    with pytest.raises(BadInput, match="not to its end"):
        keep.restore(saved, tmp_path / "elsewhere")


def test_nothing_is_written_over(lived, saved):
    with pytest.raises(BadInput, match="Move it away"):
        keep.restore(saved, lived.settings.state)
    with pytest.raises(BadInput, match="Name a new folder"):
        keep.save(lived.settings.state, saved)


def test_a_chain_that_was_broken_does_not_come_back_unseen(lived, tmp_path):
    lived.ledger._db.execute("update event set said='nothing at all' where seq=1")
    keep.save(lived.settings.state, tmp_path / "saved")
    with pytest.raises(BadInput, match="event 1 is not as it was written"):
        keep.restore(tmp_path / "saved", tmp_path / "elsewhere")


def test_the_drill_says_what_would_serve(lived):
    done = verb("backup.py", "drill", TAXI_STATE=str(lived.settings.state))
    assert done.returncode == 0, done.stderr
    assert "version 1 would serve" in done.stdout


def test_files_and_events_are_counted(lived, saved):
    known = json.loads((saved / keep.MANIFEST).read_text())["files"]
    assert {"mlflow.db", "loop/ledger.db", "serving/routes.json", "monitor/limits.json"} <= set(known)
    ledger = Ledger(saved / "loop")
    assert ledger.verified() == lived.ledger.verified()
    ledger.close()
