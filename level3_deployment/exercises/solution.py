"""Rows whose `by` is not their `variant`, and the one pick-up zone that they have; and the rule, asked once more.

Analysis keeps the arm: whoever leaves out those that the challenger failed counts only the trips that it is good at.
A t-test over trips takes the weather of one day for a thousand pieces of evidence, and looked at daily it wins sooner
or later. The rule may be looked at daily as well: it counts three-day means.

Of the pages: where only drift passes its line, the trips changed and the answers are as good as before. Where the error
does and drift is quiet, the world changed behind the same trips. Where the error ends, nobody tells it any more: a flat
line says nothing.
"""

from pathlib import Path

import pandas as pd
from exercises.peeked import by_the_rule

from taxi.serving import outcomes

FOLDER = Path(__file__).parents[1] / "var/exercise"
_rows = outcomes.joined(FOLDER / "serving/log")
_odd = _rows[_rows["variant"] != _rows["by"]]
ZONE = int(_odd["pickup_zone"].iloc[0])
STOOD_IN = len(_odd)

_days = pd.read_csv(FOLDER / "experiments.csv")
_said = _days[_days["called_won"]].set_index("experiment")["day"]
_rule = {name: by_the_rule(days["saved"]) for name, days in _days.groupby("experiment")}
PEEKED = next(str(name) for name, day in _rule.items() if day != _said[name])
BY_THE_RULE = _rule[PEEKED]

INCIDENTS = {"a": "covariate shift", "b": "labels late", "c": "model decay"}
