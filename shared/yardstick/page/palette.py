"""The colours of lives, by day and by night: a level has the same everywhere.

Chosen so that any two levels stay apart with protanopia, deuteranopia and tritanopia (a test holds them to it), and so
that each stands out from its ground; lines differ in their dashes as well.
"""

from collections.abc import Sequence

from yardstick.page.lives import NEVER, ORACLE, plain_of

GROUND = {"light": "#ffffff", "dark": "#14181d"}
INK = {"light": "#1b1f24", "dark": "#e7eaee"}
SOFT = {"light": "#5c6570", "dark": "#a3adb8"}
LEVELS = {
    "light": ("#7d2f0a", "#b88a00", "#5a9d92", "#9a1f9e", "#2b56e8"),
    "dark": ("#d4622a", "#e6c62a", "#a5ebd0", "#a45cf5", "#6fb0fa"),
}
DASHES = ("7 3", "9 3 2 3", "13 4", "4 2 1 2")  # of variants and of peers
SHADE = {"light": "#eceff3", "dark": "#232a32"}  # behind an incident
STOPPED = {"light": "#b3261e", "dark": "#ff8a80"}  # failed, returned, crashed
HELD = {"light": "#17734a", "dark": "#63d3a0"}


def style(name: str, levels: Sequence[str], others: Sequence[str]) -> tuple[str, str]:
    """The CSS colour and the dashes of a life. others: all lives that are no level, to tell them apart."""
    if name in levels:
        return f"var(--level-{levels.index(name) % len(LEVELS['light'])})", ""
    plain = plain_of(name, levels)
    alike = [other for other in others if plain_of(other, levels) == plain and other not in (NEVER, ORACLE)]
    dash = {NEVER: "", ORACLE: "2 4"}.get(name) or DASHES[(alike.index(name) if name in alike else 0) % len(DASHES)]
    if plain is not None:
        return style(plain, levels, others)[0], dash
    return ("var(--ink)", dash) if name == ORACLE else ("var(--soft)", "" if name == NEVER else dash)


def css() -> str:
    """The custom properties of both schemes; paper is light."""
    light, dark = (f":root{{{_properties(scheme)}}}" for scheme in ("light", "dark"))
    return f"{light}@media screen and (prefers-color-scheme: dark){{{dark}}}"


def _properties(scheme: str) -> str:
    named = {"ground": GROUND, "ink": INK, "soft": SOFT, "shade": SHADE, "stopped": STOPPED, "held": HELD}
    values = {name: colours[scheme] for name, colours in named.items()}
    values |= {f"level-{at}": colour for at, colour in enumerate(LEVELS[scheme])}
    return ";".join(f"--{name}:{value}" for name, value in values.items())
