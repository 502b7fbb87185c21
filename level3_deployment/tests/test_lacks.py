"""What level 3 does not do, and its README says so: the monitor tells a person, and nothing retrains by itself."""

from pathlib import Path

from taxi.registry import CHALLENGER, CHAMPION, PREVIOUS

pytest_plugins = ["registry_fixtures"]
LEVEL = Path(__file__).parents[1]


def test_training_alone_does_not_deploy(place):
    """However good the new version is, the aliases stay where they were: a gate and a trial stand before them."""
    before = {CHAMPION: "1", PREVIOUS: "2", CHALLENGER: "3"}
    for alias, number in before.items():
        place.registry.point(alias, number)
    assert place.train(params=None) == "4"
    new, champion = place.registry.version("4"), place.registry.champion()
    assert new.metrics["rmse"] < champion.metrics["rmse"]
    assert new.stage == "none"
    assert place.registry.aliases() == before


def test_a_first_training_serves_nobody(empty):
    """Not even where nothing serves yet."""
    empty.train()
    assert empty.registry.aliases() == {}


def test_an_alias_is_moved_in_two_places():
    """By hand, and by the pipeline, which takes a challenger that failed away: there is one name for it."""
    files = [*LEVEL.glob("*.py"), *LEVEL.glob("taxi/**/*.py")]
    assert {file.name for file in files if "registry.point(" in file.read_text()} == {"promote.py", "pipeline.py"}
    asked = [file.name for file in files if "_registered_model_alias" in file.read_text()]
    assert asked == ["registry.py"]  # the method itself


def test_no_verb_closes_the_loop():
    """The monitor says that the model hurts, and nothing acts on it: that comes at level 4."""
    verbs = {file.stem for file in LEVEL.glob("*.py")}
    assert {"train", "tune", "models", "promote", "reproduce", "route", "deploy", "abtest", "monitor"} <= verbs
    assert "loop" not in verbs
