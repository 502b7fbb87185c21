"""The notebook runs by papermill, says what it measured, and refuses what is wrong."""

import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from running import papermill

import trips
from taxi import store
from taxi.model import evaluate, fit
from trips.simulate import simulate

NOTEBOOK = nbformat.read("duration.ipynb", as_version=4)
SERVED = re.compile(r"as served, kept and servable: (\d+\.\d\d) minutes")
PUBLISHED = re.compile(r"validation RMSE: (\d+\.\d\d) minutes \(mean (\d+\.\d\d)\)")


def figures(executed: Path) -> list[float]:
    """as served, published, mean: read from the last two lines that the notebook printed."""
    cell = json.loads(executed.read_text())["cells"][-1]
    served, published = "".join(text for output in cell["outputs"] for text in output["text"]).splitlines()[-2:]
    return [float(SERVED.fullmatch(served)[1]), *map(float, PUBLISHED.fullmatch(published).groups())]


def test_both_figures_are_printed_and_beat_the_mean(notebook_run):
    """In the two lines that everything else reads; level 0 prints the same figures for the same months."""
    served, published, mean = figures(notebook_run / "out.ipynb")
    assert served < 0.6 * mean
    assert published < 0.6 * mean


def test_the_pickle_is_the_model_of_the_package_and_nothing_is_left_beside_it(notebook_run, model, valid):
    """The notebook is thin: what it hands over is what taxi.model fits, to the last digit."""
    handed_over = store.load(notebook_run / "model.pkl").model
    assert evaluate(handed_over, valid) == evaluate(model, valid)
    assert f"{evaluate(handed_over, valid)['rmse']:.2f}" == f"{figures(notebook_run / 'out.ipynb')[0]:.2f}"
    assert sorted(path.name for path in notebook_run.iterdir()) == ["duration.ipynb", "model.pkl", "out.ipynb"]


def test_the_published_figure_is_that_of_all_kept_trips(notebook_run, january, february):
    """Also those that no service can be asked for: kept, whether servable or not."""
    train, valid = (trips.clean(month, trips.KEPT)[0] for month in (january, february))
    assert f"{evaluate(fit(train), valid)['rmse']:.2f}" == f"{figures(notebook_run / 'out.ipynb')[1]:.2f}"


def test_a_plot_is_drawn(notebook_run):
    cells = json.loads((notebook_run / "out.ipynb").read_text())["cells"]
    plots = [output["data"]["image/png"] for cell in cells for output in cell.get("outputs", []) if "data" in output
             and "image/png" in output["data"]]  # fmt: skip
    assert plots
    assert all(len(base64.b64decode(plot)) > 5000 for plot in plots)


def test_nothing_is_written_to_stderr(notebook_run):
    """A lesson with warnings in it teaches to ignore them."""
    cells = json.loads((notebook_run / "out.ipynb").read_text())["cells"]
    assert not [output for cell in cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]


def test_a_month_in_kilometres_stops_it_before_anything_is_fitted(tmp_path):
    """Level 0 trained on it without a word: here it is named, and there is no model."""
    kilometres = trips.Incident("kilometres", "2021-02-01", "2021-03-01", 1)
    simulate("2021-01", tmp_path / "green_tripdata_2021-01.parquet")
    simulate("2021-02", tmp_path / "green_tripdata_2021-02.parquet", incidents=[kilometres])
    result = papermill(tmp_path, TRIPS_DIR=str(tmp_path), source="tlc")
    assert result.returncode != 0
    assert "2021-02 breaks the data contract" in result.stderr
    assert "miles over the usual miles of the same pair of zones: 1.6" in result.stderr
    assert not (tmp_path / "model.pkl").exists()


def test_a_misspelt_parameter_is_refused_with_the_known_names(tmp_path):
    """papermill itself lets it pass and trains on the default month."""
    result = papermill(tmp_path, train_mnoth="2021-03")
    assert result.returncode != 0
    assert "unknown parameter train_mnoth" in result.stderr
    assert "Known are: model_path, seed, source, train_month, valid_month" in result.stderr


def test_a_wrong_value_is_refused_with_what_is_right(tmp_path):
    result = papermill(tmp_path, source="yellow")
    assert result.returncode != 0
    assert "no source is called 'yellow'. Choose one of: city, tlc" in result.stderr


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


@pytest.mark.real
def test_on_real_months_the_figures_are_level_0_s(tmp_path):
    result = papermill(tmp_path, source="tlc")
    assert result.returncode == 0, result.stderr[-2000:]
    served, published, mean = figures(tmp_path / "out.ipynb")
    assert published <= 5.62
    assert served <= 5.55
    assert mean == pytest.approx(12.21, abs=0.01)
