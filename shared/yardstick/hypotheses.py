"""The hypotheses of protocol.md, judged: held, failed, or not to be said from this run; the figures in words."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from yardstick.asked_of import Answer, Lives, acts, needs, ratio
from yardstick.results import Judged, World
from yardstick.score import detected, mae

PROTOCOL = Path(__file__).with_name("protocol.md")
STREAM = {"real": "real", "shocked": "city", "placebo": "placebo"}
WAITS = {"alarm", "complaint", "look"}  # acts that a person does, or waits for one


def protocol_hash() -> str:
    return sha256(PROTOCOL.read_bytes()).hexdigest()


def judge(worlds: Sequence[World], office: str = "central") -> list[Judged]:
    """Every hypothesis on every stream that it speaks of."""
    found: list[Judged] = []
    for stream in ("real", "city", "placebo"):
        of = [Lives(world, office) for world in worlds if STREAM[world["kind"]] == stream]
        for name, (text, streams, rule) in RULES.items():
            if of and stream in streams:
                held, said = rule(of)
                found.append({"name": name, "text": text, "stream": stream, "held": held, "found": said})
    return found


@needs("level 1", "level 3", "level 4")
def finds(worlds: Sequence[Lives]) -> Answer:
    days: dict[str, list[float]] = {"level 1": [], "level 3": [], "level 4": []}
    for world in worlds:
        for start in [one["start"] for one in world.world["incidents"] if one["kind"] == "lockdown"]:
            for name, found in days.items():
                after = detected(world.lives[name]["acts"], start)
                found.append(np.inf if after is None else after)
    middle = {name: float(np.median(found)) for name, found in days.items()}
    held = middle["level 4"] <= 5 and middle["level 3"] <= 10 and middle["level 1"] >= 14
    return held, ", ".join(f"{name} {after:.0f} days" for name, after in middle.items())


@needs("level 3", "level 4")
def persons(worlds: Sequence[Lives]) -> Answer:
    by_people = float(np.mean([acts(world.lives["level 3"], WAITS) for world in worlds]))
    by_loop = float(np.mean([acts(world.lives["level 4"], {"tell"}) for world in worlds]))
    return by_loop <= 0.1 * by_people, f"level 3 {by_people:.1f}, level 4 {by_loop:.1f} a life"


@needs("level 3", "level 4", "oracle")
def halves(worlds: Sequence[Lives]) -> Answer:
    three, four = (float(np.mean([world.excess(name) for world in worlds])) for name in ("level 3", "level 4"))
    return three >= 1.5 * four, f"level 3 {three:.0f}, level 4 {four:.0f} minutes per 1,000 trips over the oracle"


@needs("level 4", "level 4, unchecked")
def insured(worlds: Sequence[Lives]) -> Answer:
    apart = ratio(worlds, "level 4, unchecked", "level 4")
    return abs(apart) <= 0.01, f"unchecked {apart:+.2%}"


@needs("level 0", "level 1", "level 2", "level 3", "level 4")
def calm(worlds: Sequence[Lives]) -> Answer:
    means = {f"level {of}": float(np.mean([world.mae(f"level {of}") for world in worlds])) for of in range(5)}
    upper = [means["level 2"], means["level 3"], means["level 4"]]
    held = max(upper) / min(upper) <= 1.01 and means["level 4"] < max(means.values())
    return held, ", ".join(f"{name} {error:.3f}" for name, error in means.items())


@needs("level 0", "level 1", "level 2", "level 4")
def pairs(worlds: Sequence[Lives]) -> Answer:
    shares = {f"{better} before {worse}": float(np.mean([world.mae(f"level {better}") < world.mae(f"level {worse}")
              for world in worlds])) for better, worse in ((4, 2), (2, 1), (1, 0))}  # fmt: skip
    return min(shares.values()) >= 0.8, ", ".join(f"{pair} in {share:.0%}" for pair, share in shares.items())


@needs("level 0, diligent", "level 1")
def diligent(worlds: Sequence[Lives]) -> Answer:
    apart = ratio(worlds, "level 0, diligent", "level 1")
    hours = [
        sum(sum(world.lives[name]["hours"].values()) for world in worlds) for name in ("level 0, diligent", "level 1")
    ]
    times = hours[0] / hours[1] if hours[1] else np.inf
    return apart < 0 and 4 <= times <= 7, f"error {apart:+.2%} to level 1's, {times:.1f} times the hours"


@needs("level 3", "level 3, 7/14/28 days", "level 4, 28 days")
def window(worlds: Sequence[Lives]) -> Answer:
    gains = {name: float(np.mean([world.mae("level 3", 60) - world.mae(name, 60) for world in worlds]))
             for name in ("level 3, 7/14/28 days", "level 4, 28 days")}  # fmt: skip
    held = gains["level 3, 7/14/28 days"] > gains["level 4, 28 days"]
    return held, ", ".join(f"{name} {gain:+.3f} minutes" for name, gain in gains.items())


@needs("level 4", "level 4, unchecked", "level 4, no contract")
def contract(worlds: Sequence[Lives]) -> Answer:
    whole, part = (ratio(worlds, name, "level 4") for name in ("level 4, unchecked", "level 4, no contract"))
    return whole > 0 and part >= whole / 2, f"without the contract {part:+.2%}, without any check {whole:+.2%}"


@needs(("level 3", "slow"), ("level 3", "fast"))
def delay(worlds: Sequence[Lives]) -> Answer:
    both = [[mae(world.offices["level 3", office]) or np.nan for office in ("slow", "fast")] for world in worlds]
    apart = float(np.mean([slow / fast - 1 for slow, fast in both]))
    return apart < 0.02, f"slow over fast {apart:+.2%}"


@needs("level 4, labels 60 days late", "never")
def late(worlds: Sequence[Lives]) -> Answer:
    apart = ratio(worlds, "level 4, labels 60 days late", "never")
    return apart > 0, f"{apart:+.2%} to never"


BOTH, ALL = ("real", "city"), ("real", "city", "placebo")
RULES: dict[str, tuple[str, tuple[str, ...], Callable[[Sequence[Lives]], Answer]]] = {
    "H1": ("Level 4 finds a lockdown within 5 days, level 3 within 10, level 1 after 14 or more", BOTH, finds),
    "H2": ("Acts that wait for a person: level 4 at most a tenth of level 3's", ALL, persons),
    "H3": ("Level 3's excess over the oracle is at least 1.5 times level 4's", BOTH, halves),
    "H4": ("A loop without checks is within 1 % of the checked one over the year", BOTH, insured),
    "H5": ("Without incidents levels 2 to 4 are within 1 %, and the loop is not the worst", ("placebo",), calm),
    "H6": ("Level 4 before 2 before 1 before 0, each pair in at least 80 % of the worlds", BOTH, pairs),
    "H7": ("A diligent level 0 errs less than level 1, at four to seven times the hours", BOTH, diligent),
    "H8": ("In the first 60 days level 3 gains more by its windows than by losing its people", ("real",), window),
    "H9": ("The contract alone is at least half of what the checks are worth", BOTH, contract),
    "H10": ("People's delay costs level 3 less than 2 %, slow office against fast", BOTH, delay),
    "H11": ("With labels 60 days late the loop is worse than never learning again", BOTH, late),
}
