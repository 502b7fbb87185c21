"""What level 4 does not do, and its README says so: no new learner by itself, no policy of its own, nothing between
two mornings, and no model before riders that the loop or a person did not put there."""

import ast
from dataclasses import FrozenInstanceError
from pathlib import Path

import loop_place
import pandas as pd
import pytest

from taxi import model
from taxi.loop import candidates, turn
from taxi.loop.turn import Loop
from taxi.registry import CHALLENGER, CHAMPION, PREVIOUS

pytest_plugins = ["registry_fixtures", "loop_fixtures"]
LEVEL = Path(__file__).parents[1]
FILES = {str(path.relative_to(LEVEL)): path.read_text() for path in [*LEVEL.glob("*.py"), *LEVEL.glob("taxi/**/*.py")]}
FILES = {name: text for name, text in FILES.items() if not name.startswith("bench_")}  # they only measure


def test_training_alone_does_not_deploy(place):
    """However good the new version is, the aliases stay where they were: a gate and riders stand before them."""
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


def test_an_alias_is_moved_in_three_places():
    """By hand, by level 3's pipeline, and by the loop, as its ledger says: there is one name for it."""
    moved = {name for name, text in FILES.items() if "registry.point(" in text}
    assert moved == {"promote.py", "taxi/trial/pipeline.py", "taxi/loop/placing.py"}
    assert [name for name, text in FILES.items() if "_registered_model_alias" in text] == ["taxi/registry.py"]


def test_a_change_of_learner_never_takes_a_lane(fresh, quick, monkeypatch):
    """Every candidate is taxi/model.py's learner with its defaults; another one comes by train.py and people."""
    asked, fit = [], model.fit

    def fitted(*given, **options):
        asked.append([type(one) for one in given] + list(options))
        return fit(*given, max_iter=15, learning_rate=0.3)

    monkeypatch.setattr(model, "fit", fitted)
    loop = Loop(fresh, "city", rules=loop_place.QUICK, fit=candidates.here, bring=loop_place.world())
    loop_place.lived(loop, 3)  # a first candidate, a quiet morning, a candidate of a calm world
    assert asked == [[pd.DataFrame]] * len(asked)
    assert len(asked) >= 5  # of each candidate the windows that are judged, then what is shipped and its two folds


def test_the_loop_knows_no_other_learner_and_no_search():
    """Wherever its code speaks of a fit, nothing but trips is handed over."""
    for name, text in FILES.items():
        if name.startswith("taxi/loop/") or name in ("loop.py", "year.py", "definitions.py"):
            assert not {"taxi.search", "taxi.cluster", "lightgbm", "optuna"} & imported(text), name
            assert "model.build" not in text, name


def test_the_loop_changes_no_number_of_its_policy():
    """They are written in taxi/loop/policy.py, and their hash is in every event."""
    with pytest.raises(FrozenInstanceError):
        turn.POLICY.calm_gain = -1.0


def test_an_alarm_does_not_wake_the_loop():
    """Monitor and trial know nothing of it: cron, Dagster or a person begins a morning. There is no verb above."""
    made = {name for name, text in FILES.items() if "taxi.loop.turn" in imported(text)}
    assert made == {"loop.py", "year.py", "operate.py", "definitions.py"}
    below = [text for name, text in FILES.items() if name.startswith(("taxi/watch/", "taxi/trial/"))]
    assert not any(module.startswith("taxi.loop") for text in below for module in imported(text))


def imported(text):
    """The modules that a file imports, wherever in it; of `from a import b` both a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
