"""model.pkl: written whole, read with care. The only thing that says which model it is, is the hash of its bytes."""

import hashlib
import os
import pickle
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import Pipeline

from taxi.errors import BadModel
from taxi.features import features

REMEDY = "Make one: make model (or set TAXI_MODEL_PATH)"


@dataclass(frozen=True)
class Loaded:
    """A model and what can be said of it."""

    model: Pipeline
    version: str  # the first twelve hex digits of the file's sha256


def save(model: Pipeline, path: Path) -> None:
    """Write beside and rename: nobody ever loads half a model. Raises BadModel when the place cannot be written."""
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            pickle.dump(model, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise BadModel(f"{path} could not be written: {error.strerror}. Free space, or set TAXI_MODEL_PATH") from error
    finally:
        with suppress(OSError):  # it has been renamed, or was never there
            beside.unlink()


def load(path: Path) -> Loaded:
    """The model in `path`. Opening a pickle runs code from it: only open your own.

    Raises BadModel when it is missing, damaged, no pipeline of ours, or made by another version of scikit-learn.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadModel(f"no model at {path} ({error.strerror}). {REMEDY}") from None
    with warnings.catch_warnings():
        warnings.simplefilter("error", InconsistentVersionWarning)
        try:
            model = pickle.loads(data)
        except InconsistentVersionWarning as error:
            made, here = error.original_sklearn_version, error.current_sklearn_version
            raise BadModel(f"{path} was made by scikit-learn {made}, here is {here}. {REMEDY}") from None
        except Exception as error:  # a damaged pickle can raise anything
            raise BadModel(f"{path} is damaged or no model ({_said(error)}). {REMEDY}") from None
    if not isinstance(model, Pipeline):
        raise BadModel(f"{path} holds a {type(model).__name__}, not a model. {REMEDY}")
    _try(model, path)
    return Loaded(model, hashlib.sha256(data).hexdigest()[:12])


def _try(model: Pipeline, path: Path) -> None:
    """One trip, before anyone asks: an unfitted pipeline, or one with other features, would fail at every request."""
    try:
        minutes = np.asarray(model.predict(features([74], [42], [2.6], ["2021-02-01T08:15"])), dtype=float)
    except Exception as error:  # whatever a stranger's pipeline raises
        raise BadModel(f"{path} cannot predict a trip ({_said(error)}). {REMEDY}") from None
    if minutes.shape != (1,) or not np.isfinite(minutes).all():
        raise BadModel(f"{path} does not answer a trip with minutes. {REMEDY}")


def _said(error: Exception) -> str:
    """On one line, whatever the error is."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
