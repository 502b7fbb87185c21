"""The hours of the day have a shape, and it hardly changes from month to month: compare the two shapes."""

import pandas as pd

MOST_MOVED = 0.08  # share of the trips in another hour of the day; a lockdown moves 3 %, two hours late 15 %


def clock_is_right(raw: pd.DataFrame, earlier: pd.DataFrame) -> bool:
    now, then = (month["lpep_pickup_datetime"].dt.hour.value_counts(normalize=True) for month in (raw, earlier))
    return bool(now.sub(then, fill_value=0).abs().sum() / 2 < MOST_MOVED)
