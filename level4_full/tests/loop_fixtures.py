"""Folders for the loop; a test module names this one in `pytest_plugins`."""

import os

import loop_place
import pytest


def pytest_configure():
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def begun(tmp_path_factory):
    """Limits, and a registry without versions. Do not change it; copy it."""
    return loop_place.ready(tmp_path_factory.mktemp("begun") / "var")


@pytest.fixture
def fresh(begun, tmp_path):
    """The same, to be changed."""
    from registry_place import Place

    return Place(begun.state).copy(tmp_path / "var").settings


@pytest.fixture
def quick(monkeypatch):
    """The gate does not start services."""
    loop_place.no_service_of_its_own(monkeypatch)
