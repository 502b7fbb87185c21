"""No model is trusted: whatever somebody put into the registry is refused, and nothing of it is ever executed."""

import pickle

import numpy as np
import onnxruntime
import promote
import pytest
import skops.io
from attacker import FIGURES, Attacker
from crafted import REFUSED, a_pickle, a_skops_file
from polyglot import two_models_in_one
from verbs import told, verb

import trips
from taxi import export, model, tracking
from taxi.errors import BadModel, UnsafeModel
from taxi.graph import CORNERS, Scorer, digest, inspect
from taxi.registry import Registry
from taxi.settings import Settings

SWITCH = "MLFLOW_ALLOW_PICKLE_DESERIALIZATION"


@pytest.fixture(scope="module")
def graph():
    """A good graph of a small fit."""
    rows, _ = trips.clean(trips.City(0).month("2021-01").head(6_000))
    return export.to_onnx(model.fit(rows, max_iter=10))


@pytest.fixture(scope="module")
def state(graph, tmp_path_factory):
    """The folder of a registry whose champion is version 1."""
    settings = Settings(state=tmp_path_factory.mktemp("state"), tracking_uri=None)
    mlflow = tracking.connect(settings)
    with mlflow.start_run() as run:
        mlflow.log_metrics(FIGURES)
        promote.promote(Registry(mlflow), Registry(mlflow).register(graph, run.info.run_id, {}))
    return settings.state


@pytest.fixture
def attacker(state):
    """Whatever a test does, the champion serves as before afterwards."""
    settings = Settings(state=state, tracking_uri=None)
    there = Attacker(tracking.connect(settings), settings)
    yield there
    assert there.registry.aliases() == {"champion": "1"}
    assert there.registry.load(there.registry.champion()).version == "1"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_crafted_version_is_refused_and_nothing_runs(attacker, graph, kind, folder, tmp_path):
    """With the right digest on record: it is the graph itself that is refused, and why is said in one line."""
    make, says = REFUSED[kind]
    data = make(graph, marker := tmp_path / "marker")
    version = attacker.registry.version(attacker.put_graph(data, folder))
    with pytest.raises(UnsafeModel) as refusal:
        promote.check(attacker.registry, version)
    assert says in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
    with pytest.raises(UnsafeModel):
        Scorer(data)
    assert not marker.exists()


@pytest.mark.parametrize("kind", ["a pickle", "a skops file", "a custom operator"])
def test_promote_refuses_it_with_exit_code_2(attacker, graph, kind, folder, tmp_path):
    """As an operator meets it: python promote.py NUMBER."""
    make, says = REFUSED[kind]
    number = attacker.put_graph(make(graph, marker := tmp_path / "marker"), folder)
    assert says in told(verb("promote.py", number, TAXI_STATE=str(attacker.settings.state)))
    assert not marker.exists()


@pytest.mark.parametrize("kind", REFUSED)
def test_a_bad_graph_is_refused_before_anything_is_registered(attacker, graph, kind, tmp_path):
    """What `register` inspects needs no session; three kinds only fail when they are asked, and stop at promotion."""
    if "cannot be run" in REFUSED[kind][1] or "no minutes" in REFUSED[kind][1]:
        inspect(REFUSED[kind][0](graph, tmp_path / "marker"))
        return
    before = [version.number for version in attacker.registry.versions()]
    with attacker.mlflow.start_run() as run, pytest.raises(UnsafeModel):
        attacker.registry.register(REFUSED[kind][0](graph, tmp_path / "marker"), run.info.run_id, {})
    assert [version.number for version in attacker.registry.versions()] == before


@pytest.mark.parametrize(
    ("make", "name"), [(a_pickle, "model.pkl"), (a_skops_file, "model.skops")], ids=["pickle", "skops"]
)
def test_a_model_in_mlflows_own_layout_is_not_opened(attacker, make, name, folder, tmp_path):
    """An MLmodel file that names its own trusted types counts for nothing: only model.onnx is looked at."""
    data = make(b"", marker := tmp_path / "marker")
    (folder / name).write_bytes(data)
    kind = name.removeprefix("model.").replace("pkl", "pickle")
    sklearn = f"{{serialized_model: {name}, serialization_format: {kind}, skops_trusted_types: [_io.open]}}"
    (folder / "MLmodel").write_text(f"flavors: {{sklearn: {sklearn}}}\n")
    with pytest.raises(BadModel, match=r"has no model\.onnx"):
        promote.check(attacker.registry, attacker.registry.version(attacker.put(folder, digest(data))))
    assert not marker.exists()


def test_the_traps_are_real(tmp_path):
    """Opened the usual way, both files run what they hold: without this, an absent marker would prove nothing."""
    pickle.loads(a_pickle(b"", by_pickle := tmp_path / "pickle"))
    skops.io.loads(a_skops_file(b"", by_skops := tmp_path / "skops"), trusted=["_io.open"])
    assert by_pickle.exists()
    assert by_skops.exists()


def test_every_flipped_byte_is_noticed(attacker, graph, folder):
    """100 of 100: the file is not the one on record, whatever the byte means."""
    version = attacker.registry.version(attacker.put_graph(graph, folder))
    (stored,) = attacker.settings.state.glob(f"artifacts/{version.run_id}/artifacts/model/model.onnx")
    rng = np.random.default_rng(0)
    for place in rng.choice(len(graph), 100, replace=False):
        flipped = bytearray(graph)
        flipped[place] ^= 1 << rng.integers(8)
        stored.write_bytes(flipped)
        with pytest.raises(UnsafeModel, match="not the file on record"):
            attacker.registry.load(version)
    stored.write_bytes(graph)
    attacker.registry.load(version)


def test_what_was_inspected_is_what_answers(graph, tmp_path):
    """A file may be ONNX to protobuf and another model, in ONNX Runtime's own format, to ONNX Runtime."""
    both = two_models_in_one(graph, tmp_path)
    hidden = onnxruntime.InferenceSession(both, providers=["CPUExecutionProvider"])
    assert set(hidden.run(["minutes"], {"trip": CORNERS})[0].ravel()) == {42.0}  # the trap is real
    np.testing.assert_array_equal(Scorer(both).predict(CORNERS), Scorer(graph).predict(CORNERS))


def test_pickles_stay_off_in_every_process(attacker):
    """Even where somebody switched them on: the verb's process, and so all that it starts, has them off."""
    look = f"import atexit, os, runpy; atexit.register(lambda: print('found', os.environ['{SWITCH}'])); "
    env = {"TAXI_STATE": str(attacker.settings.state), SWITCH: "true"}
    done = verb("-c", look + "runpy.run_path('models.py', run_name='__main__')", **env)
    assert done.stdout.splitlines()[-1] == "found false", done.stderr
