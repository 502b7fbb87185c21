"""What a level changes or drops on purpose is declared, and a declaration that has lost its ground is found."""

import tomllib

import pytest
from carry_house import LEVELS, House, sha

from carry import CarryError, problems, read_levels
from carry.stamp import declare

ZERO, ONE, TWO = LEVELS


@pytest.fixture
def house(tmp_path):
    """Three levels that carry two files; neither git nor a declaration."""
    return House(tmp_path).fill({"serve.py": "one\ntwo\n", "taxi/model.py": "fit\n"})


def kinds(house):
    return [(problem.kind, problem.path, problem.upper) for problem in problems(read_levels(house.root))]


def test_a_declared_change_is_no_drift(house, capsys):
    """Either TOML form declares it, and the level above carries the changed file on."""
    house.write(f"{ONE}/serve.py", "changed\n")
    house.write(f"{TWO}/serve.py", "changed\n")
    stamp = sha("one\ntwo\n")
    house.write(f"{ONE}/pyproject.toml", f'[tool.carry]\nchanges = {{"serve.py" = "{stamp}"}}\n')
    assert house.carry("check") == 0
    assert "3 files carried over 3 levels, 1 changed on purpose" in capsys.readouterr().out
    house.declare(ONE, {"serve.py": stamp})
    assert kinds(house) == []


def test_a_declared_change_notices_that_the_lower_file_moved(house, capsys):
    """Outside git what moved is unknown: it says so, and shows both files as they are."""
    house.write(f"{ONE}/serve.py", "one\nchanged\n")
    house.write(f"{TWO}/serve.py", "one\nchanged\n")
    house.declare(ONE, {"serve.py": sha("older\n")})
    assert house.carry("check") == 1
    out = capsys.readouterr().out
    assert f"{ZERO}/serve.py has moved since {ONE}/serve.py was written against it" in out
    assert f"python -m carry stamp {ONE} serve.py" in out
    assert "not in git" in out
    assert "-two\n+changed\n" in out


def test_what_moved_is_shown_from_history(house, capsys):
    """The lower file then and now, not the upper one; the newest commits do not hide the stamped one."""
    house.write(f"{ONE}/serve.py", "changed\n")
    house.write(f"{TWO}/serve.py", "changed\n")
    house.declare(ONE, {"serve.py": sha("one\ntwo\n")})
    house.commit()
    for text in ("two\n", "two\nthree\n"):
        house.write(f"{ZERO}/serve.py", text)
        house.commit()
    assert house.carry("check") == 1
    out = capsys.readouterr().out
    assert "as stamped)" in out
    assert "-one\n two\n+three\n" in out
    assert "changed\n" not in out.split("+++")[1]


def test_a_stamp_that_history_does_not_know_is_said(house, capsys):
    house.write(f"{ONE}/serve.py", "changed\n")
    house.write(f"{TWO}/serve.py", "changed\n")
    house.declare(ONE, {"serve.py": sha("never committed\n")})
    house.commit()
    assert house.carry("check") == 1
    assert "history has no version with that stamp" in capsys.readouterr().out


def test_a_dropped_file_is_not_expected_here_or_above(house):
    for level in (ONE, TWO):
        (house.root / level / "serve.py").unlink()
    house.declare(ONE, drops=("serve.py",))
    assert kinds(house) == []


def test_a_dropped_file_that_is_there_is_wrong(house):
    house.declare(ONE, drops=("serve.py",))
    assert kinds(house) == [("undropped", "serve.py", ONE)]


def test_declarations_that_have_lost_their_ground_are_wrong(house):
    """A change that is none any more, one whose file is gone, and files the lower level never had."""
    (house.root / ONE / "taxi/model.py").unlink()
    (house.root / TWO / "taxi/model.py").unlink()
    house.declare(ONE, {"serve.py": "0" * 64, "taxi/model.py": sha("fit\n"), "never.py": "0" * 64}, ("nor.py",))
    house.declare(ZERO, {"serve.py": "0" * 64})
    assert kinds(house) == [
        ("lowest", "serve.py", ZERO),
        ("baseless", "never.py", ONE),
        ("baseless", "nor.py", ONE),
        ("same", "serve.py", ONE),
        ("unmade", "taxi/model.py", ONE),
    ]


def test_stamping_makes_a_drifted_file_a_change_on_purpose(house):
    """And stamping again, after the lower file moved, says that somebody looked."""
    house.write(f"{TWO}/serve.py", "changed\n")
    for lower in ("one\n", "fixed\n"):
        house.write(f"{ZERO}/serve.py", lower)
        house.write(f"{ONE}/serve.py", lower)
        assert house.carry("check") == 1
        assert house.carry("stamp", TWO, f"{TWO}/serve.py") == 0
        assert house.carry("check") == 0


@pytest.mark.parametrize(("file", "says"), [("never.py", f"{ONE} has no"), ("new.py", f"{ONE} has no"),
    ("taxi/old.py", f"{TWO} has no"), ("serve.py", "is the same"), ("README.md", "every level's own")])  # fmt: skip
def test_what_cannot_be_stamped_is_refused(house, capsys, file, says):
    """A file nobody has, one that either level lacks, one that is the same at both, and a level's own."""
    house.write(f"{ONE}/taxi/old.py", "old\n")
    house.write(f"{TWO}/new.py", "new\n")
    house.write(f"{TWO}/README.md", "own\n")
    assert house.carry("stamp", TWO, file) == 2
    assert says in capsys.readouterr().err
    assert house.carry("stamp", ZERO, file) == 2
    assert house.carry("stamp", "level9_none", file) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert house.read(f"{TWO}/pyproject.toml") == ""


TAIL = '\n[tool.pytest.ini_options]  # kept\naddopts = "-q"\n'
BEFORE = {
    "no table": '[project]\nname = "x"\n',
    "drops": '[tool.carry]\ndrops = ["a.py"]  # kept\n' + TAIL,
    "inline": '[tool.carry]\nchanges = {"b.py" = "11", "serve.py" = "22"}  # kept\ndrops = []\n' + TAIL,
    "table": '[tool.carry.changes]\n"b.py" = "11"  # kept\n' + TAIL,
    "stamped": "[tool.carry.changes]\n'serve.py' = '22'  # kept\nb = '11'\n" + TAIL,
    "windows": '[tool.carry.changes]\r\n"serve.py" = "22"\r\n',
    "no last line end": '[tool.carry.changes]\n"b.py" = "11"',
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
def test_a_stamp_changes_one_line_of_the_pyproject(before):
    """All else stays: settings, comments, line ends, the other declarations."""
    after = declare(before, {"serve.py": "33"})
    parsed, old = (tomllib.loads(text.replace("\r\n", "\n")) for text in (after, before))
    assert parsed["tool"]["carry"]["changes"].pop("serve.py") == "33"
    old.setdefault("tool", {}).setdefault("carry", {}).setdefault("changes", {}).pop("serve.py", None)
    assert parsed == old
    assert after.count("# kept") == before.count("# kept")
    assert after.count("\r") == (after.count("\n") if "\r" in before else 0)
    assert declare(after, {"serve.py": "33"}) == after


def test_an_unusual_pyproject_is_refused_rather_than_broken():
    with pytest.raises(CarryError, match="by hand"):
        declare('[tool]\ncarry.changes."b.py" = "11"\n', {"serve.py": "33"})
