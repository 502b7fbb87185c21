"""How level 3 lives: a monitor looks every morning, an alarm calls a person, and deploy.py does the rest.

The person answers within a day or so: learns from the newest days that keep the contract, and starts the deployment;
gate, shadow, ramp and verdict need nobody. Without an alarm a deployment is started every thirty days.
"""

from datetime import timedelta

import pandas as pd

from yardstick import lives
from yardstick.life import Life

EVERY = 30  # days, between two deployments


def watched(life: Life, windows: tuple[int, ...] = (28,)) -> None:
    """The days of a year, as an alarm and a calendar order them."""
    from taxi.operated import Shop
    from taxi.watch.decide import Name

    shop = Shop(life)
    shop.first()
    for day in pd.date_range(life.year.begin, life.year.first - timedelta(days=1)):
        shop.alarm(day.date())
    trial, ready, last = False, None, life.year.first
    for morning in life.mornings():
        if morning > life.year.first:
            name = shop.alarm(morning - timedelta(days=1))
            trial = trial and shop.look()
            if name == Name.MODEL_DECAY and not trial and ready is None:
                life.did("alarm", f"{morning - timedelta(days=1)}: {name}", "answer an alarm")
                ready = life.office.done(morning, "by alarm")
        if not trial and ready is None and morning - last >= timedelta(days=EVERY):
            life.did("look", f"{EVERY} days since the last deployment", "refresh")
            ready = morning
        if ready is not None and morning >= ready and not trial:
            trial, ready, last = shop.start(windows), None, morning


LIVES = {
    "level 3": lives.Way(watched),
    "level 3, 7/14/28 days": lives.Way(lambda life: watched(life, (7, 14, 28))),
}

if __name__ == "__main__":
    lives.main(LIVES)
