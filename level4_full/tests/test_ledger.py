"""The book: whole or not at all, one writer at a time, each effect once a key, and no byte changed unseen."""

import sqlite3
from contextlib import suppress
from socket import gethostname

import pytest

from taxi.errors import BadInput, Fenced
from taxi.loop import ledger as book
from taxi.loop.ledger import FILE, Ledger


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    return Ledger(tmp_path, clock)


@pytest.fixture
def told(ledger):
    """A ledger with forty events."""
    with ledger.lease(), ledger.write():
        for number in range(40):
            ledger.event("kind", f"said {number}", f"2021-01-{number % 28 + 1:02}", facts={"number": number})
    return ledger


def test_a_write_is_whole_or_not_there(ledger):
    with ledger.lease():
        with suppress(ZeroDivisionError), ledger.write():
            ledger.put("state", 1)
            ledger.event("kind", "said")
            1 / 0  # noqa: B018 somebody was killed here
        assert (ledger.get("state"), ledger.events()) == (None, [])


def test_power_may_fail(ledger):
    """What was written is on the disk before anybody goes on."""
    (mode,), (sync,) = (ledger._db.execute(f"pragma {name}").fetchone() for name in ("journal_mode", "synchronous"))
    assert (mode, sync) == ("wal", 2)


def test_one_writes_at_a_time(ledger, tmp_path, clock):
    with ledger.lease(), pytest.raises(BadInput, match="another loop works"), Ledger(tmp_path, clock).lease():
        pass
    with Ledger(tmp_path, clock).lease() as fence:
        assert fence == 2


def test_the_lease_of_a_dead_process_is_free(ledger, monkeypatch):
    monkeypatch.setattr(book, "me", lambda: f"{gethostname()} 4194304 77")
    with ledger._whole():
        ledger._db.execute("update lease set owner=?, fence=7, until=?", (book.me(), 2e9))
    with ledger.lease() as fence:
        assert fence == 8


def test_another_machine_is_trusted_until_its_time_is_over(ledger, clock):
    with ledger._whole():
        ledger._db.execute("update lease set owner='elsewhere 1 1', fence=7, until=?", (clock.now + 60,))
    with pytest.raises(BadInput, match="elsewhere"), ledger.lease():
        pass
    clock.now += 61
    with ledger.lease() as fence:
        assert fence == 8


def test_whoever_was_overtaken_writes_nothing_more(ledger, tmp_path, clock):
    with ledger.lease(10):
        clock.now += 11
        other = Ledger(tmp_path, clock)
        with other.lease(), other.write():
            other.put("state", "the other's")
        for late in (ledger.check, lambda: ledger.intend("key", "step"), lambda: ledger.record("key", "step", 1)):
            with pytest.raises(Fenced, match="lease 1, and 2"):
                late()
        with pytest.raises(Fenced), ledger.write():
            ledger.put("state", "mine")
    assert ledger.get("state") == "the other's"


def test_an_effect_is_made_once_a_key(ledger):
    made = []
    with ledger.lease():
        for _ in range(3):
            assert ledger.once("key", "train", lambda: made.append(1) or "here", lambda: None) == "here"
        assert ledger.once("another", "train", lambda: made.append(2) or "there", lambda: None) == "there"
    assert made == [1, 2]


@pytest.mark.parametrize(("there", "times"), [("found", 0), (None, 1)])
def test_after_a_kill_it_is_looked_for_before_it_is_made_again(ledger, there, times):
    """The intent is on record, the effect may be there or not."""
    made = []
    with ledger.lease():
        ledger.intend("key", "register")
        found = ledger.once("key", "register", lambda: made.append(1) or "made", lambda: there)
    assert (found, len(made)) == (there or "made", times)


def test_an_intent_alone_is_enough_not_to_be_looked_for_the_first_time(ledger):
    """Nobody asks the registry about a run that never began."""
    with ledger.lease():
        assert ledger.once("key", "register", lambda: "made", lambda: pytest.fail("looked for")) == "made"


def test_events_are_chained(told):
    assert told.verified() == 40
    assert [one["facts"]["number"] for one in told.events()] == list(range(40))


def test_any_changed_byte_of_an_event_is_detected(told):
    """Every byte of every column of an event, one after the other."""
    row = told._db.execute("select * from event where seq=17").fetchone()
    changed = [(*row[:at], other, *row[at + 1 :]) for at, value in enumerate(row) for other in flipped(value)]
    for wrong in changed:
        told._db.execute("delete from event where seq=17")
        told._db.execute(f"insert or replace into event values ({','.join('?' * len(row))})", wrong)
        with pytest.raises(BadInput, match=r"event \d+ is not as it was written"):
            told.verified()
        told._db.execute("delete from event where seq not between 1 and 40 or seq=17")
        told._db.execute(f"insert into event values ({','.join('?' * len(row))})", row)
    assert len(changed) > 150
    assert told.verified() == 40


def flipped(value):
    """The value with one bit of each of its characters changed; a number stays one where it can."""
    text = str(value)
    for at in range(len(text)):
        other = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        if not isinstance(value, int):
            yield other
        elif not 1 <= int(other) <= 40:  # another event's number would be that event gone
            yield int(other)


@pytest.mark.parametrize("sql", [
    "delete from event where seq=17", "update event set seq=seq+100 where seq=17",
    "insert into event select 41, at, day, run, kind, said, facts, fence, before, hash from event where seq=40",
])  # fmt: skip
def test_an_event_that_went_or_came_is_detected(told, sql):
    told._db.execute(sql)
    with pytest.raises(BadInput, match="not as it was written"):
        told.verified()


def test_what_is_no_ledger_is_said(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database at all, " * 100)
    with pytest.raises(BadInput, match="no ledger"):
        Ledger(tmp_path)


def test_a_stop_does_not_wait_for_whom_it_stops(ledger, tmp_path):
    from taxi.loop import brake

    with ledger.lease():
        said = brake.pull(Ledger(tmp_path), "the meters are changed")
        assert ledger.get("paused") == said
    assert brake.let_go(Ledger(tmp_path), "they are right").startswith("resumed by")
    assert ledger.get("paused") == ""
    assert ledger.verified() == 2


def test_the_tables_are_what_sqlite_says(ledger):
    """A reader with any tool of SQLite's finds them."""
    names = {
        name for (name,) in sqlite3.connect(ledger.path).execute("select name from sqlite_master where type='table'")
    }
    assert names == {"lease", "run", "step", "batch", "value", "event"}
