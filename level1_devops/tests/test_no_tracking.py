"""What level 1 still lacks, proved: nothing of a training is recorded, and a model cannot say where it comes from."""

import dataclasses
import getpass
import re

import pytest
from running import LEVEL

from taxi import store

TRACKERS = {
    "mlflow",
    "wandb",
    "neptune",
    "clearml",
    "comet",
    "aim",
    "dvc",
    "sacred",
    "tensorboard",
    "guild",
    "metaflow",
}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-image.txt", "pyproject.toml"])
def test_no_tracker_is_installed(file):
    """Not the usual one, nor another, nor one that came along with something else."""
    packages = re.findall(r'^\s*"?([A-Za-z][\w.-]*)\s*[=<>~]', (LEVEL / file).read_text(), re.MULTILINE)
    assert packages
    assert not {package for package in packages if re.split(r"[-_.]", package.lower())[0] in TRACKERS}


def test_a_training_leaves_the_notebook_and_the_model_and_nothing_else(notebook_run):
    """Who ran it, on which data, with which code, how good it was: it stood on a screen."""
    assert sorted(path.name for path in notebook_run.rglob("*")) == ["duration.ipynb", "model.pkl", "out.ipynb"]


def test_nothing_in_the_model_says_what_it_was_made_from(notebook_run):
    """No month, no source, no score, no name of who made it, in all its bytes."""
    data = (notebook_run / "model.pkl").read_bytes()
    assert b"sklearn" in data  # what a pickle says in words can be found in it
    for word in ("2021", "city", "tlc", "rmse", str(notebook_run), getpass.getuser() + "@"):
        assert word.encode() not in data, word


def test_all_that_is_known_of_a_loaded_model_is_a_hash(notebook_run):
    names = [field.name for field in dataclasses.fields(store.Loaded)]
    assert names == ["model", "version"]
    assert re.fullmatch("[0-9a-f]{12}", store.load(notebook_run / "model.pkl").version)


def test_all_that_an_answer_says_of_its_model_is_that_hash(service, model_file, trip):
    """Two files called model.pkl: which is better, who made it, on what month? Nobody can say. Level 2 can."""
    version = store.load(model_file).version
    answer = service.ask("/predict", trip).json
    assert answer.keys() - {"duration_minutes", "request_id"} == {"model_version"}
    assert answer["model_version"] == version
    assert service.ask("/ready").json == {"status": "ready", "model_version": version}
