"""The real fifteen months, every morning through the real code, and beside it nobody, two calendars and an oracle."""

import json
import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from running import LEVEL

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.real]
MOST_FITS, CLOSED, WITHIN = 45, 85.0, 7
REST = ("every 30 days", "every 7 days")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """What `make year SOURCE=tlc` does: its results, and what it left."""
    state = tmp_path_factory.mktemp("year") / "var"
    command = [sys.executable, "year.py", "--source", "tlc"]
    env = os.environ | {"TAXI_STATE": str(state), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=LEVEL, env=env, capture_output=True, text=True, check=False, timeout=5400)
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)
    return json.loads((state / "year" / "results.json").read_text()), state


def row(lived, name):
    return next(one for one in lived[0]["table"] if one["life"] == name)


def test_it_closes_the_gap_that_can_be_closed(lived):
    """Between never and an oracle, in the first 60 days of the shock and over all; with few candidates."""
    loop = row(lived, "loop")
    assert loop["closed, first 60 days"] >= CLOSED
    assert loop["closed, all"] >= CLOSED
    assert loop["fits"] <= MOST_FITS


def test_it_is_ahead_of_every_calendar(lived):
    """Of a diligent month by hand, and of a week that nobody checks."""
    loop = row(lived, "loop")
    for name in REST:
        for span in ("first 60 days", "all"):
            assert loop[span] < row(lived, name)[span], (name, span)


def test_a_week_after_the_first_label_it_has_recovered(lived):
    """The mean error of seven days is within a tenth of the oracle's, a week after the alarm at the latest."""
    facts = lived[0]
    alarm = next(one["day"] for one in facts["events"] if one["kind"] == "open the lane")
    ours, best = (pd.Series(facts["lives"][name]["errors"]).rolling(7).sum().shift(-6) for name in ("loop", "oracle"))
    at = facts["days"].index(alarm)
    close = np.flatnonzero((ours / best).iloc[at:].to_numpy() <= 1.1)
    print(f"alarm on {alarm}, recovered {close[0]} days later")
    assert close[0] <= WITHIN


def test_twenty_of_its_models_are_made_again(lived):
    """From their record: equal predictions on every trip that they learned from."""
    import reproduce

    from taxi import tracking
    from taxi.registry import Registry
    from taxi.settings import Settings

    settings = Settings(state=lived[1])
    registry = Registry(tracking.connect(settings))
    versions = registry.versions()
    chosen = [versions[at] for at in np.linspace(0, len(versions) - 1, 20).astype(int)]
    for version in chosen:
        assert "are equal" in reproduce.reproduce(registry, version, settings)


def test_all_that_was_decided_is_on_record(lived):
    from taxi.loop.ledger import Ledger

    ledger = Ledger(lived[1] / "loop")
    kinds = [one["kind"] for one in ledger.events()]
    assert kinds.count("try a candidate") == kinds.count("canary") + kinds.count("refuse") + 1  # the first is promoted
    chain = [kind for kind in kinds if kind in ("canary", "promote", "stop the canary")]
    assert all(before == "canary" for before, kind in pairwise(chain) if kind != "canary")
    assert ledger.verified() == len(kinds)
