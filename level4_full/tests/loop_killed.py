"""A loop that is killed: a story of a few mornings, told by forks of a process that has only imported.

    python loop_killed.py FOLDER WHOLE CASES

WHOLE: where the story lies as it is before each of its mornings. CASES, JSON: [["at", [2, 17]], ["again", [3, 5.0]]]:
the third morning, killed once, at the 17th border of an effect; or the story from its beginning, killed again and again
at moments drawn with seed 3 until one of five seconds has ended. Prints a line of JSON a case: what was found at the
end, once it was resumed. All the while a service follows the routes, and is asked.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import loop_place
from loop_place import FIRST
from registry_place import Place

from taxi import store, tracking
from taxi.graph import digest
from taxi.loop import quarantine
from taxi.loop.batches import Batches
from taxi.loop.ledger import FILE, Ledger
from taxi.registry import Registry
from taxi.serving import routing, shelf, source
from taxi.serving.own import Line, started
from taxi.settings import Settings
from taxi.trial import clean_process, gate

POISONED = [FIRST + timedelta(days=ahead) for ahead in range(3, 9)]
TEMPLATE, STORY = 8, 5  # mornings that the template has lived, and those that are told again and again
TRIP = {"pickup_zone": 74, "dropoff_zone": 42, "distance_miles": 2.6, "pickup_at": "2021-02-01T08:15:00"}
LONGEST = 0.6  # of a story's seconds, until a life is killed: longer than its longest morning takes
EFFECTS = ((routing, "write"), (store, "save"), (shelf, "put"), (tracking, "close_open"), (quarantine, "keep_rows"),
           (Registry, "point"), (Registry, "register"), (Batches, "put"))  # fmt: skip


def loop_in(state):
    clean_process.ask = loop_place.answered
    gate._speed = lambda *_: gate.Row("speed", "1.0 times", "5 times", True)
    return loop_place.loop_of(Settings(state=state), loop_place.world(POISONED))


def template(state):
    """A champion that serves, and days that begin to be slower."""
    loop_place.ready(state)
    loop_place.lived(loop_in(state), TEMPLATE)


class Borders:
    """Before and after each effect, and before each write is committed; at the one that was named, the process ends."""

    def __init__(self, last=None):
        self.passed, self.last = 0, last

    def at(self):
        self.passed += 1
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self):
        for home, name in EFFECTS:
            setattr(home, name, self.around(getattr(home, name)))
        whole, borders = Ledger.write, self

        @contextmanager
        def write(ledger):
            borders.at()
            with whole(ledger):
                yield
                borders.at()
            borders.at()

        Ledger.write = write

    def around(self, effect):
        def wrapped(*words, **named):
            self.at()
            found = effect(*words, **named)
            self.at()
            return found

        return wrapped


def tell(state, until=STORY, borders=None):
    """The story from where it is, so many mornings of it: those that were lived to their end are not lived again."""
    if borders is not None:
        borders.watch()
    loop = loop_in(state)
    last = date.fromisoformat((loop.ledger.get("waits") or {"day": "2000-01-01"})["day"])
    for ahead in range(until):
        day = FIRST + timedelta(days=TEMPLATE + ahead)
        if day > last:
            loop.once(day)
    return loop


def ended(loop):
    """What is to be the same however often it was killed."""
    table = routing.read(loop.settings.serving / source.ROUTES)
    versions = loop.registry.versions()
    keys = [one.tags["loop.key"] for one in versions]
    champion = next(one for one in versions if one.number == table.champion.number)
    return {
        "events": [[one["day"], one["kind"], one["said"]] for one in loop.ledger.events()],
        "placing": loop.ledger.get("placing"), "state": loop.ledger.get("state"),
        "runs": [[one["lane"], one["state"]] for one in loop.ledger.runs()],
        "batches": [[one["day"], one["sha256"], one["verdict"]] for one in loop.ledger.batches()],
        "aliases": loop.registry.aliases(),
        "routed": [table.champion.number, table.challenger and table.challenger.number],
        "stages": [one.stage for one in versions], "one version a key": len(keys) == len(set(keys)),
        "verifiable": digest(loop.registry.graph(champion)) == table.champion.sha256, "chain": loop.ledger.verified(),
        "left open": [run.info.status for run in loop.mlflow.search_runs(output_format="list")
                      if run.info.status == "RUNNING"],
    }  # fmt: skip


def forked(work, after=None):
    """Run it in a fork; killed after so many seconds where that is said. The exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def copied(before, to, serving, number):
    """A state, whose service is shared; each case's leases are higher than those of the one before."""
    place = Place(Path(before)).copy(to)
    shutil.rmtree(to / "serving")
    (to / "serving").symlink_to(serving)
    with sqlite3.connect(to / "loop" / FILE) as ledger:
        ledger.execute("update lease set fence=?", (1000 * number,))
    ledger.close()
    return place


