"""A comparison that nobody ran: five levels, variants, peers, three offices, three kinds of worlds, one crash.

Made up, but of the right shape: errors jump at an incident and come down once somebody has found it. Same seed, same
results.
"""

from datetime import date, timedelta

import numpy as np

from yardstick.page.board import Board, board
from yardstick.page.lives import ladder, offices, streams
from yardstick.results import Act, Climb, Happening, Judged, LifeFound, Results, World

LEVELS = ("level0_notebook", "level1_devops", "level2_training", "level3_deployment", "level4_full")
LADDER = [f"level {number}" for number in range(5)]
LAG = {"level 0": 24, "level 1": 19, "level 2": 15, "level 3": 8, "level 4": 3}  # days to find, at most to mend as many
SHARP = {"level 0": 0.35, "level 1": 0.30, "level 2": 0.2, "level 3": 0.1, "level 4": 0.04}  # excess in calm, minutes
WORK = {"level 0": 140.0, "level 1": 60.0, "level 2": 40.0, "level 3": 48.0, "level 4": 13.0}  # hours a year
VARIANTS = {"level 0, diligent": 0.6, "level 3, 7/14/28": 0.7, "level 4, unchecked": 2.5}  # times the lag
PACE = {"fast": 0.5, "central": 1.0, "slow": 2.2}
CRASHED = "2020-11-07: OSError: the disk of var/ was full. Free space, and live the year again"
BOROUGHS = ("Bronx", "Brooklyn", "Manhattan", "Queens", "Staten Island")


def made_up(seed: int = 0, cities: int = 3, placebos: int = 2) -> Results:
    """Results of that many worlds."""
    worlds = [world("real", 0, "2020-03-22", 436, [happening("lockdown", "2020-03-22", "2020-06-08", 0.7)], seed)]
    worlds += [world("shocked", one, "2020-03-22", 365, shocks(), seed) for one in range(cities)]
    worlds += [world("placebo", one, "2020-03-22", 365, [], seed) for one in range(placebos)]
    return {
        "protocol": "5f" * 32, "made_by": "make compare SOURCE='tlc city placebo' SEEDS=3 OFFICE=central",
        "worlds": worlds, "hypotheses": hypotheses(),
        "climb": [climb(number, level) for number, level in enumerate(LEVELS)],
    }  # fmt: skip


def boards(results: Results) -> dict[str, Board]:
    """The figures of each stream, as the page has them."""
    levels, there = ladder(results["worlds"]), offices(results["worlds"])
    return {stream.name: board(stream, there, levels) for stream in streams(results)}


def shocks() -> list[Happening]:
    return [
        happening("kilometres", "2020-05-20", "2020-05-27", 1.0),
        happening("lockdown", "2020-08-10", "2020-09-20", 0.6),
        happening("kilometres", "2020-12-01", "2020-12-08", 0.3),
        happening("new_zones", "2021-01-20", "2021-03-01", 0.2),
    ]


def happening(kind: str, start: str, end: str, size: float) -> Happening:
    return {"kind": kind, "start": start, "end": end, "size": size}


def world(kind: str, seed: int, start: str, length: int, incidents: list[Happening], salt: int) -> World:
    random = np.random.default_rng([salt, seed, len(kind)])
    days = [str(date.fromisoformat(start) + timedelta(days=ahead)) for ahead in range(length)]
    best = 3.3 + 0.25 * np.sin(np.arange(length) / 30) + random.normal(0, 0.12, length)
    trips = random.integers(700, 2400, length)
    starts = [days.index(one["start"]) for one in incidents]

    def life(name: str, level: str | None, office: str | None, lag: float, calm: float, hours: float) -> LifeFound:
        return lived(random, days, best, trips, starts, (name, level, office), lag, calm, hours)

    lives = [life("never", None, None, 400, 0.3, 0), life("every 7 days, unchecked", None, None, 9, 0.12, 0),
             life("every 30 days", None, None, 28, 0.22, 0), life("oracle", None, None, 0, 0, 0)]  # fmt: skip
    for office, pace in PACE.items():
        for folder, name in zip(LEVELS[:4], LADDER, strict=False):
            lives.append(life(name, folder, office, LAG[name] * pace, SHARP[name], WORK[name] * pace**0.5))
    lives.append(
        life("level 4", LEVELS[4], None, LAG["level 4"], SHARP["level 4"], WORK["level 4"])
    )  # waits for nobody
    for name, times in VARIANTS.items():
        base, office = name.split(",")[0], None if name.startswith("level 4") else "central"
        lives.append(life(name, folder_of(base), office, LAG[base] * times, SHARP[base] * times, 2 * WORK[base]))
    if kind == "real":
        crash(lives, "level 4, unchecked", 230)
    source = "tlc" if kind == "real" else "city"
    return {"source": source, "seed": seed, "kind": kind, "code": "c0de", "days": days, "incidents": incidents,
            "lives": lives}  # fmt: skip


