"""Your answer: the month whose content changed between the two trainings, and the version that you would promote."""

MONTH = "2021-01"
VERSION = "?"
