"""From level 2 on no pickle is opened: not by accident, and not by a library that is asked to load a model."""

import ast
from pathlib import Path

import pytest

LEVEL = Path(__file__).parents[1]
CODE = [*LEVEL.glob("*.py"), *LEVEL.glob("taxi/**/*.py"), *LEVEL.glob("exercises/*.py")]
OPENERS = {"pickle", "_pickle", "joblib", "cloudpickle", "dill", "skops", "shelve", "marshal"}
LOADERS = {"load_model", "read_pickle", "to_pickle"}


def imports(path: Path) -> set[str]:
    """Top-level names of all modules that a file imports, wherever it does."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in plain | {str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)}}


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(LEVEL).as_posix())
def test_no_module_can_open_a_pickle(path):
    """Nothing imports a pickle's opener, and nobody calls MLflow's loaders: they would."""
    assert not imports(path) & OPENERS
    named = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not named & LOADERS


def test_mlflow_comes_in_by_one_door():
    """The one that switches its pickles off first (and a bench, which compares with MLflow's own way)."""
    doors = {path.relative_to(LEVEL).as_posix() for path in CODE if "mlflow" in imports(path)}
    assert {door for door in doors if not door.startswith("bench_")} == {"taxi/tracking.py"}
