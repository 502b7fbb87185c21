"""Which lines two files have in common, and what differs: as few lines as possible, so that a count means one thing."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

UNENDED = "\\ No newline at end of file"


class Link(NamedTuple):
    """A pair of equal lines, and the pair before it."""

    before: int
    after: int
    last: "Link | None"


def split(data: bytes) -> list[bytes]:
    """Lines with their ends, as git sees them: only a line feed ends one."""
    *ended, rest = data.split(b"\n")
    return [*(line + b"\n" for line in ended), *([rest] if rest else [])]


def counts(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[int, int]:
    """How many lines came and how many went: the fewest that turn one into the other."""
    kept = sum(size for _, _, size in blocks(before, after))
    return len(after) - kept, len(before) - kept


def hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[str]:
    """A unified diff with three lines around each change, without its two lines of names."""
    for group in _Fewest(None, before, after, autojunk=False).get_grouped_opcodes(3):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@"
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                yield from _marked(" ", before[i:i_end])
            else:
                yield from _marked("-", before[i:i_end])
                yield from _marked("+", after[j:j_end])


def blocks(before: Sequence[bytes], after: Sequence[bytes]) -> list[Match]:
    """The runs of lines in common, in order: together a longest common subsequence.

    Equal beginnings and ends are set aside first. Source: Hunt and Szymanski (1977).
    """
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    pairs = _longest(before[head : len(before) - tail], after[head : len(after) - tail])
    runs = [Match(0, 0, head)]
    for i, j in pairs:
        _join(runs, Match(head + i, head + j, 1))
    _join(runs, Match(len(before) - tail, len(after) - tail, tail))
    return [run for run in runs if run.size]


class _Fewest(SequenceMatcher[bytes]):
    """difflib's hunks over our blocks: its own are not the fewest."""

    a: Sequence[bytes]
    b: Sequence[bytes]

    def get_matching_blocks(self) -> list[Match]:
        return [*blocks(self.a, self.b), Match(len(self.a), len(self.b), 0)]


def _longest(before: Sequence[bytes], after: Sequence[bytes]) -> list[tuple[int, int]]:
    places: dict[bytes, list[int]] = {}
    for j in reversed(range(len(after))):
        places.setdefault(after[j], []).append(j)
    ends: list[int] = []  # ends[n]: the lowest line of `after` that n + 1 common lines can end on
    chains: list[Link] = []  # and what leads there
    for i, line in enumerate(before):
        for j in places.get(line, ()):  # from the last up: no two lines of `after` may stand for one
            n = bisect_left(ends, j)
            link = Link(i, j, chains[n - 1] if n else None)
            if n == len(ends):
                ends.append(j)
                chains.append(link)
            else:
                ends[n], chains[n] = j, link
    return list(_walk(chains[-1] if chains else None))[::-1]


def _walk(link: Link | None) -> Iterator[tuple[int, int]]:
    while link:
        yield link.before, link.after
        link = link.last


def _join(runs: list[Match], run: Match) -> None:
    last = runs[-1]
    if (last.a + last.size, last.b + last.size) == (run.a, run.b):
        runs[-1] = Match(last.a, last.b, last.size + run.size)
    else:
        runs.append(run)


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _range(start: int, end: int) -> str:
    return f"{start + (end > start)},{end - start}"


def _marked(mark: str, lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        yield mark + line.rstrip(b"\n").decode("utf-8", "replace")
        if not line.endswith(b"\n"):
            yield UNENDED
