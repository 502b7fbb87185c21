"""Your answers.

A policy that loses: at most three numbers of it changed, for example Policy(canary_days=2); all of them, with their
meaning, are in taxi/loop/state.py. And of the repository's own life: which brake undid the poisoned week (canary,
probation, gate or breaker), and on which morning.
"""

from taxi.loop.state import Policy

POLICY = Policy()
BRAKE = "?"
DAY = "2021-03-01"
