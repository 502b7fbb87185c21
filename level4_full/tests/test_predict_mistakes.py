"""predict.py and a user's mistakes: one line with the remedy, exit code 2, never a traceback, and nothing written."""

import pickle

import predict
import pytest
from running import LEVEL, told, verb

import trips

KILOMETRES = trips.Incident("kilometres", "2021-02-01", "2021-03-01", 1)


@pytest.fixture
def mistake(model_file, tmp_path, capsys):
    """What predict.py answers to arguments that are wrong: its one line on stderr, exit code 2, and nothing written."""

    def run(file, out="minutes.parquet", **options):
        with pytest.raises(SystemExit) as ended:
            predict.main(file, tmp_path / out, **({"model": model_file} | options))
        assert ended.value.code == 2
        assert not list(tmp_path.glob("minutes*"))
        return capsys.readouterr().err.removeprefix("error: ").removesuffix("\n")

    return run


def test_a_missing_file_is_one_line_and_no_traceback(model_file):
    assert told(verb("predict.py", "none.csv", "--model", model_file)).startswith("there is no file none.csv. ")


def test_a_bad_model_is_told(month, mistake, tmp_path):
    (tmp_path / "model.pkl").write_bytes(pickle.dumps("a model, honestly"))
    assert "the file is no ONNX graph. Train again" in mistake(month, model=tmp_path / "model.pkl")


def test_a_broken_contract_names_everything_and_predicts_nothing(model_file, tmp_path):
    """Kilometres, and zones that do not exist: both are said, and no file is written."""
    wrong = trips.City(0, [KILOMETRES]).month("2021-02")
    wrong.loc[wrong.index % 100 == 0, "PULocationID"] = 300
    wrong.to_parquet(tmp_path / "km.parquet", index=False)
    done = verb(LEVEL / "predict.py", "km.parquet", "--like", "2021-01", "--model", model_file, cwd=tmp_path)
    assert done.returncode == 2
    first, *violations = done.stderr.splitlines()
    assert first == "error: km.parquet breaks the data contract. Look at its source before you use it:"
    assert [line.split(":")[0] for line in violations] == [
        "  - share of rows, pick-up zone outside 1..265",
        "  - miles over the usual miles of the same pair of zones",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["km.parquet"]


def test_mistakes_are_told_before_any_work_is_done(month, mistake, tmp_path):
    assert "is neither .parquet nor .csv. Name the output" in mistake(month, "minutes.xlsx")
    assert f"there is no folder {tmp_path / 'none'}. Make it" in mistake(month, "none/minutes.csv")
    assert f"no model at {tmp_path / 'none.pkl'}" in mistake(month, model=tmp_path / "none.pkl")
    assert "'January' is no month. Write it as 2021-01" in mistake(month, like="January")
    assert "no source is called 'yellow'. Choose one of: city, tlc" in mistake(month, like="2021-01", source="yellow")


def test_a_file_of_trips_is_not_overwritten_with_its_predictions(month, model_file, capsys):
    before = month.read_bytes()
    with pytest.raises(SystemExit):
        predict.main(month, month.parent / "." / month.name, model=model_file)
    assert "is the file of trips itself. Write elsewhere: --out FILE" in capsys.readouterr().err
    assert month.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("pickup_zone,dropoff_zone,distance_miles,pickup_at\nEast Harlem,42,2.6,2021-02-01T08:15\n", "holds string"),
        ("pickup_zone,dropoff_zone,distance_miles,pickup_at\n", "holds no trips"),
        ("zone,miles\n74,2.6\n", "has the columns zone, miles ...; needed are pickup_zone, dropoff_zone"),
        ("", "is no readable .csv file"),
    ],
)
def test_a_file_that_is_no_trips_is_told(mistake, tmp_path, content, reason):
    (tmp_path / "trips.csv").write_text(content)
    assert reason in mistake(tmp_path / "trips.csv")


def test_a_parquet_file_that_is_none_is_told(mistake, tmp_path):
    (tmp_path / "trips.parquet").write_text("hello")
    assert "is no readable .parquet file" in mistake(tmp_path / "trips.parquet")
