"""Your answer: the cells that were run again after the last one, in order. It must end with "score-served"."""

ORDER = ["score-served"]
