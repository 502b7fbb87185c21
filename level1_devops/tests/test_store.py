"""Loading model.pkl: known by its hash, refused with a remedy when it is unfit; and what opening a pickle can do."""

import hashlib
import pickle

import numpy as np
import pytest
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from taxi import model as models
from taxi import store
from taxi.errors import BadModel
from taxi.model import table

REMEDY = "Make one: make model (or set TAXI_MODEL_PATH)"


class Stranger:
    """A pickle whose opening does something: it leaves a file, where it could as well have taken some."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return exec, (f"open({str(self.marker)!r}, 'w').write('I was here')",)


def refusal(path):
    """Why a file is refused, in one line that ends with what to do."""
    with pytest.raises(BadModel) as caught:
        store.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(REMEDY)
    assert "\n" not in message
    return message


def test_a_saved_model_answers_as_before(model, model_file, valid):
    loaded = store.load(model_file)
    assert np.array_equal(loaded.model.predict(table(valid)), model.predict(table(valid)))


def test_the_version_is_the_hash_of_the_file_and_all_that_is_known(model_file, tmp_path):
    """The same bytes elsewhere are the same version; one more byte behind the pickle is another."""
    data = model_file.read_bytes()
    copy, longer = tmp_path / "copy.pkl", tmp_path / "longer.pkl"
    copy.write_bytes(data)
    longer.write_bytes(data + b" ")
    assert store.load(copy).version == store.load(model_file).version == hashlib.sha256(data).hexdigest()[:12]
    assert store.load(longer).version != store.load(copy).version


def test_the_same_data_and_seed_give_the_same_version(train, tmp_path):
    """Nothing of when and where goes into the file; nothing of what it was fitted on either."""
    few = train[:2000]
    for name in ("one.pkl", "two.pkl"):
        store.save(models.fit(few), tmp_path / name)
    assert store.load(tmp_path / "one.pkl").version == store.load(tmp_path / "two.pkl").version


def test_a_missing_model_is_said_with_how_to_make_one(tmp_path):
    assert "(No such file or directory)" in refusal(tmp_path / "model.pkl")
    assert "(Is a directory)" in refusal(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:1000],
        lambda data: data[:-10],
        lambda data: b"hello world\n" * 10,
        lambda data: bytes(1000),
        lambda data: b"Pickled elsewhere",  # its first byte asks for an object from outside: the reason has two lines
        lambda data: b"cno.such.module\nModel\n.",
    ],
    ids=["empty", "cut short", "end missing", "text", "zeros", "asks for an object from outside", "of a stranger"],
)
def test_a_damaged_model_is_refused(model_file, tmp_path, damage):
    path = tmp_path / "model.pkl"
    path.write_bytes(damage(model_file.read_bytes()))
    assert "is damaged or no model" in refusal(path)


@pytest.mark.parametrize("other", [{"rmse": 5.7}, [1, 2], DummyRegressor()], ids=lambda other: type(other).__name__)
def test_a_pickle_of_something_else_is_refused(tmp_path, other):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(other))
    assert f"holds a {type(other).__name__}, not a model" in refusal(path)


def test_a_model_of_another_scikit_learn_is_refused(model_file, tmp_path):
    """It might load and answer something else; scikit-learn itself only warns. Here the version alone differs."""
    here = sklearn.__version__
    other = "0" + here[1:]
    path = tmp_path / "model.pkl"
    path.write_bytes(model_file.read_bytes().replace(here.encode(), other.encode()))
    assert f"was made by scikit-learn {other}, here is {here}" in refusal(path)


UNFIT = {
    "not fitted": models.build,
    "two answers a trip": lambda: make_pipeline(DummyRegressor()).fit(np.zeros((3, 5)), np.zeros((3, 2))),
    "answers with a word": lambda: make_pipeline(DummyClassifier()).fit(np.zeros((2, 5)), ["long", "long"]),
    "six features, as level 0": lambda: make_pipeline(StandardScaler(), DummyRegressor()).fit(
        np.zeros((3, 6)), [1, 2, 3]
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_pipeline_that_cannot_answer_is_refused_before_anyone_asks(tmp_path, name):
    """Loaded without a word, it would fail at every request."""
    path = tmp_path / "model.pkl"
    store.save(UNFIT[name](), path)
    assert "cannot predict a trip" in refusal(path) or "does not answer a trip with minutes" in refusal(path)


def test_opening_a_pickle_runs_what_is_in_it(tmp_path):
    """What still hurts: it is refused afterwards, and by then it has run. Level 2 hands over a graph, without code."""
    path, marker = tmp_path / "model.pkl", tmp_path / "marker"
    path.write_bytes(pickle.dumps(Stranger(marker)))
    refusal(path)
    assert marker.read_text() == "I was here"
