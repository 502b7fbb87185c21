"""What a level costs to have: lines of its own, files, packages, things with a name to learn, seconds."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from made_levels import fill, git, notebook, run, two_levels

from carry.levels import level_folders
from yardstick.about import about
from yardstick.climb import climb, climb_command

HOUSE = Path(__file__).resolve().parents[2]


def only(folder, files):
    (one,) = climb([fill(folder, files)])
    return one


def test_each_level_is_counted(tmp_path):
    """Higher: train, same, new_name, the module of four lines, two blank, the model and a rule; the lock pins two."""
    low, high = climb(two_levels(tmp_path))
    assert low == {
        "level": "level2_low", "lines": 3 + 1 + 2 + 1, "files": 4, "dependencies": 1, "concepts": 4,
        "setup_seconds": None, "ci_seconds": None,
    }  # fmt: skip
    assert high == {
        "level": "level3_high", "lines": 5 + 1 + 2 + 1 + 2 + 2, "files": 7, "dependencies": 2, "concepts": 5,
        "setup_seconds": None, "ci_seconds": None,
    }  # fmt: skip


def test_a_notebooks_code_is_its_code_cells(tmp_path):
    """Its prose is none, and neither is a lesson's code; a notebook that is run is one thing to learn."""
    cells = notebook(("markdown", "# Why\n\nBecause."), ("code", "x = 1\n\ny = 2\n"), ("code", "fit()"))
    found = only(tmp_path / "level0_made", {"duration.ipynb": cells, "lesson.ipynb": cells})
    assert (found["lines"], found["files"], found["concepts"]) == (3, 1, 1)


def test_what_is_read_tested_or_made_is_no_code(tmp_path):
    found = only(
        tmp_path / "level1_made",
        {
            "README.md": "a\n", "ops/README.md": "a\n", "tests/test_a.py": "a\n", "ops/alerts_test.yml": "a\n",
            "exercises/check.py": "a\n", "requirements-image.txt": "a==1\n", "year.svg": "<svg/>\n",
            "var/log.txt": "a\n", "data.bin": b"\0\n",
        },
    )  # fmt: skip
    assert (found["lines"], found["files"], found["concepts"]) == (0, 0, 0)


def test_settings_and_manifests_are_code(tmp_path):
    names = ("Dockerfile", "Makefile", "pyproject.toml", "compose.yaml", "ops/rules.yml", "taxi/page.html")
    found = only(tmp_path / "level1_made", dict.fromkeys(names, "a\n \n\nb"))
    assert (found["lines"], found["files"], found["concepts"]) == (12, 6, 0)


def test_a_broken_notebook_and_a_level_without_anything_are_zeros(tmp_path):
    found = only(tmp_path / "level0_made", {"duration.ipynb": "{", "tests/x.py": ""})
    assert (found["lines"], found["dependencies"]) == (0, 0)


def test_seconds_are_what_was_measured(tmp_path):
    levels = two_levels(tmp_path)
    file = tmp_path / "seconds.txt"
    file.write_text("setup level2_low 99\nsetup level2_low 12.5\ntest level9_else 3\n")
    assert [(one["setup_seconds"], one["ci_seconds"]) for one in climb(levels, file)] == [(12.5, None), (None, None)]


@pytest.mark.parametrize("content", [None, "{", "setup level2_low", "lint level2_low 3", "test level2_low soon"])
def test_a_file_of_seconds_that_cannot_be_read_is_a_mistake_with_its_remedy(tmp_path, content):
    two_levels(tmp_path)
    file = tmp_path / "seconds.txt"
    if content is not None:
        file.write_text(content)
    result = run(climb_command, tmp_path, "--measured", str(file))
    assert result.exit_code == 2
    assert "HOUSE_SECONDS" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_table_says_what_a_level_has_more_than_the_one_below(tmp_path):
    two_levels(tmp_path)
    lines = run(climb_command, tmp_path).stdout.splitlines()
    assert lines[2].split("  ")[0] == "level3_high"
    assert all(word in lines[2] for word in ("13 (+6)", "7 (+3)", "2 (+1)", "5 (+1)", "not measured"))


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.py", '#!/usr/bin/env python\n"""Do  it:\nnow."""', "Do it:"),
        ("a.py", "#!/usr/bin/env python\n# no docstring\nx = 1", "no docstring"),
        ("a.py", "x = 1\n# later\n", ""),
        ("a.py", "def broken(:", ""),
        ("a.py", '"""Escapes: \\d."""', "Escapes: \\d."),
        ("a.ipynb", notebook(("code", "# no"), ("markdown", "words\n\n## A `title`")), "A `title`"),
        ("a.ipynb", "[]", ""),
        ("a.md", "words\n\n# Title #\n", "Title"),
        ("a.html", "<!doctype html><title>Page\n</title>", "Page"),
        ("a.svg", "<svg><!-- 2.5 --></svg>", "a picture"),
        ("a.json", '{"title": "Board"}', "Board"),
        ("a.json", "[1]", ""),
        ("pyproject.toml", '[project]\ndescription = "Level"', "Level"),
        ("pyproject.toml", "[project", ""),
        ("Makefile", "\n#\n# What it makes\nall:\n", "What it makes"),
        ("a.yml", "kind: Service\n# later\n", ""),
        ("a.yml", "# red \x1b[31m\n", "red [31m"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_file_says_what_it_is_in_one_line(path, content, said):
    assert about(path, content.encode()) == said


def test_the_real_levels_climb():
    """Each has more of everything than the one below, and the lines are those that git counts, without the blank."""
    folders = level_folders(HOUSE)
    if len(folders) < 2:
        pytest.skip("no levels beside shared/: run this in the whole house")
    found = climb(folders)
    for low, high in pairwise(found):
        assert all(low[name] < high[name] for name in ("lines", "files", "dependencies", "concepts"))


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed: install it, and this test runs")
def test_the_lines_of_a_real_level_are_those_that_git_finds(tmp_path):
    """git grep counts lines with a letter of any kind in the files that count."""
    folders = level_folders(HOUSE)
    if len(folders) < 2 or not git(folders[1], "ls-files"):
        pytest.skip("no levels in git beside shared/: run this in the whole house")
    left_out = ("tests/*", "exercises/*", "*.md", "*.ipynb", "requirements*.txt", "*.svg", "*_test.yml")
    where = [".", *(f":(exclude){pattern}" for pattern in left_out)]
    for folder, one in zip(folders, climb(folders), strict=True):
        if (folder / "duration.ipynb").exists():
            continue
        lines = git(folder, "grep", "-hE", "[^[:space:]]", "--", *where)
        assert one["lines"] == lines.count(b"\n")
