"""Training and searching on a Dask cluster: a scheduler and two workers, started from their command line."""

import pickle

import distributed
import promote
import pytest
import reproduce
import train
import tune
from dask_parts import LEVEL, cluster

import trips
from taxi import cluster as joining
from taxi import data, model, record, remote, tracking
from taxi.errors import ContractViolated, NotReproduced
from taxi.registry import Registry
from taxi.settings import Settings
from trips.city import Incident
from trips.simulate import simulate

pytestmark = pytest.mark.slow
TRAIN, VALID = "2021-01", "2021-02"
CARRIED_BYTES = 2_000_000  # nothing larger than this may come to the client; a month of trips is larger


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    """Months as the source tlc has them, the second in kilometres. The workers' TRIPS_DIR, and nobody else's."""
    folder = tmp_path_factory.mktemp("feed")
    fault = Incident("kilometres", "2021-02-01", "2021-03-01", size=1.0)
    for month, incidents in {TRAIN: [], VALID: [fault]}.items():
        simulate(month, folder / f"green_tripdata_{month}.parquet", 0, incidents)
    return folder


@pytest.fixture(scope="module")
def two_workers(feed, tmp_path_factory):
    """The address of a scheduler with two workers. Nobody kills these."""
    with cluster(tmp_path_factory.mktemp("cluster"), TRIPS_DIR=str(feed)) as parts:
        yield parts.address


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(state=tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="module")
def carried():
    """The size of everything that came to this process from workers, in bytes."""
    sizes = []
    gather = distributed.Client._gather

    async def weighed(self, *words, **named):
        found = await gather(self, *words, **named)
        sizes.extend(len(pickle.dumps(one)) for one in (found if isinstance(found, list) else [found]))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distributed.Client, "_gather", weighed)
        yield sizes


@pytest.fixture(scope="module")
def versions(two_workers, settings, carried):
    """Two versions of the same months: of the cluster, while no source could be opened here, and of this machine."""

    def none_here(*_):
        raise AssertionError("the client read trips")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trips, "open_source", none_here)
        joining.run_there(two_workers, settings, TRAIN, VALID, "city", 0, None, check=True)
    train.run(settings, TRAIN, VALID, "city", 0, None, check=True)
    return Registry(tracking.connect(settings)).versions()


def test_trips_are_never_gathered_on_the_client(versions, carried):
    """The largest thing that came is a third of one month; the client's own source was shut."""
    month = data.load("city", 0, TRAIN, VALID).train
    assert len(pickle.dumps(month)) > CARRIED_BYTES
    assert len(carried) > 5
    assert max(carried) < CARRIED_BYTES


def test_error_is_that_of_the_local_learner(versions):
    """Within 2 %, on the same months."""
    ours, local = (version.metrics["rmse"] for version in versions)
    assert abs(ours / local - 1) < 0.02


def test_record_is_that_of_a_local_training(versions, settings):
    """Parameters, figures, slices, data by hash, lineage, files; and besides, who learned and how."""
    ours, local = versions
    assert ours.params == local.params
    assert set(ours.metrics) == set(local.metrics)
    assert {name: ours.metrics[name] for name in ("train_trips", "valid_trips")}.items() <= local.metrics.items()
    pictures = f"drawn from 10,000 of {int(local.metrics['valid_trips']):,} validation trips"
    said = {"learner": "lightgbm", "workers": "2", "pictures": pictures}
    assert said.items() <= ours.tags.items()
    assert set(ours.tags) - set(said) <= set(local.tags) <= set(ours.tags)
    hashes = {name: value for name, value in local.tags.items() if name.startswith("data.") or name.endswith("_hash")}
    assert len(hashes) == 4
    assert hashes.items() <= ours.tags.items()
    client = tracking.connect(settings).MlflowClient()
    files = [{file.path for file in client.list_artifacts(version.run_id)} for version in versions]
    assert files[0] == files[1]
    inputs = [client.get_run(version.run_id).inputs.dataset_inputs for version in versions]
    digests = [{item.dataset.name: item.dataset.digest for item in items} for items in inputs]
    assert digests[0] == digests[1]
    card = (LEVEL / client.download_artifacts(ours.run_id, "model_card.md", settings.state)).read_text()
    assert pictures in card


