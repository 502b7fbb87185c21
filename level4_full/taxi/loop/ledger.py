"""The loop's book: one SQLite file, in which every write is whole, on disk, and made by whoever holds the lease.

Effects outside it are done at least once and count once: an intent is written, the effect is made under the run's key,
the record is written. Whoever finds an intent without a record looks for the effect by its key before it makes it.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from taxi.errors import BadInput, Fenced
from taxi.loop.owner import lives, me

FILE = "ledger.db"
LEASE_SECONDS = 900.0
GENESIS = "0" * 64
TABLES = """
create table if not exists lease (id integer primary key check (id = 1), owner text, fence integer, until real);
create table if not exists run (key text primary key, day text, lane text, state text, facts text);
create table if not exists step (key text, name text, done integer, found text, primary key (key, name));
create table if not exists batch (day text primary key, sha256 text, verdict text, facts text);
create table if not exists value (name text primary key, json text);
create table if not exists event (seq integer primary key, at text, day text, run text, kind text, said text,
                                  facts text, fence integer, before text, hash text);
insert or ignore into lease values (1, '', 0, 0);
"""
COLUMNS = ("seq", "at", "day", "run", "kind", "said", "facts", "fence", "before")


class Ledger:
    """One loop's book. clock: seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock, self.fence = clock, 0
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        try:
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=full")
            self._db.executescript(TABLES)
        except sqlite3.DatabaseError as error:
            raise BadInput(f"{self.path} is no ledger ({error}). Restore it: README, Restore") from None

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def lease(self, seconds: float = LEASE_SECONDS) -> Iterator[int]:
        """The right to write, as a fencing number that grows by each lease. Raises BadInput while another has it.

        A lease is free when it was given back, when it is older than its time, and when its owner on this machine died.
        """
        with self._whole():
            owner, fence, until = self._db.execute("select owner, fence, until from lease").fetchone()
            if owner and until > self._clock() and lives(owner):
                raise BadInput(f"another loop works ({owner}). Look: python loop.py status")
            self.fence = fence + 1
            self._db.execute("update lease set owner=?, fence=?, until=?", (me(), self.fence, self._clock() + seconds))
        try:
            yield self.fence
        finally:
            with suppress(sqlite3.Error):
                self._db.execute("update lease set owner='' where fence=?", (self.fence,))

    def begin_again(self, ahead: int) -> None:
        """Of a book that was brought back: nobody holds its lease, and the next one is ahead of all that were given."""
        with self._whole():
            self._db.execute("update lease set owner='', fence=fence+?", (ahead,))

    def check(self) -> None:
        """Raises Fenced when the lease has gone to another since: a loop that was stopped for long must not go on."""
        fence = self._db.execute("select fence from lease").fetchone()[0]
        if fence != self.fence:
            raise Fenced(f"this loop holds lease {self.fence}, and {fence} was given since. Nothing more is done here")

    @contextmanager
    def write(self) -> Iterator[None]:
        """Around writes that belong together: all or none, and none once the lease has gone to another."""
        with self._whole():
            self.check()
            yield

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """The same for a person, who needs no lease: a stop must not wait for whom it stops."""
        with self._whole():
            yield

    def event(self, kind: str, said: str, day: str = "", run: str = "", facts: Any = None) -> None:
        """One more line, chained to the one before by its hash. Within `write`."""
        seq, before = self._db.execute("select seq, hash from event order by seq desc limit 1").fetchone() or (
            0, GENESIS)  # fmt: skip
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        row = (seq + 1, at, day, run, kind, said, json.dumps(facts, default=str), self.fence, before)
        self._db.execute("insert into event values (?,?,?,?,?,?,?,?,?,?)", (*row, chained(row)))

    def events(self, run: str = "") -> list[dict[str, Any]]:
        """All of them, or one run's, oldest first."""
        where, values = ("where run=?", (run,)) if run else ("", ())
        found = self._db.execute(f"select *, hash from event {where} order by seq", values).fetchall()
        return [{**dict(zip(COLUMNS, row, strict=False)), "facts": json.loads(row[6])} for row in found]

    def verified(self) -> int:
        """How many events there are. Raises BadInput naming the first that is not as it was written."""
        before, seq = GENESIS, 0
        for *row, said in self._db.execute("select * from event order by seq"):
            seq += 1
            if row[0] != seq or row[8] != before or chained(tuple(row)) != said:
                raise BadInput(f"event {seq} is not as it was written: the log was changed. Restore it: README")
            before = said
        return seq

    def put(self, name: str, value: Any) -> None:
        """Within `write`."""
        self._db.execute("insert or replace into value values (?,?)", (name, json.dumps(value, default=str)))

    def get(self, name: str) -> Any:
        """None where it was never put."""
        found = self._db.execute("select json from value where name=?", (name,)).fetchone()
        return json.loads(found[0]) if found else None

    def batch(self, day: str, sha256: str, verdict: str, facts: Mapping[str, Any]) -> None:
        """A day, as it was taken in; written again when it is judged anew. Within `write`."""
        self._db.execute("insert or replace into batch values (?,?,?,?)", (day, sha256, verdict, json.dumps(facts)))

    def batches(self, after: str = "") -> list[dict[str, Any]]:
        """Each day that came, in order."""
        rows = self._db.execute("select * from batch where day>? order by day", (after,))
        return [json.loads(facts) | {"day": day, "sha256": sha, "verdict": said} for day, sha, said, facts in rows]

    def begin(self, key: str, day: str, lane: str, facts: Mapping[str, Any]) -> None:
        """A run; of one key there is one. Within `write`."""
        self._db.execute("insert or ignore into run values (?,?,?,'open',?)", (key, day, lane, json.dumps(facts)))

    def end(self, key: str, state: str, facts: Mapping[str, Any]) -> None:
        """refused, or what became of it. Within `write`."""
        self._db.execute("update run set state=?, facts=? where key=?", (state, json.dumps(facts), key))

    def runs(self) -> list[dict[str, Any]]:
        """In the order in which they began."""
        rows = self._db.execute("select * from run order by rowid")
        return [{"key": key, "day": day, "lane": lane, "state": state, "facts": json.loads(facts)}
                for key, day, lane, state, facts in rows]  # fmt: skip

    def once(self, key: str, name: str, effect: Callable[[], Any], find: Callable[[], Any]) -> Any:
        """What the effect gave, which is made once a key: intent, effect, record.

        find: looks for the effect of a loop that was killed before the record; None where there is none.
        """
        row = self._db.execute("select done, found from step where key=? and name=?", (key, name)).fetchone()
        if row and row[0]:
            return json.loads(row[1])
        if row is None:
            self.intend(key, name)
        found = find() if row else None
        if found is None:
            self.check()
            found = effect()
        self.record(key, name, found)
        return found

    def intend(self, key: str, name: str) -> None:
        with self.write():
            self._db.execute("insert into step values (?,?,0,'null')", (key, name))

    def record(self, key: str, name: str, found: Any) -> None:
        with self.write():
            self._db.execute("update step set done=1, found=? where key=? and name=?", (json.dumps(found), key, name))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")


def chained(row: tuple[Any, ...]) -> str:
    """sha256 of an event and, by its last field, of all before it."""
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()
