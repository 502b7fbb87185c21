"""The closed loop: python loop.py once, every morning; status and explain say why; pause and resume are yours."""

import os
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.loop.ledger import Ledger
    from taxi.loop.turn import Loop

app = typer.Typer(add_completion=False, help=__doc__, pretty_exceptions_enable=False)
Where = Annotated[str, typer.Option(help="log (what the service wrote down), city, tlc, or inbox (files in var/inbox)")]
Seed = Annotated[int, typer.Option(help="of the city")]
Day = Annotated[datetime | None, typer.Option(help="the morning, today where none is named", formats=["%Y-%m-%d"])]
Next = Annotated[bool, typer.Option("--next", help="the morning after the last one lived: for days that are simulated")]
BEGIN = "2021-03-01"  # the first morning of --next
Run = Annotated[str, typer.Argument(help="a run's key, its beginning is enough, or last")]
Why = Annotated[str, typer.Option(help="for the record")]
Aside = Annotated[str, typer.Argument(help="the day, as 2021-03-15", metavar="DAY")]


@app.command()
def once(source: Where = "log", seed: Seed = 0, day: Day = None, following: Next = False) -> None:
    """One morning: take in what came, judge it, decide, act, write it down. The same morning again does nothing."""
    from taxi.errors import BadInput, told
    from taxi.loop import room

    with told():
        if day is not None and following:
            raise BadInput("--day and --next are two mornings. Say one")
        loop = made(source, seed)
        today = (day or datetime.now()).date()
        if following:
            last = loop.memory.last
            today = date.fromisoformat(last) + timedelta(days=1) if last else date.fromisoformat(BEGIN)
        for line in loop.once(today):
            print(line)
        waits = loop.ledger.get("waits") or {}
        print(f"{today}: {loop.memory.paused or waits.get('said', 'nothing to do')}")
        room.write(loop.ledger)


@app.command()
def status() -> None:
    """Who serves, what the loop will do next and why, what is in quarantine; and the page: var/loop/index.html"""
    from taxi.errors import told
    from taxi.loop import room

    with told():
        ledger = book()
        print(room.said(ledger))
        print(f"read it: {room.write(ledger)}")


@app.command()
def story() -> None:
    """The newest decisions and why, as Markdown."""
    from taxi.errors import told
    from taxi.loop import room

    with told():
        print(room.story(book()))


@app.command()
def explain(run: Run = "last") -> None:
    """Everything that was decided about one candidate, in order, with the gate's record."""
    from taxi.errors import told
    from taxi.loop import room

    with told():
        print(room.explained(book(), run))


@app.command()
def pause(why: Why = "") -> None:
    """Nothing is trained, promoted or taken back until somebody resumes; days are still taken in and judged."""
    _set_paused(True, why)


@app.command()
def resume(why: Why = "") -> None:
    """Go on; also after the loop halted itself."""
    _set_paused(False, why)


@app.command()
def release(day: Aside, why: Why = "") -> None:
    """Take a day out of quarantine: it may be learned from again."""
    from taxi.errors import told
    from taxi.loop import quarantine, room

    with told():
        quarantine.release(book(), str(room.day_of(day)), why)
        print(f"{day} may be learned from again")


@app.command()
def back(why: Why = "") -> None:
    """The version before serves again, at once, and the loop pauses: whoever resumes it says why."""
    from taxi.errors import BadInput, told

    with told():
        if not why.strip():
            raise BadInput("say why, for the record: --why 'riders at the airport complain'")
        print(made("city", 0).back(why))


@app.command()
def verify() -> None:
    """Is the log of events as it was written? Each event holds the hash of the one before."""
    from taxi.errors import told

    with told():
        print(f"{book().verified()} events, each as it was written")


def made(source: str, seed: int) -> "Loop":
    """The loop of this folder. Raises BadInput for a source that is none."""
    from taxi.errors import BadInput
    from taxi.loop.turn import Loop
    from taxi.settings import Settings

    if source not in ("log", "city", "tlc", "inbox"):
        raise BadInput(f"there is no source {source!r}. Say --source log, city, tlc or inbox")
    return Loop(Settings.given(), source, seed)


def book() -> "Ledger":
    """The ledger of this folder. Raises BadInput where no loop ever was."""
    from taxi.errors import BadInput
    from taxi.loop.ledger import FILE, Ledger
    from taxi.settings import Settings

    folder = Settings.given().state / "loop"
    if not (folder / FILE).exists():
        raise BadInput("no loop was here yet. Run one: python loop.py once")
    return Ledger(folder)


def _set_paused(paused: bool, why: str) -> None:
    from taxi.errors import BadInput, told
    from taxi.loop import brake

    with told():
        if not why.strip():
            raise BadInput("say why, for the record: --why 'the fleet changes its meters today'")
        print(brake.pull(book(), why) if paused else brake.let_go(book(), why))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()
