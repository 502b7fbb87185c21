"""Check the answers to the exercise: python -m exercises.check [answer|solution]. Exit code 0 when it is right."""

import importlib
import os
import sys
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before scikit-learn is imported: idle threads spin
from exercises import lives

from taxi.errors import TaxiError
from taxi.loop.state import Action, Policy

STATE = Path(__file__).parents[1] / "var/exercise"
LOSES = 0.10  # of the error, at least
AT_MOST = 3  # numbers that differ
BRAKES = {Action.STOP: "canary", Action.RETURN: "probation", "refuse": "gate", Action.TELL: "breaker"}


def main(name: str = "answer") -> int:
    answer = importlib.import_module(f"exercises.{name}")
    ours = lives.lived(STATE, Policy())
    print(f"the repository's policy: {ours.error:.2f} minutes. Read its life: {command(ours)}")
    taken_back = next(one for one in ours.events if one["kind"] in (Action.RETURN, Action.STOP))
    right = {
        "POLICY": loses(answer.POLICY, ours),
        "BRAKE": BRAKES[taken_back["kind"]] == answer.BRAKE,
        "DAY": taken_back["day"] == answer.DAY,
    }
    for what, is_right in right.items():
        print(f"{what} {'is right' if is_right else 'is not right yet'}")
    if all(right.values()):
        return 0
    print("Write it into exercises/answer.py, and run this again.")
    return 1


def loses(policy: Policy, ours: lives.Life) -> bool:
    """Whether its life in the same city is plainly worse; said in words."""
    before, now = asdict(Policy()), asdict(policy)
    changed = [name for name, value in now.items() if value != before[name]]
    if not changed:
        print("yours is the repository's own: it loses nothing. Change a number")
        return False
    if len(changed) > AT_MOST:
        print(f"{len(changed)} numbers are changed, {AT_MOST} at most: {', '.join(changed)}")
        return False
    small = [name for name in changed if isinstance(now[name], int) and now[name] < 1]
    if small:
        print(f"a number of days is at least 1: {', '.join(small)}")
        return False
    try:
        theirs = lives.lived(STATE, policy)
    except (TaxiError, ValueError, IndexError) as error:
        print(f"no loop can live by it ({error})")
        return False
    worse = theirs.error / ours.error - 1
    print(f"yours: {theirs.error:.2f} minutes, {worse:+.1%}; {LOSES:.0%} asked. Read its life: {command(theirs)}")
    return worse >= LOSES


def command(life: lives.Life) -> str:
    return f"TAXI_STATE='{life.state.relative_to(STATE.parents[1])}' python loop.py story"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
