"""A training is on record with all that a colleague would ask about it, registers one version, and promotes none."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from registry_place import FEW, LEVEL, shell

import trips
from taxi import data, lineage, model
from taxi.errors import ContractViolated, OutsideParity
from trips.city import Incident
from trips.simulate import simulate

pytest_plugins = ["registry_fixtures"]
KILOMETRES = Incident("kilometres", "2021-02-01", "2021-03-01", 1.0)
PLOTS = ("predicted_against_true.png", "error_by_hour.png", "importance.png")


@pytest.fixture(scope="module")
def run(three):
    """The run that made version 1."""
    return three.client.get_run(three.registry.version("1").run_id)


@pytest.fixture
def files(run, three, tmp_path):
    return Path(three.mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=str(tmp_path)))


def test_the_parameters_are_on_record(run):
    story = {"train": "2021-01", "valid": "2021-02", "source": "city", "seed": "0", "checked": "True"}
    assert run.data.params == story | {name: str(value) for name, value in FEW.items()}


def test_the_figures_are_those_of_the_same_model_made_by_hand(run, months):
    """rmse, mae, bias and p90 in minutes, on the kept and servable trips of the validation month."""
    error = model.fit(months.train, 0, **FEW).predict(model.table(months.valid)) - months.valid[trips.TARGET].to_numpy()
    figures = run.data.metrics
    assert figures["rmse"] == pytest.approx(np.sqrt(np.mean(error**2)))
    assert figures["mae"] == pytest.approx(np.abs(error).mean())
    assert figures["bias"] == pytest.approx(error.mean())
    assert figures["p90"] == pytest.approx(np.quantile(np.abs(error), 0.9))
    assert figures["rmse_of_mean"] == pytest.approx(months.valid[trips.TARGET].std(ddof=0))
    assert (figures["train_trips"], figures["valid_trips"]) == (len(months.train), len(months.valid))


def test_every_kind_of_slice_is_on_record(run):
    kinds = {name.split(".")[1] for name in run.data.metrics if name.startswith("rmse.")}
    assert kinds == {"hour", "miles", "borough", "null_group"}


def test_the_graph_was_compared_with_the_pipeline(run):
    assert 0 <= run.data.metrics["parity_minutes"] <= 0.01


def test_each_month_is_a_dataset_with_its_source_and_content_hash(run, months):
    """MLflow keeps 36 characters of a hash; the tag keeps all 64."""
    found = {item.dataset.name: item for item in run.inputs.dataset_inputs}
    assert set(found) == {"city 2021-01", "city 2021-02"}
    for month, context in (("2021-01", "training"), ("2021-02", "validation")):
        item, digest = found[f"city {month}"], lineage.data_hash(months.parts[month])
        assert item.dataset.digest == digest[:36]
        assert run.data.tags[f"data.{month}"] == digest
        assert month in item.dataset.source
        assert [tag.value for tag in item.tags if tag.key == "mlflow.data.context"] == [context]


def test_code_packages_commit_and_person_are_on_record(run):
    tags = run.data.tags
    assert tags["code_hash"] == lineage.code_hash()
    assert tags["lock_hash"] == lineage.lock_hash()
    assert {name: tags[name] for name in ("git_commit", "git_dirty")} == lineage.git()
    assert tags["who"] == lineage.who()
    assert tags["version.scikit-learn"] == lineage.version("scikit-learn")
    assert tags["version.python"] == sys.version.split()[0]


def test_three_plots_are_pictures_of_something(files):
    for name in PLOTS:
        picture = imread(files / name)
        assert picture.shape[0] > 300
        assert picture.std() > 0.05


def test_the_model_card_says_how_good_and_made_of_what(files, run):
    card = (files / "model_card.md").read_text()
    assert f"RMSE {run.data.metrics['rmse']:.2f}" in card
    weakest = max((name for name in run.data.metrics if name.startswith("rmse.")), key=run.data.metrics.__getitem__)
    assert weakest.removeprefix("rmse.") in card
    assert "- train: 2021-01" in card
    assert run.data.tags["code_hash"] in card


def test_the_run_ended_well_and_made_a_version_of_no_stage(run, three):
    version = three.registry.version("1")
    assert run.info.status == "FINISHED"
    assert version.stage == version.tags["stage"] == "none"
    assert version.tags["learner"] == "hist-gradient-boosting"
    assert three.registry.graph(version) == three.model_file("1").read_bytes()


def test_params_are_taken_from_a_run(three):
    """As tune.py prints it: version 3 has another run's parameters, to the last digit."""
    params = three.registry.version("3").params
    wanted = three.client.get_run(three.other).data.params
    assert {name: params[name] for name in wanted} == wanted


def test_params_of_a_run_that_does_not_exist_are_refused(empty):
    done = empty.command("train", "--params", "0" * 32)
    assert done.exit_code == 2
    assert done.stderr == f"error: there is no run {'0' * 32}. Take one that tune.py printed\n"


@pytest.mark.parametrize("valid", ["2021-01", "2020-12"])
def test_a_validation_month_that_is_not_later_is_refused(empty, valid):
    done = empty.command("train", "--train", "2020-11..2021-01", "--valid", valid)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: the validation month {valid} is not after the training month 2021-01.")
    assert empty.registry.versions() == []


