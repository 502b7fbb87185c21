"""The notebook runs by papermill, says what it measured, refuses what is wrong, and shows its own weakness."""

import base64
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

NOTEBOOK = nbformat.read("duration.ipynb", as_version=4)
SERVED = re.compile(r"as served, kept and servable: (\d+\.\d\d) minutes")
PUBLISHED = re.compile(r"validation RMSE: (\d+\.\d\d) minutes \(linear (\d+\.\d\d), mean (\d+\.\d\d)\)")


def papermill(out: Path, **parameters: str) -> subprocess.CompletedProcess[str]:
    words = [word for name, value in parameters.items() for word in ("-p", name, value)]
    command = [sys.executable, "-m", "papermill", "-k", "python3", "duration.ipynb", str(out), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def figures(executed: Path) -> list[float]:
    """as served, published, linear, mean: read from the last two lines that the notebook printed."""
    cell = json.loads(executed.read_text())["cells"][-1]
    served, published = "".join(text for output in cell["outputs"] for text in output["text"]).splitlines()[-2:]
    return [float(SERVED.fullmatch(served)[1]), *map(float, PUBLISHED.fullmatch(published).groups())]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    result = papermill(folder / "out.ipynb", model_path=str(folder / "model.pkl"))
    assert result.returncode == 0, result.stderr[-2000:]
    return folder


def test_each_model_beats_the_one_before(run):
    """Mean, linear, boosting: and the figures are printed in the two lines that everything else reads."""
    served, published, linear, mean = figures(run / "out.ipynb")
    assert served < linear < mean
    assert published < linear


def test_the_pickle_predicts_minutes_and_nothing_is_left_beside_it(run):
    """Five columns and the pair in, minutes out; the half-written file has been renamed."""
    columns = ["distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday"]
    trip = pd.DataFrame([[2.6, 74, 42, 8, 0]], columns=columns, dtype="float32").assign(pair=74042)
    minutes = pickle.loads((run / "model.pkl").read_bytes()).predict(trip)
    assert 3 < minutes[0] < 60
    assert not list(run.glob("*.part"))


def test_at_least_six_plots_are_drawn(run):
    cells = json.loads((run / "out.ipynb").read_text())["cells"]
    plots = [output["data"]["image/png"] for cell in cells for output in cell.get("outputs", []) if "data" in output
             and "image/png" in output["data"]]  # fmt: skip
    assert len(plots) >= 6
    assert all(len(base64.b64decode(plot)) > 5000 for plot in plots)


def test_nothing_is_written_to_stderr(run):
    """A lesson with warnings in it teaches to ignore them."""
    cells = json.loads((run / "out.ipynb").read_text())["cells"]
    assert not [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]


def test_means_that_are_not_cross_fitted_look_better_and_are_worse(run):
    """The trap is shown by what happens, not by words."""
    cells = {cell["id"]: cell for cell in json.loads((run / "out.ipynb").read_text())["cells"]}
    table = "".join(cells["leak"]["outputs"][0]["data"]["text/plain"]).splitlines()[1:]
    (good_seen, good_new), (leaky_seen, leaky_new) = ([float(n) for n in line.split()[-2:]] for line in table)
    assert leaky_seen < good_seen
    assert leaky_new > good_new


def test_a_misspelt_parameter_is_refused_with_the_known_names(tmp_path):
    """papermill itself lets it pass and trains on the default month."""
    result = papermill(tmp_path / "out.ipynb", train_mnoth="2021-03")
    assert result.returncode != 0
    assert "unknown parameter train_mnoth" in result.stderr
    assert "Known are: model_path, seed, source, train_month, valid_month" in result.stderr


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"source": "yellow"}, "no source is called 'yellow'. Choose one of: city, tlc"),
        ({"train_month": "January"}, "'January' is no month. Write it as 2021-01"),
        ({"train_month": "1999-01"}, "the city has no 1999-01"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_right(tmp_path, parameters, message):
    result = papermill(tmp_path / "out.ipynb", **parameters)
    assert result.returncode != 0
    assert message in result.stderr


def test_it_has_exactly_the_five_parameters():
    (cell,) = [cell for cell in NOTEBOOK.cells if "parameters" in cell.metadata.get("tags", [])]
    names = [line.split(" = ")[0] for line in cell.source.splitlines()]
    assert names == ["source", "train_month", "valid_month", "seed", "model_path"]


def test_it_is_an_essay_stored_without_outputs():
    """Text before the code of every step, and nothing left from somebody's run."""
    kinds = [cell.cell_type for cell in NOTEBOOK.cells]
    assert kinds.count("markdown") >= 0.8 * kinds.count("code")
    for cell in NOTEBOOK.cells:
        assert not cell.get("outputs")
        assert not cell.get("execution_count")


def test_another_order_gives_another_number_and_no_error():
    """The pain of level 0, by a command."""
    result = subprocess.run([sys.executable, "out_of_order.py"], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    first, second = re.findall(r"(\d+\.\d\d) minutes;", result.stdout)
    assert float(second) > float(first) + 0.1


def test_the_solution_of_the_exercise_is_right_and_the_empty_answer_is_not():
    solved, untouched = (check(name) for name in ("solution", "answer"))
    assert solved.returncode == 0, solved.stdout + solved.stderr
    assert untouched.returncode == 1, untouched.stdout + untouched.stderr


def check(name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "exercises.check", name]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.real
def test_on_real_months_the_published_figure_is_reproduced(tmp_path):
    """7.76 by a linear model for 2021-01 to 2021-02 is what everybody gets; ours must, before it says more."""
    result = papermill(tmp_path / "out.ipynb", source="tlc", model_path=str(tmp_path / "model.pkl"))
    assert result.returncode == 0, result.stderr[-2000:]
    served, published, linear, mean = figures(tmp_path / "out.ipynb")
    assert linear == pytest.approx(7.76, abs=0.0101)
    assert published <= 5.62
    assert served <= 5.55
    assert mean == pytest.approx(12.21, abs=0.01)
