"""What one would not have guessed of a ladder: three comparisons across it, each true, false or flat on a stream."""

from dataclasses import dataclass

from yardstick.page import markup as m
from yardstick.page.board import Board, Shown, paired
from yardstick.page.spread import spread
from yardstick.page.steps import UNIT

FLAT = 5.0  # UNIT: less than that is no difference, a seventh of a percent of the error


@dataclass(frozen=True)
class Gain:
    """What `one` has less than `other`; each: world by world."""

    one: Shown
    other: Shown
    each: list[float]

    @property
    def median(self) -> float:
        return spread(self.each).median

    @property
    def said(self) -> str:
        """Who has how much less, and in how many seeds."""
        each, more = self.each, "less" if self.median > 0 else "more"
        seeds = f", less in {sum(one > 0 for one in each)} of {len(each)} seeds" if len(each) > 1 else ""
        return (f"{m.text(self.one.label)} has {m.number(abs(self.median))} {UNIT} {more} than "
                f"{m.text(self.other.label)}{seeds}")  # fmt: skip


def surprises(board: Board, office: str) -> str:
    """A paragraph for each of the three that this stream can speak of."""
    parts = [part(board, office) for part in (_diligence, _calendar, _window)]
    return "".join(parts) or m.paragraph("The lives that these need were not run on this stream.")


def _gain(board: Board, office: str, one: str, other: str, figure: str = "excess") -> Gain | None:
    """None where no world has both."""
    own, its = board.of(one, office), board.of(other, office)
    each = [more - less for less, more in paired(own, its, figure)] if own and its else []
    return Gain(own, its, each) if own and its and each else None


def _diligence(board: Board, office: str) -> str:
    gain = _gain(board, office, "level 0, diligent", "level 1")
    if gain is None:
        return ""
    hours = gain.one.middle.hours, gain.other.middle.hours
    times = f" It takes {hours[0] / hours[1]:.1f} times the hours of people." if hours[1] else ""
    return _told("A diligent level 0 beats level 1", gain.median, f"{gain.said}.{times}")


def _calendar(board: Board, office: str) -> str:
    gain = _gain(board, office, "every 7 days", "level 3")
    if gain is None:
        return ""
    return _told("A weekly calendar that checks nothing beats level 3", gain.median, f"{gain.said}.")


def _window(board: Board, office: str) -> str:
    """In the first 60 days."""
    window = _gain(board, office, "level 3, 7/14/28 days", "level 3", "early_excess")
    person = _gain(board, office, "level 4, 28 days", "level 3", "early_excess")
    if window is None or person is None:
        return ""
    said = f"In the first 60 days {window.said}; {person.said}."
    return _told("Choosing the window is worth more than removing the person", window.median - person.median, said)


def _told(claim: str, more: float, said: str) -> str:
    verdict = "flat" if abs(more) < FLAT else "true" if more > 0 else "false"
    return m.paragraph(f"<b>{claim}: {verdict} here.</b> {said[0].upper()}{said[1:]}")
