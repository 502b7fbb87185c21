"""The table of versions says stage, months, error, who, when and from which commit; --compare puts two side by side."""

import re

import pytest

from taxi.registry import NAME

pytest_plugins = ["registry_fixtures"]
ROW = re.compile(
    r"(?P<version>\d+) +(?P<stage>\w+) +(?P<train>city \S+) +(?P<valid>\S+) +(?P<rmse>[\d.]+) +(?P<who>.+?) +"
    r"(?P<when>\d\d-\d\d \d\d:\d\d) +(?P<commit>\S+)"
)


def rows(place):
    done = place.command("models")
    assert done.exit_code == 0, done.output
    return [found.groupdict() for line in done.stdout.splitlines() if (found := ROW.match(line))]


def cells(line):
    return [cell.strip() for cell in line[1:-1].split("│")]


def compared(place, *words):
    """The rows of --compare by their first cell."""
    done = place.command("models", "--compare", *words)
    assert done.exit_code == 0, done.output
    found = [cells(line) for line in done.stdout.splitlines() if line.startswith("│")]
    return {name: values for name, *values in found}


def test_each_version_is_a_row_newest_first(three):
    assert [row["version"] for row in rows(three)] == ["3", "2", "1"]


def test_a_row_says_what_the_registry_has_on_record(three):
    from datetime import datetime

    version, row = three.registry.version("1"), rows(three)[-1]
    assert (row["stage"], row["train"], row["valid"]) == ("none", "city 2021-01", "2021-02")
    assert float(row["rmse"]) == round(version.metrics["rmse"], 2)
    assert row["who"] == version.tags["who"]
    assert row["when"] == f"{datetime.fromtimestamp(version.created / 1000):%m-%d %H:%M}"
    commit, dirty = version.tags["git_commit"][:7], version.tags["git_dirty"] == "true"
    assert row["commit"] == commit + "+" * dirty


def test_a_stage_is_shown_as_soon_as_it_changes(place):
    place.command("promote", "2")
    assert {row["version"]: row["stage"] for row in rows(place)} == {"1": "none", "2": "production", "3": "none"}


def test_a_version_of_a_dirty_tree_is_marked(place):
    """A plus after the commit: made from files that no commit holds."""
    place.client.set_model_version_tag(NAME, "2", "git_commit", "0123456789abcdef")
    place.client.set_model_version_tag(NAME, "2", "git_dirty", "true")
    assert [row["commit"] for row in rows(place)][1] == "0123456+"


def test_the_table_fits_a_terminal_of_80_columns(three):
    """Nothing is folded or cut, so a row is a line."""
    lines = three.command("models").stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert len(lines) == 2 + 3  # title, headings, rows


def test_a_version_that_somebody_registered_by_hand_is_shown_with_its_gaps(place):
    place.client.create_model_version(NAME, "runs:/0/model", None)
    first = place.command("models").stdout.splitlines()[2].split()
    assert first[:5] == ["4", "none", "?", "?", "?"]


def test_an_empty_registry_says_how_to_fill_it(empty):
    done = empty.command("models")
    assert (done.exit_code, done.stdout) == (0, "no versions yet. Train one: python train.py\n")


def test_compare_puts_every_figure_of_two_versions_side_by_side(three):
    one, other = (three.registry.version(number).metrics for number in ("1", "3"))
    table = compared(three, "1", "3")
    assert set(table) >= set(one)
    for name in one:
        expected = [f"{one[name]:.3f}", f"{other[name]:.3f}", f"{other[name] - one[name]:+.3f}"]
        assert table[name] == expected, name


def test_compare_shows_slices_and_the_parameters_that_differ(three):
    table = compared(three, "1", "3")
    assert {"rmse", "rmse.hour.6-9", "rmse.miles.2-5", "rmse.null_group.no"} <= set(table)
    assert table["max_iter"] == ["8", "6", ""]
    assert table["l2_regularization"] == ["-", "0.5", ""]  # not set in one of them
    assert not {"train", "valid", "source", "seed"} & set(table)


@pytest.mark.parametrize("words", [("1", "9"), ("9", "1")])
def test_compare_refuses_a_version_that_does_not_exist(three, words):
    done = three.command("models", "--compare", *words)
    assert done.exit_code == 2
    assert done.stderr == "error: trip-duration has no version '9'; there are: 1, 2, 3\n"


def test_figures_are_a_table_that_github_shows(three):
    """All figures of a version, each in a row; train.yml puts it into the summary of its job."""
    done = three.command("models", "--figures", "newest")
    assert done.exit_code == 0, done.output
    title, _, made, _, *table = done.stdout.splitlines()
    version = three.registry.version("3")
    assert (title, made.startswith("train 2021-01, ")) == ("## trip-duration version 3", True)
    assert table[:2] == ["| figure | |", "|---|---:|"]
    assert [row.split(" | ")[0] for row in table[2:]] == [f"| {name}" for name in sorted(version.metrics)]
    assert f"| rmse | {version.metrics['rmse']:.3f} |" in table
