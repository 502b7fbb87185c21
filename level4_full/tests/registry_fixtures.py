"""Fixtures of registries, versions and months; a test module names this one in `pytest_plugins`."""

import os

import pytest
from registry_place import FEW, OTHER, TRAIN, VALID, Place, note


def pytest_configure(config):
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # more would wait by spinning
    config.addinivalue_line("filterwarnings", "ignore:The ``noload`` loader strategy")  # MLflow's own use of it


@pytest.fixture(scope="session")
def ready(tmp_path_factory):
    """A registry without versions: the schema takes seconds to make, so it is made once. Do not change it; copy it."""
    place = Place(tmp_path_factory.mktemp("ready") / "var")
    mlflow = place.mlflow
    return Place(place.state, note(mlflow, "few", FEW), note(mlflow, "other", OTHER))


@pytest.fixture(scope="session")
def three(ready, tmp_path_factory):
    """Three versions: seed 0, seed 1, and seed 0 with other parameters. Do not change it; copy it."""
    place = ready.copy(tmp_path_factory.mktemp("three") / "var")
    place.train()
    place.train(seed=1)
    place.train(params=place.other)
    return place


@pytest.fixture
def empty(ready, tmp_path):
    """A registry without versions, to be changed."""
    return ready.copy(tmp_path / "var")


@pytest.fixture
def place(three, tmp_path):
    """A registry with three versions, none promoted, to be changed."""
    return three.copy(tmp_path / "var")


@pytest.fixture(scope="session")
def months():
    """January to learn from and February to be judged on, cleaned."""
    from taxi import data

    return data.load("city", 0, TRAIN, VALID)


@pytest.fixture(scope="session")
def pipeline(months):
    """Fitted on January with the learner's defaults."""
    from taxi import model

    return model.fit(months.train)
