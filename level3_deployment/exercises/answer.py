"""Your answers.

The pick-up zone whose trips the challenger failed, and how many riders another model stood in for; the experiment that
was peeked at, and on which day the rule would have promoted it (None: in 27 days never); and what the three pages of
the monitor show: covariate shift, model decay, or labels late.
"""

ZONE = 1
STOOD_IN = 0

PEEKED = "?"
BY_THE_RULE: int | None = 1

INCIDENTS = {"a": "?", "b": "?", "c": "?"}
