"""Days in place of a month: "2020-03-22..2020-04-18" is good wherever a month's name is."""

import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from trips.errors import BadName, MonthUnavailable

SPAN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")


def ends(name: str) -> tuple[date, date] | None:
    """First and last day of a span; None for another name. Raises BadName for days that are none, or reversed."""
    found = SPAN.fullmatch(name)
    if found is None:
        return None
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError as error:
        raise BadName(f"{name!r}: {error}. Write days as 2020-03-22..2020-04-18") from None
    if last < first:
        raise BadName(f"{name!r} ends before it begins. Write the earlier day first")
    return first, last


def reach(name: str) -> tuple[date, date]:
    """First and last day of a month or of a span."""
    found = ends(name)
    if found is not None:
        return found
    month = np.datetime64(name, "M")
    return month.astype("M8[D]").item(), ((month + 1).astype("M8[D]") - 1).item()


def of_months(month: Callable[[str], pd.DataFrame], first: date, last: date) -> pd.DataFrame:
    """The raw rows picked up from first to last, in the months' order. Raises MonthUnavailable where there is none."""
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D") + 1
    parts = []
    for name in np.arange(start.astype("M8[M]"), (end - 1).astype("M8[M]") + 1).astype(str):
        raw = month(str(name))
        low, high = max(start, np.datetime64(name, "D")), min(end, (np.datetime64(name, "M") + 1).astype("M8[D]"))
        at = raw["lpep_pickup_datetime"]
        parts.append(raw[(at >= low) & (at < high)])
    rows = pd.concat(parts, ignore_index=True)
    if rows.empty:
        raise MonthUnavailable(f"there is not one trip from {first} to {last}. Name other days")
    return rows
