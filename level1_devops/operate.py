"""How level 1 lives: nobody looks either, but what is done after a complaint is tested, checked, and sooner done.

The notebook is still run by hand. It checks the data first: trips that break the contract are not learned from, and
somebody goes back to the last week that keeps it.
"""

import subprocess
import sys
from datetime import date
from pathlib import Path

from yardstick import lives
from yardstick.life import Life

NOTEBOOK = Path(__file__).with_name("duration.ipynb")
BACK = (0, 7, 14, 21)  # days, until the data keep the contract


def on_complaint(life: Life) -> None:
    """Riders complain after weeks; then it takes a day or two until a release is out."""
    release(life)
    ready: date | None = None
    for morning in life.mornings():
        if ready is None and life.complaint():
            life.did("complaint", "riders say that the minutes are wrong")
            ready = life.office.done(morning, "by release")
        if ready is not None and morning >= ready:
            release(life, "make a release")
            ready = None


def release(life: Life, task: str | None = None) -> None:
    """The newest days that keep the contract; where none do, what serves stays."""
    for back in BACK:
        train, valid = life.spans(back=back)
        if made(life, train, valid):
            serve(life, f"a model of {train}", task)
            return
        life.did("refuse", f"{train} and {valid} break the contract", "mend the data" if task else None)


def made(life: Life, train: str, valid: str) -> bool:
    """Whether the notebook came to its end; papermill runs it from top to bottom."""
    settings = {"source": life.year.source, "seed": life.year.seed, "train_month": train, "valid_month": valid,
                "model_path": life.folder / "model.pkl"}  # fmt: skip
    words = [word for name, value in settings.items() for word in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", "--log-level", "WARNING", "--no-progress-bar", "-k", "python3"]
    done = subprocess.run(
        [*command, str(NOTEBOOK), str(life.folder / "duration.ipynb"), *words], stderr=subprocess.PIPE
    )
    life.fits += 1
    if done.returncode and b"ContractViolated" not in done.stderr:
        raise RuntimeError(done.stderr.decode()[-300:])
    return done.returncode == 0


def serve(life: Life, said: str, task: str | None) -> None:
    from taxi import model, store

    loaded = store.load(life.folder / "model.pkl").model
    life.serve(said, lambda rows: loaded.predict(model.table(rows)), task)


LIVES = {"level 1": lives.Way(on_complaint)}

if __name__ == "__main__":
    lives.main(LIVES)