def asked(port, answers):
    """Ask until somebody ends it: a line for each answer, the reason where there is none."""
    with answers.open("a", buffering=1) as file:
        line = Line(port)
        while True:
            try:
                line.post("/predict", TRIP)
                file.write("ok\n")
            except Exception as error:
                file.write(f"{error}\n")
            time.sleep(0.03)


def warm():
    """What every fork needs is imported and drawn once: a fork then lives mornings, and little else."""
    import mlflow.store.model_registry.sqlalchemy_store
    import mlflow.store.tracking.sqlalchemy_store
    import scipy.stats  # noqa: F401
    import sklearn.ensemble

    assert mlflow, sklearn
    for ahead in range(31):
        loop_place.day_of(loop_place.BEGIN + timedelta(days=ahead))


def once(state, morning, border):
    """The exit code of the one life that is killed, as a list; and how many mornings were to be told."""
    return [forked(lambda: tell(state, morning + 1, Borders(border)))], morning + 1


def again(state, chance, seconds):
    """Lives that are killed, each at a moment of its own, until one comes to its end: the exit codes of the others."""
    moments, codes = random.Random(chance), [-signal.SIGKILL]
    while codes[-1] == -signal.SIGKILL:
        codes.append(forked(lambda: tell(state), moments.uniform(0, seconds * LONGEST)))
    return [code for code in codes[1:] if code], STORY


def main(folder, whole, cases):
    warm()
    folder, whole = Path(folder), Path(whole)
    folder.mkdir()
    serving = folder / "service" / "serving"
    shutil.copytree(whole / "0" / "serving", serving)
    with started(folder / "service") as port:
        asker = os.fork()
        if asker == 0:
            asked(port, folder / "asked")
        for number, (how, when) in enumerate(json.loads(cases), 1):
            state = folder / f"case-{number}"
            copied(whole / str(when[0] if how == "at" else 0), state, serving, number)
            killed, until = once(state, *when) if how == "at" else again(state, *when)
            said = folder / "said.json"
            resumed = forked(lambda: said.write_text(json.dumps(ended(tell(state, until)))))  # noqa: B023 at once
            found = json.loads(said.read_text()) if resumed == 0 else None
            case = {"how": how, "when": when, "until": until, "killed": killed, "resumed": resumed, "found": found}
            print(json.dumps(case), flush=True)
            shutil.rmtree(state)
        os.kill(asker, signal.SIGKILL)
        os.waitpid(asker, 0)
    said = (folder / "asked").read_text().splitlines()
    print(json.dumps({"asked": len(said), "refused": [one for one in said if one != "ok"]}))


def uninterrupted(whole):
    """Tell it with nobody killed: what is found after each morning, and how many borders and seconds it had.

    whole: its folder "0" is the story before its first morning; "1" and so on are made. Each morning is told twice, and
    counted the second time: on the service's shelf lie the models of the story then, as they will.
    """
    whole, told = Path(whole), []
    serving = whole / "serving"
    shutil.copytree(whole / "0" / "serving", serving)
    for morning in range(STORY):
        before, after = whole / str(morning), whole / str(morning + 1)
        for state in (after, whole / "again"):
            began = time.monotonic()
            copied(before, state, serving, 1)
            assert forked(lambda: (whole / "said.json").write_text(counted(state, morning + 1))) == 0  # noqa: B023 at once
        told.append([*json.loads((whole / "said.json").read_text()), time.monotonic() - began])
        shutil.rmtree(state)
    return told


def counted(state, until):
    borders = Borders()
    found = ended(tell(state, until, borders))
    return json.dumps([found, borders.passed])


if __name__ == "__main__":
    main(*sys.argv[1:])