@pytest.mark.parametrize(
    ("train", "months"),
    [("2021-01", ["2021-01"]), ("2020-11..2021-01", ["2020-11", "2020-12", "2021-01"]),
     ("2020-12 2020-11", ["2020-11", "2020-12"]), ("2020-12..2021-01 2020-11", ["2020-11", "2020-12", "2021-01"])],
)  # fmt: skip
def test_months_are_named_one_by_one_or_as_a_range(train, months):
    """And sorted: each is checked against the one before it, and the validation month comes after all of them."""
    assert data.names(train, "2021-02") == (months, "2021-02")


@pytest.mark.parametrize(
    ("train", "valid", "said"),
    [("", "2021-02", "no training month"), ("2021-13", "2021-02", "no month"), ("2021-01", "february", "no month"),
     ("2021-02..2021-01", "2021-03", "earlier one first"), ("2021-01", "2021-02..2021-03", "names 2 months"),
     ("2021-03 2021-01", "2021-02", "not after the training month 2021-03")],
)  # fmt: skip
def test_months_that_make_no_sense_are_refused_with_the_remedy(train, valid, said):
    with pytest.raises(trips.BadName, match=said):
        data.names(train, valid)


def test_two_months_are_learned_from_together(empty):
    version = empty.registry.version(empty.train(train="2020-12..2021-01"))
    assert version.metrics["train_trips"] == sum(
        len(data.load_months("city", 0, month)) for month in ("2020-12", "2021-01")
    )
    assert {name for name in version.tags if name.startswith("data.")} == {
        "data.2020-12",
        "data.2021-01",
        "data.2021-02",
    }


def test_all_violations_of_all_months_stop_a_training_before_it_begins(empty, tmp_path):
    """`python train.py` on months that are wrong in several ways: each is named, and nothing is on record."""
    broken = trips.City(0, [KILOMETRES]).month("2021-02").head(900)
    broken.to_parquet(tmp_path / "green_tripdata_2021-02.parquet")
    january = trips.City(0).month("2021-01")
    january.loc[: len(january) // 3, "trip_distance"] = -1.0
    january.to_parquet(tmp_path / "green_tripdata_2021-01.parquet")
    december = tmp_path / "green_tripdata_2020-12.parquet"
    simulate("2020-12", december)
    words = ["train.py", "--source", "tlc", "--train", "2020-12..2021-01", "--valid", "2021-02"]
    runs = len(empty.mlflow.search_runs(output_format="list"))
    done = subprocess.run([sys.executable, *words], cwd=LEVEL, env=shell(empty, TRIPS_DIR=str(tmp_path)),
                          capture_output=True, text=True, timeout=600)  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    head, *violations = done.stderr.splitlines()
    assert head == "error: tlc 2021-01, tlc 2021-02 breaks the data contract. Look at its source before you use it:"
    for line, said in zip(violations, ("2021-01: share of rows, distance zero or less: 0.3", "2021-02: trips: 900",
                                       "2021-02: miles over the usual miles"), strict=True):  # fmt: skip
        assert line.startswith(f"  - tlc {said}")
    assert empty.registry.versions() == []
    assert len(empty.mlflow.search_runs(output_format="list")) == runs


def test_without_the_check_the_same_month_is_judged_on_and_the_record_says_so(empty, three, tmp_path, monkeypatch):
    """Answers are two minutes and more too long: whoever compares the two versions sees it."""
    monkeypatch.setenv("TRIPS_DIR", str(tmp_path))
    simulate("2021-01", tmp_path / "green_tripdata_2021-01.parquet")
    simulate("2021-02", tmp_path / "green_tripdata_2021-02.parquet", incidents=[KILOMETRES])
    with pytest.raises(ContractViolated, match="breaks the data contract"):
        empty.train(source="tlc")
    version = empty.registry.version(empty.train(source="tlc", check=False))
    assert version.params["checked"] == "False"
    assert version.metrics["bias"] > three.registry.version("1").metrics["bias"] + 2


def test_a_training_that_fails_says_why_and_makes_no_version(empty, monkeypatch):
    """A graph that does not answer as the pipeline does is not registered."""
    monkeypatch.setattr("taxi.export.PARITY_MINUTES", -1.0)
    with pytest.raises(OutsideParity):
        empty.train()
    newest, *_ = empty.mlflow.search_runs(output_format="list")
    assert newest.info.status == "FAILED"
    assert newest.data.tags["failed"].startswith("OutsideParity: the exported graph differs")
    assert empty.registry.versions() == []


def test_help_and_mistakes_need_no_heavy_import():
    """`--help` answers at once because the verbs import mlflow, pandas and scikit-learn only where they are used."""
    code = "import sys, train, tune, models, promote, reproduce; print(*{m.partition('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=LEVEL, capture_output=True, text=True, timeout=600)
    assert not {"mlflow", "pandas", "numpy", "sklearn", "optuna", "onnxruntime"} & set(done.stdout.split())


@pytest.mark.real
def test_real_january_gives_at_most_5_55_on_real_february(ready, tmp_path):
    """By the learner's defaults; published on these months, tuned on the scored one: 6.30 (on all kept rows)."""
    place = ready.copy(tmp_path / "var")
    version = place.registry.version(place.train(source="tlc", params=None))
    assert version.metrics["rmse"] <= 5.55
    assert version.metrics["parity_minutes"] <= 0.01
