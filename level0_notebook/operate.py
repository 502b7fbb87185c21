"""How level 0 lives: nobody looks. When riders complain, somebody makes a new model by hand, and copies a file.

The second life has a diligent person: the same notebook, by hand, on the first working day of every month.
"""

import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from yardstick import lives
from yardstick.life import Life
from yardstick.office import is_first_working_day

NOTEBOOK = Path(__file__).with_name("duration.ipynb")


def on_complaint(life: Life) -> None:
    """Riders complain after weeks; then it takes days until somebody has run the notebook."""
    make(life)
    ready: date | None = None
    for morning in life.mornings():
        if ready is None and life.complaint():
            life.did("complaint", "riders say that the minutes are wrong")
            ready = life.office.done(morning, "by hand")
        if ready is not None and morning >= ready:
            make(life, "make a model by hand")
            ready = None


def every_month(life: Life) -> None:
    """The first working day of a month, whatever anybody says."""
    make(life)
    ready: date | None = None
    for morning in life.mornings():
        if is_first_working_day(morning) and morning > life.year.first:
            ready = life.office.done(morning, "by hand")
        if ready is not None and morning >= ready:
            make(life, "make a model by hand")
            ready = None


def make(life: Life, task: str | None = None) -> None:
    """The notebook, run by papermill from top to bottom; what it leaves serves, whatever it is."""
    train, valid = life.spans()
    path, ran = life.folder / "model.pkl", life.folder / "duration.ipynb"
    settings = {"source": life.year.source, "seed": life.year.seed, "train_month": train, "valid_month": valid,
                "model_path": path}  # fmt: skip
    words = [word for name, value in settings.items() for word in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", "--log-level", "WARNING", "--no-progress-bar", "-k", "python3"]
    subprocess.run([*command, str(NOTEBOOK), str(ran), *words], check=True)
    life.fits += 1
    model = pickle.loads(path.read_bytes())
    life.serve(f"a model of {train}", lambda rows: model.predict(features(rows)), task)


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """The notebook's, copied by hand: whoever serves a file of level 0 has to."""
    times = {"hour": rows.pickup_at.dt.hour, "weekday": rows.pickup_at.dt.weekday}
    raw = ["distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday"]
    return rows.assign(**times)[raw].astype("float32").assign(pair=1000 * rows.pickup_zone + rows.dropoff_zone)


LIVES = {"level 0": lives.Way(on_complaint), "level 0, diligent": lives.Way(every_month)}

if __name__ == "__main__":
    lives.main(LIVES)
