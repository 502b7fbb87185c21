"""Model files that a service may answer with, each under its sha256: found by what it holds, not by a name."""

from pathlib import Path

from taxi import store
from taxi.errors import BadModel, UnsafeModel
from taxi.graph import digest


def put(shelf: Path, graph: bytes) -> str:
    """Place a file; its sha256. Whole or not at all; a file that is there already and right is left alone."""
    name = digest(graph)
    path = shelf / f"{name}.onnx"
    if not path.is_file() or digest(path.read_bytes()) != name:
        store.save(graph, path)
    return name


def get(shelf: Path, sha256: str) -> bytes:
    """The file. Raises BadModel when it is not there, UnsafeModel when it is not what its name says."""
    try:
        data = (shelf / f"{sha256}.onnx").read_bytes()
    except OSError as error:
        raise BadModel(
            f"no model {sha256[:12]} on the shelf ({error.strerror}). Route again: python route.py"
        ) from None
    if digest(data) != sha256:
        raise UnsafeModel(f"the model {sha256[:12]} on the shelf is damaged or exchanged. Route again: python route.py")
    return data
