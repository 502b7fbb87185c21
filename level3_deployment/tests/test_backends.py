"""The same registry on a folder and on a server with a real PostgreSQL: what a colleague does works on both."""

import models
import numpy as np
import promote
import pytest
import reproduce
from server_place import server, sqlite
from verbs import start

from taxi import tracking
from taxi.errors import BadModel, UnsafeModel
from taxi.graph import CORNERS
from taxi.registry import Registry
from taxi.settings import Settings

PLACES = {"sqlite": sqlite, "server": server}
TRAIN = ("train.py", "--train", "2021-01", "--valid", "2021-02", "--seed")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("server", marks=pytest.mark.slow)])
def place(request, tmp_path_factory):
    """A registry with two versions, of seeds 1 and 2: trained at the same time, and the registry was not there yet."""
    with PLACES[request.param](tmp_path_factory.mktemp("place")) as backend:
        under_way = [start(*TRAIN, seed, **backend.environment) for seed in "12"]
        ended = [process.communicate(timeout=1200) for process in under_way]
        assert [process.returncode for process in under_way] == [0, 0], ended
        yield backend


def connected(place):
    """The mlflow module of this process, as a verb there would have it."""
    given = {name.removeprefix("TAXI_").lower(): value for name, value in place.environment.items()}
    return tracking.connect(Settings.given(**given))


@pytest.fixture
def registry(place):
    """Through a connection of this process. Nothing is champion yet."""
    registry = Registry(connected(place))
    for alias in registry.aliases():
        registry.point(alias, None)
    return registry


def test_two_trainings_at_once_lose_nothing(place, registry):
    """Two versions, and of each everything: figures, parameters, data, and the files of its run."""
    versions = registry.versions()
    assert [version.number for version in versions] == ["1", "2"]
    assert {version.params["seed"] for version in versions} == {"1", "2"}
    client = connected(place).MlflowClient()
    for version in versions:
        assert version.stage == "none"
        assert 0 < version.metrics["rmse"] < version.metrics["rmse_of_mean"]
        assert len([name for name in version.metrics if name.startswith("rmse.")]) > 10
        assert {"who", "code_hash", "lock_hash", "git_commit", "data.2021-01", "data.2021-02"} <= set(version.tags)
        files = {file.path for file in client.list_artifacts(version.run_id)}
        assert {"model", "model_card.md", "error_by_hour.png", "importance.png"} <= files
        assert client.get_run(version.run_id).info.status == "FINISHED"
        assert len(client.get_run(version.run_id).inputs.dataset_inputs) == 2


def test_the_table_names_both(place, capsys, monkeypatch):
    """python models.py, told by the environment where to look."""
    for name, value in {**place.environment, "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    models.main()
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[2:]] == [["2", "none"], ["1", "none"]]


def test_a_promotion_can_be_taken_back(place, registry, monkeypatch):
    """In one command each; the stages follow."""
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    promote.main("1")
    promote.main("newest")
    assert registry.aliases() == {"champion": "2", "previous": "1"}
    assert [version.stage for version in registry.versions()] == ["archived", "production"]
    promote.main(back=True)
    assert registry.aliases() == {"champion": "1", "previous": "2"}


def test_the_champion_answers(registry):
    promote.promote(registry, "2")
    loaded = registry.load(registry.champion())
    assert loaded.version == "2"
    assert (np.abs(loaded.model.predict(CORNERS)) < 200).all()


def test_a_version_can_be_made_again(registry):
    """From what this backend recorded, and from nothing else."""
    assert "are equal" in reproduce.reproduce(registry, registry.version("1"))


def test_a_file_changed_behind_the_registry_is_refused(place, registry):
    """The digest lies in the registry, the file on a disk that somebody else may write to."""
    version = registry.version("1")
    (stored,) = place.files.glob(f"**/{version.run_id}/artifacts/model/model.onnx")
    good = stored.read_bytes()
    stored.write_bytes(good[:-1])
    with pytest.raises(UnsafeModel, match="not the file on record"):
        registry.load(version)
    stored.unlink()
    with pytest.raises(BadModel, match=r"has no model\.onnx"):
        registry.load(version)
    stored.write_bytes(good)
    registry.load(version)
