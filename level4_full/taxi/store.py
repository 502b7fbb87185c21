"""The model to answer with: the champion of the registry, or a file of one. An ONNX graph: data, opened with care."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from taxi.errors import BadModel
from taxi.graph import Scorer, digest
from taxi.settings import Settings

REMEDY = "Write one: make model, or python models.py --save NUMBER FILE (or unset TAXI_MODEL_PATH: the champion)"


@dataclass(frozen=True)
class Loaded:
    """A model and what can be said of it."""

    model: Scorer
    version: str  # its number in the registry, or of a file the first twelve hex digits of its sha256


def save(graph: bytes, path: Path) -> None:
    """Write beside and rename: nobody ever loads half a model. Raises BadModel when the place cannot be written."""
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(graph)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise BadModel(f"{path} could not be written: {error.strerror}. Free space, or write elsewhere") from error
    finally:
        with suppress(OSError):  # it has been renamed, or was never there
            beside.unlink()


def load(path: Path | None) -> Loaded:
    """The model in `path`; without a path, the registry's champion, by its number. Nothing is ever executed.

    Raises BadModel when it is missing or nothing is champion, UnsafeModel when it is no graph of this contract.
    """
    if path is None:
        return champion()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadModel(f"no model at {path} ({error.strerror}). {REMEDY}") from None
    return Loaded(Scorer(data), digest(data)[:12])


def champion() -> Loaded:
    """The version that serves, resolved once: a promotion meanwhile is taken at the next start."""
    from taxi import tracking
    from taxi.registry import Registry

    registry = Registry(tracking.connect(Settings.given()))
    return registry.load(registry.champion())
