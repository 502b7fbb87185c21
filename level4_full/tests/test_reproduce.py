"""A version trained again from its record is equal to the last bit, or what differs is named, or nothing is claimed."""

from dataclasses import replace

import numpy as np
import pytest

from taxi.errors import NotReproduced
from taxi.graph import digest
from taxi.registry import NAME

pytest_plugins = ["registry_fixtures"]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def tag(place, **tags):
    """Version 1 on record as made by somebody else: the tags of a version go before those of its run."""
    for name, value in tags.items():
        place.client.set_model_version_tag(NAME, "1", name, value)


def refused(place):
    done = place.command("reproduce", "1")
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line.removeprefix("error: ")


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_three_versions_are_reproduced_to_the_last_bit(three, number):
    """Another seed, and parameters from another run, are on record as well."""
    done = three.command("reproduce", number)
    assert done.exit_code == 0, done.stderr
    trips = int(three.registry.version(number).metrics["valid_trips"])
    assert done.stdout.startswith(f"version {number} reproduced: {trips:,} predictions on 2021-02 are equal")


def test_reproducing_writes_nothing(place):
    """No run, no version, no file."""
    before = sorted(place.state.rglob("*")), len(place.mlflow.search_runs(output_format="list"))
    place.command("reproduce", "1")
    assert (sorted(place.state.rglob("*")), len(place.mlflow.search_runs(output_format="list"))) == before


def test_a_version_of_a_dirty_tree_says_so(place):
    tag(place, git_commit=COMMIT, git_dirty="true")
    assert (
        "(recorded from a dirty tree: its code is the one here, by hash, but no commit holds it)"
        in place.command("reproduce", "1").stdout
    )


def test_a_version_of_a_clean_tree_says_nothing_of_the_kind(place):
    tag(place, git_commit=COMMIT, git_dirty="false")
    assert place.command("reproduce", "1").stdout.rstrip().endswith("are equal")


def test_other_code_is_refused_and_the_commit_to_check_out_is_named(place):
    tag(place, code_hash="0" * 64, git_commit=COMMIT, git_dirty="false")
    said = "version 1 was made by other code, so nothing can be claimed. "
    assert refused(place) == f"{said}Check out the commit it was made from: git checkout {COMMIT}"


def test_other_code_from_a_dirty_tree_may_be_on_record_nowhere(place):
    tag(place, code_hash="0" * 64, git_commit=COMMIT, git_dirty="true")
    assert refused(place).endswith(
        f"git checkout {COMMIT} (the tree was dirty: what was changed then is not on record)"
    )


def test_other_code_from_outside_git_names_no_commit(place):
    tag(place, code_hash="0" * 64, git_commit="unknown", git_dirty="unknown")
    assert refused(place).endswith("It was made outside git: find the code it was made from")


def test_a_version_without_a_record_is_refused(place):
    with place.mlflow.start_run() as run:
        pass
    place.registry.register(place.model_file("1").read_bytes(), run.info.run_id, {})
    done = place.command("reproduce", "4")
    assert done.exit_code == 2
    assert "version 4 was made by other code, so nothing can be claimed" in done.stderr


def test_other_packages_are_refused_and_their_lock_is_named(place):
    tag(place, lock_hash="0" * 64, git_commit=COMMIT)
    remedy = "Check out its requirements.txt (commit 0123456789ab) and run: make setup"
    assert refused(place) == f"version 1 was made with other packages. {remedy}"


def test_other_data_are_named_by_their_month(place):
    tag(place, **{"data.2021-02": "f" * 64})
    assert refused(place).startswith("2021-02 holds other trips now (sha256 ")


@pytest.mark.parametrize("month", ["2021-01", "2021-02"])
def test_one_distance_changed_by_a_hundredth_is_other_data(three, months, month):
    from reproduce import same_data

    rows = months.parts[month].copy()
    rows.loc[rows.index[-1], "distance_miles"] += 0.01
    same_data(three.registry.version("1"), months)
    with pytest.raises(NotReproduced, match=rf"{month} holds other trips now \(sha256 \w+, recorded \w+\)\. Fetch"):
        same_data(three.registry.version("1"), replace(months, parts={**months.parts, month: rows}))


def test_a_changed_prediction_is_named_the_first_one(place):
    """The file of another training, on record with its true hash: code, data and packages are the same."""
    data = place.model_file("3").read_bytes()
    place.model_file("1").write_bytes(data)
    tag(place, sha256=digest(data))
    assert "predictions differ, the first at validation trip 0: recorded " in refused(place)


def test_predictions_that_differ_in_the_last_bit_differ():
    from reproduce import same_predictions

    recorded = np.array([10.0, 11.0, 12.0, 13.0])
    again = recorded.copy()
    same_predictions(recorded, again)
    again[2:] = np.nextafter(again[2:], 99)
    with pytest.raises(NotReproduced, match=r"^2 of 4 predictions differ, the first at validation trip 2: .*12\.0"):
        same_predictions(recorded, again)


def test_a_version_that_does_not_exist_is_refused(three):
    done = three.command("reproduce", "9")
    assert (done.exit_code, done.stderr) == (2, "error: trip-duration has no version '9'; there are: 1, 2, 3\n")