def test_graph_is_of_the_same_contract_and_exact(versions, settings):
    """It passes what promote.py asks of every version, and is as near to LightGBM as ours is to scikit-learn."""
    assert versions[0].metrics["parity_minutes"] < 1e-3
    promote.check(Registry(tracking.connect(settings)), versions[0])


def test_reproducing_is_refused_and_says_why(versions, settings):
    """Equal answers cannot be asked for: the remedy is the command that trains it again."""
    with pytest.raises(NotReproduced, match=r"on a cluster of 2 with lightgbm.*train\.py --cluster ADDRESS --train"):
        reproduce.reproduce(Registry(tracking.connect(settings)), versions[0])


def test_parameters_of_a_search_are_taken(two_workers):
    """tune.py says them in scikit-learn's words; LightGBM grows what was asked for."""
    assert set(remote.NAMES) == set(record.LEARNER)
    learner = {
        "learning_rate": 0.2,
        "max_iter": 7,
        "max_leaf_nodes": 5,
        "min_samples_leaf": 50,
        "l2_regularization": 1.0,
    }
    with joining.connect(two_workers) as client:
        months = remote.load(client, "city", 0, TRAIN, VALID)
        fitted = remote.fit(client, months, **learner)
    assert fitted.booster.count("\nTree=") == 7
    assert fitted.booster.count("num_leaves=5\n") == 7
    for given in ("learning_rate: 0.2", "min_data_in_leaf: 50", "lambda_l2: 1"):
        assert f"[{given}]" in fitted.booster


def test_a_broken_contract_stops_it_before_training(two_workers, settings, versions):
    """Found by a worker, in its own folder; told here as by a local training; nothing is left on record."""
    with pytest.raises(ContractViolated, match=r"tlc 2021-02 breaks the data contract.*\n  - miles over the usual"):
        joining.run_there(two_workers, settings, TRAIN, VALID, "tlc", 0, None, check=True)
    mlflow = tracking.connect(settings)
    assert len(mlflow.search_runs(output_format="list", search_all_experiments=True)) == len(versions)


def test_search_is_spread_over_the_workers_and_goes_on(two_workers, tmp_path):
    """Each of two workers tried some; a second call does only what is missing, here on this machine."""
    settings = Settings(state=tmp_path)
    tune.run(settings, TRAIN, "city", 0, 4, two_workers)
    best = tune.run(settings, TRAIN, "city", 0, 5)
    mlflow = tracking.connect(settings)
    runs = mlflow.search_runs(output_format="list", search_all_experiments=True)
    tried = [run for run in runs if run.info.run_name.startswith("trial")]
    assert len(tried) == 5
    assert [run.data.tags.get("worker") for run in tried].count(None) == 1
    assert len({run.data.tags["worker"] for run in tried if "worker" in run.data.tags}) == 2
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert mlflow.get_run(best).data.metrics["rmse_held_out"] == min(r.data.metrics["rmse_held_out"] for r in tried)


@pytest.mark.real
def test_error_on_real_months_is_that_of_the_local_learner(tmp_path):
    """Within 2 % on January and February 2021; and under the figure that this level promises."""
    months = data.load("tlc", 0, TRAIN, VALID)
    local = model.evaluate(model.fit(months.train), months.valid)["rmse"]
    with cluster(tmp_path) as parts, joining.connect(parts.address) as client:
        found = remote.load(client, "tlc", 0, TRAIN, VALID)
        ours = remote.judge(client, found, remote.fit(client, found)).metrics["rmse"]
    assert abs(ours / local - 1) < 0.02
    assert ours < 5.55
