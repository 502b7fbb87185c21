"""Workers, schedulers and clients that are killed in the middle of a training or a search on a cluster."""

import distributed
import pytest
from dask_parts import cluster
from verbs import start, verb, wait_for

from taxi import asking, tracking
from taxi import cluster as joining
from taxi.errors import told
from taxi.registry import Registry
from taxi.settings import Settings

pytestmark = pytest.mark.slow
LONG = "2020-10..2021-01"  # boosting on these takes seconds
TRAIN = ("train.py", "--train", LONG, "--valid", "2021-02", "--cluster")


@pytest.fixture
def parts(tmp_path):
    """A cluster that is there to be damaged."""
    with cluster(tmp_path) as started:
        yield started


@pytest.fixture
def registry(tmp_path):
    return Registry(tracking.connect(Settings(state=tmp_path / "state")))


def begin(parts, tmp_path, *words):
    return start(*(words or TRAIN), parts.address, TAXI_STATE=str(tmp_path / "state"))


def wait_until(process, parts, task):
    """Until a worker has a task of this kind; not after the process that asks for it has ended."""
    with distributed.Client(parts.address, set_as_default=False) as watch:

        def busy():
            assert process.poll() is None, process.communicate()
            return any(task in str(key) for keys in watch.processing().values() for key in keys)

        assert wait_for(busy, 200), parts.log()


def wait_until_they_boost(process, parts):
    """Until LightGBM says on both workers that they are connected: it is past its start then."""

    def connected():
        assert process.poll() is None, process.communicate()
        return parts.log().count("Local rank: ") == 2

    assert wait_for(connected, 200), parts.log()


def runs(registry, name):
    mlflow = registry._mlflow
    found = mlflow.search_runs(output_format="list", search_all_experiments=True)
    return [run for run in found if run.info.run_name.startswith(name)]


@pytest.mark.parametrize("moment", ["connect", "boost"])
def test_training_ends_though_a_worker_is_killed(parts, registry, tmp_path, moment):
    """Its nanny brings another one, the rest begin anew, boosting starts again; it says so in one line."""
    process = begin(parts, tmp_path)
    if moment == "connect":
        wait_until(process, parts, "_train_part")
    else:
        wait_until_they_boost(process, parts)
    parts.kill_worker()
    out, err = process.communicate(timeout=1200)
    assert process.returncode == 0, err
    assert out.startswith("trip-duration version 1: ")
    assert err.startswith("a worker was lost, boosting starts again")
    assert len(err.splitlines()) == 1, err
    (version,) = registry.versions()
    assert version.metrics["rmse"] < version.metrics["rmse_of_mean"] / 2


def test_training_ends_though_a_machine_is_lost(parts, registry, tmp_path):
    """Nobody brings this worker back: the one that is left does it alone."""
    process = begin(parts, tmp_path)
    wait_until_they_boost(process, parts)
    parts.lose(1)
    _, err = process.communicate(timeout=1200)
    assert process.returncode == 0, err
    assert [version.tags["workers"] for version in registry.versions()] == ["1"]


def test_what_needs_no_company_dask_does_again_by_itself(parts, registry, tmp_path):
    """A worker killed while months are read is not even worth a line."""
    process = begin(parts, tmp_path)
    wait_until(process, parts, "clean")
    parts.lose(1)
    _, err = process.communicate(timeout=1200)
    assert (process.returncode, err) == (0, "")
    assert [version.tags["workers"] for version in registry.versions()] == ["1"]


def test_workers_without_nannies_are_one_line_and_no_version(registry, tmp_path):
    """Nobody can start them anew: exit code 1, and the line says so."""
    with cluster(tmp_path, nanny=False) as parts:
        process = begin(parts, tmp_path)
        wait_until_they_boost(process, parts)
        parts.lose(1)
        _, err = process.communicate(timeout=1200)
    assert process.returncode == 1, err
    assert err.splitlines()[-1].startswith("error: a worker was lost, and the others do not begin anew")
    assert registry.versions() == []


def test_no_worker_left_is_one_line_and_no_version(parts, registry, tmp_path, monkeypatch, capsys):
    """Exit code 1: the user did nothing wrong. The run is on record as failed."""
    together = asking.together

    def and_then_they_are_lost(*asked):
        for number in (1, 2):
            parts.lose(number)
        monkeypatch.setattr(joining, "PATIENCE_SECONDS", 2.0)
        return together(*asked)

    monkeypatch.setattr(asking, "together", and_then_they_are_lost)
    settings = Settings(state=tmp_path / "state")
    with pytest.raises(SystemExit) as ended, told():
        joining.run_there(parts.address, settings, "2021-01", "2021-02", "city", 0, None, check=True)
    assert ended.value.code == 1
    *restarts, last = capsys.readouterr().err.splitlines()
    assert last == "error: no worker has answered for 2 s. Start one: dask worker ADDRESS"
    assert all(line.startswith("a worker was lost, boosting starts again") for line in restarts)
    assert registry.versions() == []
    assert [run.info.status for run in runs(registry, "train")] == ["FAILED"]


def test_scheduler_killed_is_one_line_and_no_version(parts, registry, tmp_path):
    """Nothing can go on without it: exit code 1."""
    process = begin(parts, tmp_path)
    wait_until_they_boost(process, parts)
    parts.lose(0)
    _, err = process.communicate(timeout=1200)
    assert process.returncode == 1, err
    assert err.startswith("error: the cluster was lost on the way")
    assert len(err.splitlines()) == 1, err
    assert registry.versions() == []


def test_killed_client_leaves_no_half_version_and_a_free_cluster(parts, registry, tmp_path):
    """kill -9 in the middle; the workers stop, and the same command works."""
    process = begin(parts, tmp_path)
    wait_until_they_boost(process, parts)
    process.kill()
    process.communicate()
    assert registry.versions() == []
    done = verb(*TRAIN, parts.address, TAXI_STATE=str(tmp_path / "state"))
    assert done.returncode == 0, done.stderr
    assert [version.number for version in registry.versions()] == ["1"]


def test_search_ends_though_a_worker_is_killed(parts, registry, tmp_path):
    """Its trial is begun again by the other one."""
    process = begin(parts, tmp_path, "tune.py", "--trials", "6", "--cluster")
    wait_until(process, parts, "trial")
    parts.lose(1)
    out, err = process.communicate(timeout=1200)
    assert process.returncode == 0, err
    assert out.startswith("best of 6: ")
    assert [run.info.status for run in runs(registry, "trial")] == ["FINISHED"] * 6


def test_local_cluster_is_started_and_ended(registry, tmp_path):
    """--cluster local: two lines, as ever, and nothing of the cluster's own talk."""
    done = verb("train.py", "--cluster", "local", TAXI_STATE=str(tmp_path / "state"))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2
    assert [version.tags["workers"] for version in registry.versions()] == ["2"]
