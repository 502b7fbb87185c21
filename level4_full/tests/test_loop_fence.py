"""Two loops at once, and one that wakes up late: one works, no one is promoted twice, and no old table is followed."""

import json
import multiprocessing
import os
import signal
import time
from datetime import timedelta

import loop_killed
import pytest
from loop_place import FIRST
from registry_place import Place
from serving_place import TOKEN

from taxi.errors import BadRoutes
from taxi.loop import ledger as book
from taxi.loop import placing
from taxi.serving import own, routing, source
from taxi.serving.routing import Table, Version
from taxi.settings import Settings

pytest_plugins = ["loop_fixtures"]
FORK = multiprocessing.get_context("fork")
LEASE = 1.0


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A morning before a candidate goes before riders. Made in a fork: of MLflow nothing is open in this process.

    It is imported here: each loop of these tests is a fork, and would import it again, longer than a morning takes.
    """
    loop_killed.warm()
    state = tmp_path_factory.mktemp("before") / "var"
    assert loop_killed.forked(lambda: loop_killed.template(state)) == 0
    return Place(state)


def once(state, ahead, said):
    """One morning in a process of its own; how it went is put into a queue."""
    try:
        loop = loop_killed.loop_in(state)
        loop.once(FIRST + timedelta(days=ahead))
        said.put("done")
    except BaseException as error:
        said.put(f"{type(error).__name__}: {error}")


def started(state, *mornings):
    """A process for each; and what they said."""
    said = FORK.Queue()
    processes = [FORK.Process(target=once, args=(state, ahead, said)) for ahead in mornings]
    for process in processes:
        process.start()
    return processes, said


def decided(state):
    """(kind, day) of what was decided, and who is placed; read without a lease."""
    ledger = book.Ledger(state / "loop")
    try:
        return [(one["kind"], one["day"]) for one in ledger.events()], ledger.get("placing"), ledger.runs()
    finally:
        ledger.close()


@pytest.mark.slow
def test_of_two_that_start_at_once_one_works(before, tmp_path):
    """Fifty times, two mornings of 25 worlds: no two candidates or promotions; it ends as one alone would end it."""
    alone = before.copy(tmp_path / "alone").state
    for ahead in (8, 9):
        (process,), said = started(alone, ahead)
        process.join()
        assert said.get(timeout=5) == "done"
    whole = decided(alone)
    refused = 0
    for number in range(25):
        state = before.copy(tmp_path / str(number)).state
        for ahead in (8, 9):
            processes, said = started(state, ahead, ahead)
            for process in processes:
                process.join()
            heard = sorted(said.get(timeout=5) for _ in processes)
            assert heard[-1] == "done"
            assert heard[0] == "done" or "another loop works" in heard[0], heard
            refused += heard[0] != "done"
        events, placed, runs = decided(state)
        assert (events, placed) == whole[:2]
        assert [(run["key"], run["state"]) for run in runs] == [(run["key"], run["state"]) for run in whole[2]]
    print(f"{refused} of 50 second loops were refused, the others found nothing left to do")
    assert refused > 5


def test_a_loop_that_was_stopped_for_long_changes_nothing_when_it_wakes(before, tmp_path, monkeypatch):
    """It stops between its last look at the lease and the table; another loop lives two mornings; then it goes on."""
    place = before.copy(tmp_path / "var")
    state, write = place.state, routing.write

    def asleep():
        def stopped(table, path):
            if table.challenger is not None:  # the canary's table: the one that matters
                os.kill(os.getpid(), signal.SIGSTOP)
            write(table, path)

        placing.routing.write = stopped
        short()
        once(state, 8, said)

    def awake():
        short()
        once(state, 8, said)
        once(state, 9, said)

    said = FORK.Queue()
    old, new = FORK.Process(target=asleep), FORK.Process(target=awake)
    old.start()
    until(lambda: stopped(old.pid))
    time.sleep(LEASE)
    new.start()
    new.join()
    assert [said.get(timeout=5) for _ in range(2)] == ["done", "done"]
    events = decided(state)[0]
    assert [kind for kind, _ in events].count("promote") == 2  # the first model, and the candidate: once
    with own.started(state, TAXI_TOKEN=TOKEN) as port:
        served = ready(port)
        os.kill(old.pid, signal.SIGCONT)
        old.join()
        assert said.get(timeout=5).startswith("Fenced")
        time.sleep(1.5)
        after = ready(port)
        assert "an old loop wrote it" in after.pop("problem")
        assert after == served  # the table of the old loop lies there, and is not followed
        assert decided(state)[0] == events
        (process,), said_again = started(state, 10)
        process.join()
        assert said_again.get(timeout=5) == "done"
        until(lambda: "problem" not in ready(port))
        assert ready(port)["model_version"] == served["model_version"]


def short():
    """Leases of a second."""
    lease = book.Ledger.lease
    book.Ledger.lease = lambda ledger, seconds=LEASE: lease(ledger, seconds)


def stopped(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


def ready(port):
    import urllib.request

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}/ready", timeout=5) as reply:
        return json.loads(reply.read())


def until(holds, seconds=30):
    for _ in range(int(seconds / 0.1)):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never was so")


def test_a_service_refuses_a_table_of_an_older_lease(routed):
    live = routed.begin()
    newer = routed.route(Table(routed.second, generation=5, fence=7))
    assert live.follow()
    routed.route(Table(routed.first, generation=6, fence=6))
    assert not live.follow()
    assert (live.now.table, live.state()["fence"]) == (newer, "7")
    assert "lease 6 came after one of 7" in live.problem
    assert routed.begin().now.table == newer  # nor at its start
    routed.route(Table(routed.first, generation=7, fence=8))
    assert live.follow()
    assert live.problem is None


def test_a_person_s_table_has_the_fence_that_is_there(routed):
    """route.py and deploy.py know of no lease."""
    routed.route(Table(routed.second, generation=5, fence=7))
    assert routed.route(Table(routed.first, generation=6)).fence == 0
    assert routing.read(routed.folder / source.ROUTES).fence == 7


def test_a_placing_is_made_true_whatever_was_there(before, tmp_path):
    """Aliases and routes follow the one value; done twice, it is the same; without the lease, nothing is touched."""

    def work():
        loop = loop_killed.loop_in(before.copy(tmp_path / "var").state)
        with loop.ledger.lease():
            for alias in ("challenger", "previous"):
                loop.registry.point(alias, "1")
            want = placing.Placing("1")
            for _ in range(2):
                table = placing.settle(want, loop.registry, loop.settings, loop.ledger.fence, loop.ledger.check)
                assert loop.registry.aliases() == {"champion": "1"}
                assert table.champion.number == "1"
            loop.ledger.fence -= 1
            with pytest.raises(Exception, match="was given since"):
                placing.settle(want, loop.registry, loop.settings, loop.ledger.fence, loop.ledger.check)

    assert loop_killed.forked(work) == 0


def test_what_may_be_asked_beside_the_champion():
    """Before riders the candidate, on probation the one before, else nobody."""
    first = placing.promoted(placing.canary(placing.Placing(), "1", 0.1))
    assert (first.champion, first.beside) == ("1", None)
    trying = placing.canary(placing.alone(first), "2", 0.1)
    assert (trying.champion, trying.beside, trying.share) == ("1", "2", 0.1)
    on = placing.promoted(trying)
    assert (on.champion, on.beside, on.share) == ("2", "1", 0.0)
    assert placing.returned(on) == placing.Placing("1")
    assert placing.alone(on) == placing.Placing("2", previous="1")


def test_routes_of_another_kind_are_no_routes(tmp_path):
    path = tmp_path / "routes.json"
    routing.write(Table(Version("1", "0"), fence=3), path)
    assert routing.read(path).fence == 3
    path.write_text('{"champion": {"number": "1", "sha256": "0"}, "leash": 3}')
    with pytest.raises(BadRoutes):
        routing.read(path)
    assert Settings(state=tmp_path).serving == tmp_path / "serving"
