"""Save the loop's folder, and bring it back: python backup.py save FOLDER; python backup.py restore FOLDER; drill"""

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__, pretty_exceptions_enable=False)
Folder = Annotated[Path, typer.Argument(help="the copy", metavar="FOLDER")]


@app.command()
def save(folder: Folder) -> None:
    """Ledger, registry, days, models, routes and limits, each file with its sha256. The loop waits meanwhile."""
    from taxi.errors import told
    from taxi.loop import keep
    from taxi.settings import Settings

    with told():
        state = Settings.given().state
        print(f"{keep.save(state, folder)} files of {state} are in {folder}")


@app.command()
def restore(folder: Folder) -> None:
    """Into TAXI_STATE, which must hold no loop. Every file is looked at before one is written."""
    from taxi.errors import told
    from taxi.loop import keep
    from taxi.settings import Settings

    with told():
        state = Settings.given().state
        print(f"{keep.restore(folder, state)} files are back in {state}, and the log of events is whole")


@app.command()
def drill() -> None:
    """Save, bring back into a folder of its own, and settle there: would it work? Nothing of var is changed."""
    import time
    from tempfile import TemporaryDirectory

    from taxi import tracking
    from taxi.errors import told
    from taxi.loop import keep, placing
    from taxi.loop.ledger import Ledger
    from taxi.registry import Registry
    from taxi.settings import Settings

    with told(), TemporaryDirectory() as place:
        began, there = time.monotonic(), Settings.given(state=Path(place) / "var")
        many = keep.save(Settings.given().state, Path(place) / "saved")
        keep.restore(Path(place) / "saved", there.state)
        ledger, registry = Ledger(there.state / "loop"), Registry(tracking.connect(there))
        with ledger.lease() as fence:
            want = placing.Placing(**ledger.get("placing") or {})
            table = placing.settle(want, registry, there, fence, ledger.check)
        serves = f"version {table.champion.number} would serve" if table else "nothing served"
        print(f"{many} files, {ledger.verified()} events; {serves}, {time.monotonic() - began:.1f} s after the loss")
        ledger.close()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()
