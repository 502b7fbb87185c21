"""Your answer: the pick-up zone whose trips the challenger failed, and how many riders another model stood in for."""

ZONE = 1
STOOD_IN = 0
