"""The comparison, with toy levels: real processes, the simulated city, and what may change when something is."""

import json

import pytest
from toy_level import level

from yardstick.compare import Comparison
from yardstick.running import code_of
from yardstick.worlds import Where

pytestmark = pytest.mark.slow
WHERE = Where("city", 1, "shocked", short=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two levels and what they lived: in three offices, with their variants."""
    folder = tmp_path_factory.mktemp("compare")
    levels = [level(folder, 0), level(folder, 1, 14.0)]
    return Comparison(levels, levels[1], folder / "kept")


@pytest.fixture(scope="module")
def world(place):
    (found,) = place.run([WHERE], ["central", "fast", "slow"], variants=True)
    return found


def of(world, name, office=None):
    (found,) = [one for one in world["lives"] if (one["name"], one["office"]) == (name, office)]
    return found


def test_every_life_is_lived_and_every_peer(world):
    lives = {(one["name"], one["office"]) for one in world["lives"]}
    people = {(f"level {number}", office) for number in (0, 1) for office in ("fast", "central", "slow")}
    peers = {"never", "every 30 days", "every 7 days", "every 7 days on 7", "oracle"}
    assert lives == people | {("level 0, quick", None), ("level 1, quick", None)} | {(name, None) for name in peers}
    assert {len(one["errors"]) for one in world["lives"]} == {120} == {len(world["days"])}
    assert {one["kind"] for one in world["incidents"]} == {"kilometres", "lockdown"}


def test_all_are_scored_on_the_same_trips(world):
    """But for the oracle, who knows the trips as they really were."""
    trips = {tuple(one["trips"]) for one in world["lives"] if one["name"] != "oracle"}
    assert len(trips) == 1


def test_a_slower_office_is_later_and_changes_nothing_else(world):
    """The same answers until somebody is done, the same hours for the same work; those without people are the same."""
    fast, slow = of(world, "level 0", "fast"), of(world, "level 0", "slow")
    began = [next(act["day"] for act in one["acts"] if act["said"] == "a better one") for one in (fast, slow)]
    assert began[0] < began[1]
    same = world["days"].index(began[0])
    assert fast["errors"][:same] == slow["errors"][:same]
    assert fast["errors"][same] < slow["errors"][same]
    assert fast["hours"] == slow["hours"] == {"make a model by hand": 6.0}


def test_what_was_lived_is_not_lived_again(place, world):
    """Seconds and all: it was read."""
    (again,) = place.run([WHERE], ["central", "fast", "slow"], variants=True)
    assert again == world


def test_the_same_seed_gives_the_same_results(place, world, tmp_path):
    """From nothing, byte for byte, but for the seconds."""
    anew = Comparison(place.levels, place.learner, tmp_path / "kept")
    (again,) = anew.run([WHERE], ["central", "fast", "slow"], variants=True)
    assert without_seconds(again) == without_seconds(world)


def without_seconds(world):
    lives = [one | {"seconds": 0} for one in world["lives"]]
    return json.dumps(world | {"lives": lives}, sort_keys=True)


def test_a_changed_level_is_lived_again_and_the_others_not(place, world):
    """Whose code changed, his years are old."""
    path = place.levels[0] / "operate.py"
    before = path.read_text()
    path.write_text(before.replace("25.0", "26.0"))
    (again,) = place.run([WHERE], ["central"], variants=False)
    path.write_text(before)
    assert of(again, "level 0", "central")["errors"] != of(world, "level 0", "central")["errors"]
    assert of(again, "level 1", "central") == of(world, "level 1", "central")


def test_words_about_the_code_change_no_life(tmp_path):
    """Of comments, docstrings, the Makefile, tools and the README; a changed figure or package does."""
    place = level(tmp_path, 0)
    path, code = place / "operate.py", code_of(place)
    text = path.read_text()
    path.write_text(text.replace("A toy: it answers always the same.", "Said otherwise.") + "# and more\n")
    (place / "Makefile").write_text("# said\n")
    (place / "README.md").write_text("Said.\n")
    (place / "pyproject.toml").write_text("[tool.carry.changes]\n")
    assert code_of(place) == code
    (place / "requirements.txt").write_text("scikit-learn==1.9\n")
    assert code_of(place) != code
    (place / "requirements.txt").unlink()
    path.write_text(text.replace("25.0", "26.0"))
    assert code_of(place) != code


@pytest.mark.parametrize(
    ("extra", "said", "days"),
    [('assert str(morning) != "2021-02-01", "out of cheese"', "AssertionError: out of cheese", 21),
     ("import os; os._exit(3)", "level2_toy: ", 0)],
)  # fmt: skip
def test_a_level_that_crashes_is_shown_as_crashed_and_the_others_stand(place, tmp_path, extra, said, days):
    broken = level(tmp_path, 2, extra=extra)
    whole = Comparison([place.levels[0], broken], place.learner, place.kept)
    (world,) = whole.run([WHERE], ["central"], variants=False)
    assert said in of(world, "level 2", "central")["crashed"]
    assert len(of(world, "level 2", "central")["errors"]) == days
    assert of(world, "level 0", "central")["crashed"] is None


def test_the_oracle_is_the_best_and_never_the_worst_of_the_peers(world):
    errors = {one["name"]: sum(one["errors"]) / sum(one["trips"]) for one in world["lives"] if one["level"] is None}
    assert errors["oracle"] == min(errors.values())
    assert errors["never"] == max(errors.values())
