"""What changed between two levels: which files, how many lines, what each file is; and how the command says it."""

import pytest
from made_levels import diff, fill, two_levels

from yardstick.diff import Row, compare, matrix, row, said
from yardstick.tree import read


@pytest.fixture
def levels(tmp_path):
    return two_levels(tmp_path)


@pytest.fixture
def changes(levels):
    """By path, in reading order."""
    return {change.path: change for change in compare(*map(read, levels))}


def test_files_come_in_reading_order(changes):
    """Verbs, the rooms, tests, lesson, the rest, locks; what both levels have alike does not come at all."""
    assert [(change.group, change.path) for change in changes.values()] == [
        ("verbs", "new_name.py"),
        ("verbs", "old_name.py"),
        ("verbs", "train.py"),
        ("taxi/loop", "taxi/loop/__init__.py"),
        ("taxi/loop", "taxi/loop/größe.py"),
        ("tests", "tests/test_train.py"),
        ("lesson and exercises", "README.md"),
        ("lesson and exercises", "exercises/answer.py"),
        ("the rest", "ops/rules.yml"),
        ("the rest", "picture.bin"),
        ("locks", "requirements.txt"),
    ]


def test_a_changed_file_counts_the_lines_that_came_and_went(changes):
    assert (changes["train.py"].kind, changes["train.py"].plus, changes["train.py"].minus) == ("changed", 3, 1)


def test_a_renamed_file_is_dropped_and_added(changes):
    """Levels rename nothing, so nobody guesses."""
    assert (changes["old_name.py"].kind, changes["old_name.py"].minus) == ("dropped", 2)
    assert (changes["new_name.py"].kind, changes["new_name.py"].plus) == ("added", 2)


def test_what_is_no_text_changes_without_lines(changes):
    picture = changes["picture.bin"]
    assert (picture.kind, picture.plus, picture.minus, picture.about) == ("changed", 0, 0, "binary")


def test_a_last_line_without_an_end_is_a_line_and_an_empty_file_has_none(changes):
    assert changes["taxi/loop/größe.py"].plus == 4
    assert changes["taxi/loop/__init__.py"].plus == 0


def test_each_file_says_what_it_is(changes):
    """As the higher level has it, in one line; nothing where it says nothing."""
    assert {path: change.about for path, change in changes.items() if path != "picture.bin"} == {
        "new_name.py": "kept under another name",
        "old_name.py": "kept under another name",
        "train.py": "Train it,",
        "taxi/loop/__init__.py": "",
        "taxi/loop/größe.py": "",
        "tests/test_train.py": "It trains.",
        "README.md": "Higher",
        "exercises/answer.py": "Your answer.",
        "ops/rules.yml": "Who is told?",
        "requirements.txt": "2 packages, pinned",
    }


def test_the_sum_leaves_tests_lessons_and_locks_out(changes):
    """Of files it counts every kind: two scripts, two modules, two of lesson and tests, one rule."""
    found = row("level2_low", "level3_high", changes.values())
    assert found == Row("level2_low", "level3_high", added=6, changed=4, dropped=1, plus=3 + 2 + 4 + 2, minus=1 + 2)
    assert said(found) == "6 files added, 4 changed, 1 dropped; +11 −3 lines without tests, lessons and locks"


def test_every_pair_has_a_row_and_equal_levels_have_zeros(levels, tmp_path):
    twin = fill(tmp_path / "level4_twin", read(levels[1]))
    rows = matrix([*levels, twin])
    assert [(one.lower[:6], one.higher[:6], one.plus) for one in rows] == [
        ("level2", "level3", 11), ("level2", "level4", 11), ("level3", "level4", 0),
    ]  # fmt: skip
    assert rows[2] == Row("level3_high", "level4_twin", 0, 0, 0, 0, 0)


def test_a_level_is_named_by_its_number_or_its_folder(levels, tmp_path):
    said_by_number = diff(tmp_path, "--from", "2", "--to", "3").stdout
    assert said_by_number.startswith("level2_low → level3_high\n")
    assert diff(tmp_path, "--from", "level2", "--to", "level3_high/").stdout == said_by_number


def test_downward_the_same_files_are_dropped(levels, tmp_path):
    out = diff(tmp_path, "--from", "3", "--to", "2", "--summary").stdout
    assert out.endswith("1 file added, 4 changed, 6 dropped; +3 −11 lines without tests, lessons and locks\n")


def test_lines_are_shown_as_a_diff_and_not_in_the_summary(levels, tmp_path):
    """Where nobody looks at a terminal: no colour, nothing wrapped."""
    whole, summary = (diff(tmp_path, "--from", "2", "--to", "3", *more).stdout for more in ([], ["--summary"]))
    body = '--- level2_low/train.py\n+++ level3_high/train.py\n@@ -1,3 +1,5 @@\n-"""Train it."""\n'
    assert body in whole
    assert "+y = 2\n\\ No newline at end of file\n" in whole
    assert "@@" not in summary
    assert "\x1b" not in whole
    assert whole.splitlines()[-1] == summary.splitlines()[-1]


def test_in_a_terminal_it_is_coloured_and_a_files_own_escapes_do_not_get_out(levels, tmp_path, monkeypatch):
    """Long lines are left to the terminal."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    fill(levels[1], {"taxi/sly.py": f"x = '\x1b]0;title\x07'  # {'long ' * 40}\n"})
    out = diff(tmp_path, "--from", "2", "--to", "3", env={"FORCE_COLOR": "1", "TERM": "xterm-256color"}).stdout
    assert "\x1b[32m+register()\x1b[0m\n" in out
    assert '\x1b[31m-"""Train it."""\x1b[0m\n' in out
    assert f"�]0;title�'  # {'long ' * 40}" in out
    assert "\x1b]" not in out


def test_a_lock_is_named_and_not_shown(levels, tmp_path):
    out = diff(tmp_path, "--from", "2", "--to", "3").stdout
    assert "--hash" not in out
    assert "not shown: +2 −1 lines" in out


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--from", "2", "--to", "9"), "no level is called '9'. Choose one of: level2_low, level3_high"),
        (("--from", "", "--to", "3"), "no level is called ''. Choose one of: level2_low, level3_high"),
        (("--from", "3", "--to", "3"), "level3_high beside itself: nothing changed. Name another level: "),
    ],
)
def test_a_mistake_is_one_line_with_its_remedy(levels, tmp_path, words, remedy):
    result = diff(tmp_path, *words)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {remedy}")
    assert result.stderr.count("\n") == 1


def test_a_folder_without_levels_is_a_mistake(tmp_path):
    result = diff(tmp_path, "--from", "2", "--to", "3")
    assert (result.exit_code, "--root DIR" in result.stderr) == (2, True)


def test_two_levels_of_a_number_have_to_be_named(levels, tmp_path):
    fill(tmp_path / "level3_other", {"a.py": ""})
    assert "2 levels are called '3'. Choose one of: level3_high, level3_other" in (
        diff(tmp_path, "--from", "2", "--to", "3").stderr
    )


def test_what_was_made_is_not_seen(levels, changes):
    """Outside git: environments, var and caches."""
    fill(levels[1], {".venv/lib/x.py": "", "var/mlflow.db": "", "taxi/__pycache__/model.pyc": "", "model.pkl": ""})
    assert [change.path for change in compare(*map(read, levels))] == list(changes)
