"""What the colleague ran again: fitted on the published rows, then scored on those that a service is asked for."""

ORDER = ["rows-published", "fit-served", "rows-served", "score-served"]
