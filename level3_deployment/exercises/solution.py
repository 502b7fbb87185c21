"""Rows whose `by` is not their `variant`, and the one pick-up zone that they have.

Analysis keeps the arm: whoever leaves out those that the challenger failed counts only the trips that it is good at.
"""

from pathlib import Path

from taxi.serving import outcomes

LOG = Path(__file__).parents[1] / "var/exercise/serving/log"
_rows = outcomes.joined(LOG)
_odd = _rows[_rows["variant"] != _rows["by"]]
ZONE = int(_odd["pickup_zone"].iloc[0])
STOOD_IN = len(_odd)
