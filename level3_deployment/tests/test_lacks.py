"""What level 2 does not do, and its README says so: nothing deploys by itself, and no two models share the trips."""

from pathlib import Path

from taxi.registry import CHALLENGER, CHAMPION, PREVIOUS

pytest_plugins = ["registry_fixtures"]
LEVEL = Path(__file__).parents[1]


def test_training_does_not_deploy(place):
    """However good the new version is, the aliases stay where they were: a human moves them."""
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


def test_only_promote_py_moves_an_alias():
    """No other file of the level does: read for yourself, there is one name for it."""
    files = [*LEVEL.glob("*.py"), *LEVEL.glob("taxi/**/*.py")]
    assert [file.name for file in files if "registry.point(" in file.read_text()] == ["promote.py"]
    asked = [file.name for file in files if "_registered_model_alias" in file.read_text()]
    assert asked == ["registry.py"]  # the method itself


def test_there_is_no_traffic_split(place):
    """One version serves, also while another is on trial: asked a hundred times, the registry names the champion."""
    place.registry.point(CHAMPION, "1")
    place.registry.point(CHALLENGER, "2")
    registry = place.registry
    assert {registry.champion().number for _ in range(100)} == {"1"}
    assert not [name for name in dir(registry) if "challenger" in name or "share" in name]


def test_no_verb_deploys_watches_or_loops():
    """They come at levels 3 and 4."""
    verbs = {file.stem for file in LEVEL.glob("*.py")}
    assert {"train", "tune", "models", "promote", "reproduce"} <= verbs
    assert not {"deploy", "monitor", "loop"} & verbs
