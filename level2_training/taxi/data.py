"""The months of a training: named, checked, cleaned."""

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.progress import track

import trips
from taxi import checks
from taxi.errors import ContractViolated
from trips.fetch import expand
from trips.spans import reach


@dataclass(frozen=True)
class Months:
    """What a training sees. parts: cleaned trips by month, in order; the last is the validation month."""

    source: str
    parts: dict[str, pd.DataFrame]
    boroughs: npt.NDArray[np.str_]

    @property
    def train(self) -> pd.DataFrame:
        return pd.concat(list(self.parts.values())[:-1], ignore_index=True)

    @property
    def valid(self) -> pd.DataFrame:
        return list(self.parts.values())[-1]


def names(train: str, valid: str) -> tuple[list[str], str]:
    """The months of "2020-03..2021-01" or "2020-03 2020-04", oldest first, and the validation month. Raises BadName.

    The validation month must come after the last training month: scoring the past, or what was learned, flatters. In
    place of a month there may be days: "2020-03-22..2020-04-18".
    """
    months, last = training(train), expand([valid])
    if len(last) > 1:
        raise trips.BadName(f"{valid!r} names {len(last)} months. Name one to be judged on: --valid {last[-1]}")
    if reach(last[0])[0] <= max(reach(month)[1] for month in months):
        later = "Learn from the past and judge on what came after"
        raise trips.BadName(f"the validation month {valid} is not after the training month {months[-1]}. {later}")
    return months, last[0]


def training(train: str) -> list[str]:
    """The months to learn from, oldest first. Raises BadName."""
    months = sorted(expand(train.split()))
    if not months:
        raise trips.BadName("no training month is named. Name some: --train 2021-01, or --train 2020-03..2021-01")
    return months


def load(source: str, seed: int, train: str, valid: str, check: bool = True) -> Months:
    """Every month checked against the one before it, then cleaned. Raises ContractViolated naming all violations."""
    months, last = names(train, valid)
    origin = trips.open_source(source, seed)
    return Months(source, _clean(origin, [*months, last], check), origin.boroughs())


def load_months(source: str, seed: int, train: str) -> pd.DataFrame:
    """The cleaned trips of the training months alone, for a search that must not see the validation month."""
    return pd.concat(_clean(trips.open_source(source, seed), training(train), True).values())


def _clean(origin: trips.Source, months: list[str], check: bool) -> dict[str, pd.DataFrame]:
    parts, reference, broken = {}, None, []
    for month in track(months, description="months", disable=not os.isatty(1)):
        raw = origin.month(month)
        if check:
            try:
                checks.check(raw, f"{origin.name} {month}", reference)
            except ContractViolated as error:
                broken.append(error)  # the other months are looked at first: nobody likes to be told bit by bit
                continue
            reference = checks.learn(raw)
        parts[month], _ = trips.clean(raw)
    if broken:
        raise ContractViolated.of(broken)
    return parts
