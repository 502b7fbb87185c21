"""Your answer: can the clock of this month be believed?"""

import pandas as pd


def clock_is_right(raw: pd.DataFrame, earlier: pd.DataFrame) -> bool:
    """raw, earlier: months as `trips.open_source("city").month(...)` gives them; earlier has the right clock."""
    return True
