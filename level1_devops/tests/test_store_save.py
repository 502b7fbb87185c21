"""Saving model.pkl: whole or not at all, whatever happens in between."""

import signal

import pytest
from running import verb

from taxi import store
from taxi.errors import BadModel


def test_where_a_model_cannot_be_written_is_said(model, tmp_path):
    """A file where a folder should be: not even root can write below it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BadModel, match=r"could not be written: .*\. Free space, or set TAXI_MODEL_PATH"):
        store.save(model, tmp_path / "file" / "model.pkl")


def test_saving_makes_the_folder_and_leaves_nothing_beside_the_model(model, tmp_path):
    store.save(model, tmp_path / "new" / "model.pkl")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model.pkl"]


def test_a_model_is_replaced_and_never_written_over(model, model_file, tmp_path):
    """Who opened the old file a moment before goes on reading the old one, whole."""
    path, opened_before = tmp_path / "model.pkl", tmp_path / "opened before"
    path.write_bytes(b"the old one")
    opened_before.hardlink_to(path)
    store.save(model, path)
    assert opened_before.read_bytes() == b"the old one"
    assert path.read_bytes() == model_file.read_bytes()


def saving(path, what):
    """Save `what`, an expression, over `path` in a process of its own."""
    script = f"import os, resource, pathlib; from taxi import store; store.save({what}, pathlib.Path({str(path)!r}))"
    return verb("-c", script)


def test_a_disk_that_fills_up_leaves_the_old_model(model_file, tmp_path):
    """No file of this process may grow past 1,000 bytes: the write fails in its middle, as on a full disk."""
    path = tmp_path / "model.pkl"
    path.write_bytes(model_file.read_bytes())
    done = saving(path, "(resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)), bytes(10_000_000))")
    assert "taxi.errors.BadModel" in done.stderr
    assert path.read_bytes() == model_file.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["model.pkl"]


def test_a_crash_while_writing_leaves_the_old_model_and_the_next_save_clears_up(model, model_file, tmp_path):
    """Killed in the middle: half a model lies beside, under another name, and nobody loads it."""
    path = tmp_path / "model.pkl"
    path.write_bytes(model_file.read_bytes())
    done = saving(path, "[bytes(10_000_000), type('Dies', (), {'__reduce__': lambda self: os.kill(os.getpid(), 9)})()]")
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == model_file.read_bytes()
    assert (tmp_path / "model.pkl.part").stat().st_size > 1_000_000
    store.save(model, path)
    assert [one.name for one in tmp_path.iterdir()] == ["model.pkl"]
