"""The picture of a README's front page: the weekly error of each level on the real stream, light and dark."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carry.files import write as save
from yardstick.page import palette
from yardstick.page.lives import NEVER, ORACLE, incident_names, ladder, offices, pick, streams, usual
from yardstick.results import LifeFound, Results, World
from yardstick.score import WEEK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SALT = "hero"  # names inside the file come from it and the content, so that the same data give the same bytes
Day = float  # a date, as matplotlib counts


def hero(results: Results, folder: Path) -> None:
    """hero-light.svg and hero-dark.svg in `folder`; of the first stream where there is no real one."""
    for scheme in ("light", "dark"):
        save(folder / f"hero-{scheme}.svg", drawn(results, scheme))


def drawn(results: Results, scheme: str) -> bytes:
    """One picture, as SVG."""
    from matplotlib import rc_context

    world, there = streams(results)[0].worlds[0], offices(results["worlds"])
    with rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 10}):
        buffer = io.BytesIO()
        figure = picture(world, ladder(results["worlds"]), usual(there), scheme)
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor=palette.GROUND[scheme])
    return buffer.getvalue()


def weekly(life: LifeFound) -> list[tuple[int, float]]:
    """Number of a week's middle day, and the mean absolute error of that week; a last, shorter week is left out."""
    weeks = [slice(day, day + WEEK) for day in range(0, len(life["errors"]) - WEEK + 1, WEEK)]
    sums = [(week.start + WEEK // 2, sum(life["errors"][week]), sum(life["trips"][week])) for week in weeks]
    return [(day, error / trips) for day, error, trips in sums if trips]


def picture(world: World, levels: Sequence[str], office: str, scheme: str) -> "Figure":
    """Errors above, deployments below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    lives = {name: life for name in (*levels, NEVER, ORACLE) if (life := pick(world, name, office))}
    for name, life in reversed(lives.items()):
        line(above, world, life, look(name, levels, scheme))
    shade(above, world, scheme)
    where = f", {office} office" if office else ""
    above.set_title(
        f"Mean absolute error of each week, minutes a trip{where}", loc="left", color=palette.INK[scheme], fontsize=11
    )
    handles, names = above.get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], ncols=len(names), frameon=False, fontsize=10,
                  labelcolor=palette.INK[scheme], loc="outside upper left", handlelength=1.8)  # fmt: skip
    ticks(below, world, [lives[name] for name in levels if name in lives], scheme)
    for axis in (above, below):
        ink(axis, scheme)
    return figure


def look(name: str, levels: Sequence[str], scheme: str) -> tuple[str, str, float]:
    """Colour, line style and width of a life."""
    if name == ORACLE:
        return palette.INK[scheme], ":", 1.6
    if name == NEVER:
        return palette.SOFT[scheme], "--", 1.6
    colours = palette.LEVELS[scheme]
    return colours[levels.index(name) % len(colours)], "-", 2.0


def line(axis: "Axes", world: World, life: LifeFound, how: tuple[str, str, float]) -> None:
    weeks = weekly(life)
    colour, dash, width = how
    when = [at(world, day) for day, _ in weeks]
    axis.plot(when, [error for _, error in weeks], color=colour, ls=dash, lw=width, label=life["name"])
    if life["crashed"] is not None and weeks:
        axis.plot(when[-1:], [weeks[-1][1]], "x", color=colour, mew=2)


def shade(axis: "Axes", world: World, scheme: str) -> None:
    """What happened, named at the foot, where no line is."""
    for name, one in zip(incident_names(world), world["incidents"], strict=True):
        start, end = (number(max(min(one[key], world["days"][-1]), world["days"][0])) for key in ("start", "end"))
        axis.axvspan(start, end, color=palette.SHADE[scheme], lw=0, zorder=0)
        axis.annotate(name, (start, 0), (4, 4), xycoords=("data", "axes fraction"), textcoords="offset points",
                      color=palette.SOFT[scheme], fontsize=9)  # fmt: skip


def ticks(axis: "Axes", world: World, lives: Sequence[LifeFound], scheme: str) -> None:
    """A lane a level; a tick where it deployed, a cross where that was taken back."""
    marks = {"deploy": ("|", None), "return": ("x", palette.STOPPED[scheme])}
    for lane, life in enumerate(lives):
        for kind, (mark, colour) in marks.items():
            days = [number(act["day"]) for act in life["acts"] if act["kind"] == kind]
            own = palette.LEVELS[scheme][lane % len(palette.LEVELS[scheme])]
            axis.plot(days, [lane] * len(days), mark, color=colour or own, ms=7 if mark == "|" else 5, mew=1.6)
    axis.set(yticks=range(len(lives)), ylim=(len(lives) - 0.4, -0.6))
    axis.set_yticklabels([life["name"] for life in lives], fontsize=8)
    axis.set_title("Deployments; a cross was taken back", loc="left", color=palette.INK[scheme], fontsize=9)


def ink(axis: "Axes", scheme: str) -> None:
    """The axis itself, in the colours of the scheme."""
    from matplotlib import dates

    untyped: Any = dates
    locator = untyped.AutoDateLocator()
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))
    axis.xaxis.get_offset_text().set_visible(False)
    axis.set_facecolor(palette.GROUND[scheme])
    axis.tick_params(colors=palette.SOFT[scheme])
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(palette.SOFT[scheme])
    axis.margins(x=0.01)


def at(world: World, day: int) -> Day:
    return number(world["days"][0]) + day


def number(day: str) -> Day:
    """As matplotlib counts days, without its time zones."""
    return float((date.fromisoformat(day) - date(1970, 1, 1)) / timedelta(days=1))
