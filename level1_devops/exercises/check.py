"""Check an answer to the exercise: python -m exercises.check [answer|solution]. Exit code 0 when it is right."""

import importlib
import sys

import pandas as pd

import trips

TIMES = ["lpep_pickup_datetime", "lpep_dropoff_datetime"]
LOCKDOWN = trips.Incident("lockdown", "2021-03-01", "2021-05-01", size=0.6)


def late(raw: pd.DataFrame, hours: int) -> pd.DataFrame:
    return raw.assign(**{column: raw[column] + pd.Timedelta(hours=hours) for column in TIMES})


def cases() -> list[tuple[str, bool, pd.DataFrame, pd.DataFrame]]:
    """What it is, whether the clock is right, the month, an earlier month."""
    january, february = (trips.City(1).month(month) for month in ("2021-01", "2021-02"))
    locked = trips.City(1, [LOCKDOWN]).month("2021-03")
    right = [("an ordinary month", True, february, january), ("a month of lockdown", True, locked, january)]
    return right + [(f"{hours} hours late", False, late(february, hours), january) for hours in (2, 5, 12)]


def main(name: str = "answer") -> int:
    clock_is_right = importlib.import_module(f"exercises.{name}").clock_is_right
    wrong = 0
    for what, truth, raw, earlier in cases():
        said = bool(clock_is_right(raw, earlier))
        wrong += said != truth
        print(f"{'ok ' if said == truth else 'NOT'}  {what}: you say the clock is {'right' if said else 'wrong'}")
    print("Right: all five." if not wrong else f"Not yet: {wrong} of 5. Edit exercises/answer.py, run: make exercise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