def folder_of(name: str) -> str:
    return LEVELS[int(name.removeprefix("level "))]


def lived(random, days, best, trips, starts, who, lag, calm, hours) -> LifeFound:
    """One life: `calm` minutes above the best, and a jump at each incident that is gone `2 * lag` days later."""
    name, level, office = who
    at = np.arange(len(days))
    above = calm + sum(1.6 * np.clip(1 - (at - start) / (2 * lag + 1), 0, 1) * (at >= start) for start in starts)
    above *= random.normal(1, 0.15)  # some have luck
    error = best + (above * random.normal(1, 0.05, len(days)) if lag else 0)
    return {
        "name": name, "level": level, "office": office, "errors": [round(float(one), 1) for one in error * trips],
        "trips": [int(one) for one in trips], "bad": [int(one) for one in trips * (0.03 + 0.02 * above)],
        "worst": {borough: round(float(error.mean()) + 0.2 * number, 2) for number, borough in enumerate(BOROUGHS)},
        "acts": acts(days, starts, round(lag), name) if level else [],
        "hours": {"look": hours * 0.3, "train": hours * 0.5, "deploy": hours * 0.2} if hours else {},
        "fits": 12 if lag else 400, "seconds": round(float(random.uniform(20, 90)), 1), "crashed": None,
    }  # fmt: skip


def acts(days: list[str], starts: list[int], lag: int, name: str) -> list[Act]:
    found: list[Act] = []
    sign = "alarm" if name[6] in "34" else "look" if name[6] == "2" else "complaint"
    for start in [*starts, 300]:
        for after, kind in ((lag, sign), (lag + 1, "train"), (lag + 2, "deploy"), (lag + 9, "return")):
            if start + after < len(days) and (kind != "return" or name[6] in "034"):
                found.append({"day": days[start + after], "kind": kind, "said": f"{name} {kind}: its own words"})
    return found


def crash(lives: list[LifeFound], name: str, day: int) -> None:
    for life in lives:
        if life["name"] == name:
            life["crashed"] = CRASHED
            life["errors"], life["trips"], life["bad"] = life["errors"][:day], life["trips"][:day], life["bad"][:day]


def hypotheses() -> list[Judged]:
    texts = {"H1": "Each level has less excess error than the level below.",
             "H2": "Level 4 needs fewer hours of people than any other level.",
             "H3": "On the placebo nobody gains more than 2 % over never."}  # fmt: skip
    held = {"H1": (True, True, False), "H2": (True, True, True), "H3": (None, None, False)}
    return [
        {"name": name, "text": text, "stream": stream, "held": said, "found": f"figures of {name} on {stream}"}
        for name, text in texts.items() for stream, said in zip(("real", "city", "placebo"), held[name], strict=True)
    ]  # fmt: skip


def climb(number: int, level: str) -> Climb:
    return {"level": level, "lines": (300, 900, 1500, 3000, 4300)[number], "files": 4 + 12 * number,
            "dependencies": 60 + 30 * number, "concepts": 3 + 6 * number,
            "setup_seconds": 20.0 + 5 * number, "ci_seconds": 90.0 + 60 * number if number else None}  # fmt: skip
