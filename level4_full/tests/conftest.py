"""Fixtures: a simulated January and February, a model of January, a service of that model. Treat them as read-only."""

import os

import pandas as pd
import pytest
from running import papermill, running

import trips


def pytest_configure():
    """One thread, said before scikit-learn is imported: idle ones spin. And nothing of somebody's own service."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "true")  # as taxi does; some tests import ONNX Runtime first
    for name in [name for name in os.environ if name.startswith("TAXI_") and name != "TAXI_BROWSER"]:
        del os.environ[name]


@pytest.fixture(scope="session")
def january():
    """The raw month that the model is fitted on."""
    return trips.City(0).month("2021-01")


@pytest.fixture(scope="session")
def february():
    """The raw month that comes after it."""
    return trips.City(0).month("2021-02")


@pytest.fixture(scope="session")
def month(february, tmp_path_factory):
    """February as a file, as TLC would publish it."""
    path = tmp_path_factory.mktemp("month") / "2021-02.parquet"
    february.to_parquet(path, index=False)
    return path


@pytest.fixture(scope="session")
def train(january):
    return trips.clean(january)[0]


@pytest.fixture(scope="session")
def valid(february):
    return trips.clean(february)[0]


@pytest.fixture(scope="session")
def reference(january):
    """What a later month is compared with."""
    from taxi import checks

    return checks.learn(january)


@pytest.fixture(scope="session")
def pipeline(train):
    """Fitted on January in about a second."""
    from taxi.model import fit

    return fit(train)


@pytest.fixture(scope="session")
def graph(pipeline):
    """The pipeline as the bytes that serve."""
    from taxi.export import to_onnx

    return to_onnx(pipeline)


@pytest.fixture(scope="session")
def model(graph):
    from taxi.graph import Scorer

    return Scorer(graph)


@pytest.fixture(scope="session")
def model_file(graph, tmp_path_factory):
    from taxi import store

    path = tmp_path_factory.mktemp("model") / "model.onnx"
    store.save(graph, path)
    return path


@pytest.fixture(scope="session")
def service(model_file, tmp_path_factory, request):
    """A started serve.py, asked over HTTP. What it logged is printed when a test failed."""
    with running(model_file, tmp_path_factory.mktemp("service")) as started:
        yield started
        if request.session.testsfailed:
            print(started.log())


@pytest.fixture(scope="session")
def notebook_run(tmp_path_factory):
    """The folder in which duration.ipynb was run, and all that the run left there."""
    folder = tmp_path_factory.mktemp("notebook")
    done = papermill(folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture
def trip():
    """What somebody asks for: 2.6 miles from East Harlem to Central Harlem, on a Monday morning."""
    return {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}


@pytest.fixture
def own():
    """Three trips under the service's names, the last of a zone that does not exist."""
    times = pd.to_datetime(["2021-02-01T08:15", "2021-02-06T23:59", "2021-02-01T00:00"]).as_unit("us")
    return pd.DataFrame(
        {"pickup_zone": [74, 75, 0], "dropoff_zone": 42, "distance_miles": [2.6, 11.0, 3.0], "pickup_at": times}
    )


@pytest.fixture(scope="session")
def second_graph(train):
    """Another model of January: fewer trees, other answers."""
    from taxi import model
    from taxi.export import to_onnx

    return to_onnx(model.fit(train, 1, max_iter=40))


@pytest.fixture
def routed(graph, second_graph, tmp_path):
    """A folder to serve from: two models on the shelf, the first answers everybody."""
    from serving_place import made

    return made(tmp_path / "state", graph, second_graph)
