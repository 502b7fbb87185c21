"""Nothing is reported home: the libraries below a model are told not to, before they are imported."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

LEVEL = Path(__file__).parents[1]
OPT_OUTS = ("ORT_DISABLE_TELEMETRY", "MLFLOW_DISABLE_TELEMETRY")


def without_opt_outs() -> dict[str, str]:
    """An environment that says nothing; not even that this is CI, where ONNX Runtime is quiet by itself."""
    return {name: value for name, value in os.environ.items() if name not in (*OPT_OUTS, "CI")}


def test_onnx_runtime_prepares_no_report(model_file, tmp_path):
    """Its reporter, when it starts, leaves a file with a number for this machine among the temporary ones."""
    code = f"from pathlib import Path; from taxi import store; store.load(Path({str(model_file)!r}))"
    env = without_opt_outs() | {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=LEVEL, env=env, check=True)
    assert list(tmp_path.iterdir()) == []


def test_the_switch_still_has_this_name():
    """In the library itself."""
    spec = find_spec("onnxruntime")
    files = [*Path(spec.submodule_search_locations[0]).glob("capi/*pybind11_state*")]
    assert any(b"ORT_DISABLE_TELEMETRY" in file.read_bytes() for file in files)


def test_mlflow_is_told_too():
    code = "import os, taxi.tracking; print(os.environ['MLFLOW_DISABLE_TELEMETRY'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=LEVEL, env=without_opt_outs(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "true\n"
