"""A killed training leaves no half version, whatever the moment; two at once lose nothing. All are real processes."""

import time

import processes
from registry_place import Place, complete

pytest_plugins = ["registry_fixtures"]
NOTHING_YET = (
    "the run has begun", "before the fit", "figures are logged", "half the file is copied",
    "the file is there, the version not", "the version is not committed",
)  # fmt: skip
DELAYS = (0.2, 0.5, 0.9, 1.4)  # seconds; a training takes one or two


def killed(place, moment):
    return processes.end(processes.start(processes.train, place, moment)) == -9


def test_killed_before_the_version_is_written_there_is_none(empty):
    """Six kills later, what they left is in nobody's way: half files, and runs that never ended."""
    for moment in NOTHING_YET:
        assert killed(empty, moment), moment
        assert complete(empty) == [], moment
    assert processes.end(processes.start(processes.train, empty)) == 0
    assert complete(empty) == ["1"]


def test_killed_after_the_version_is_written_it_is_whole(empty):
    """The figures, the pictures and the file come first: what is registered lacks nothing."""
    assert killed(empty, "the version is there, the run not ended")
    assert complete(empty) == ["1"]
    version = empty.registry.version("1")
    names = {file.path for file in empty.client.list_artifacts(version.run_id)}
    assert names == {"error_by_hour.png", "importance.png", "model", "model_card.md", "predicted_against_true.png"}


def test_killed_at_any_time_every_version_there_is_is_whole(empty):
    for delay in DELAYS:
        process = processes.start(processes.train, empty)
        time.sleep(delay)
        process.kill()
        process.join()
        complete(empty)


def test_two_trainings_at_once_lose_nothing(empty):
    """Two processes, one SQLite file: two versions, each with all its figures and its own seed."""
    running = [processes.start(processes.train, empty, None, {"seed": seed}) for seed in (5, 6)]
    assert [processes.end(process) for process in running] == [0, 0]
    assert complete(empty) == ["1", "2"]
    assert {version.params["seed"] for version in empty.registry.versions()} == {"5", "6"}
    assert len({version.tags["sha256"] for version in empty.registry.versions()}) == 2


def test_two_first_trainings_at_once_make_one_registry(tmp_path):
    """Where there is nothing yet, both find no schema and no experiment: one makes them, and both are on record."""
    place = Place(tmp_path / "var")
    running = [processes.start(processes.train, place, None, {"seed": seed, "params": None}) for seed in (5, 6)]
    assert [processes.end(process) for process in running] == [0, 0]
    assert complete(place) == ["1", "2"]
