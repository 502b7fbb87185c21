"""How level 3 lives: a monitor looks every morning, an alarm calls a person, and deploy.py does the rest.

The person answers within a day or so: learns from the newest days that keep the contract, and starts the deployment;
gate, shadow, ramp and verdict need nobody. Without an alarm a deployment is started every thirty days.
"""

import shutil
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

import trips
from yardstick import lives
from yardstick.life import Life

CALM = {"tlc": "2020-08..2020-12", "city": "2020-09..2020-12"}  # months of the limits: in hindsight, on the real year
EVERY, BACK = 30, (0, 7, 14, 21)  # days: between two deployments; back, until the data keep the contract


class Shop:
    """The level's own parts, in a folder: registry, desk, routes, a service, and a monitor."""

    def __init__(self, life: Life) -> None:
        import deploy

        from taxi.settings import Settings
        from taxi.trial.state import Desk
        from taxi.watch import hindsight, source
        from taxi.watch.watcher import Watcher

        self.life, self.settings = life, Settings(state=life.folder / "var")
        self.desk = Desk(self.settings.state / "deploy")
        self.desk.folder.mkdir(parents=True)
        self.pipeline = deploy.prepared(self.settings, self.desk)
        where = life.year.source
        found = hindsight.limits_of(life.common / "limits.json", where, life.year.seed, CALM[where])
        self.watcher = Watcher(found, life.year.boroughs, source.expected(life.year.source))
        self.service: Any = None
        self.models: dict[str, Any] = {}

    def start(self, windows: tuple[int, ...], task: str | None = None) -> bool:
        """A deployment of the newest days that keep the contract; whether there is one on trial now."""
        from taxi.errors import ContractViolated
        from taxi.trial.state import Deployment

        for back in BACK:
            try:
                learned, valid = self.best(windows, back)
                one = self.pipeline.advance(Deployment(learned, valid, self.life.year.source, self.life.year.seed))
            except ContractViolated as error:
                self.life.did("refuse", str(error)[:200], "mend the data")
                continue
            self.life.fits += 1
            self.life.did("train", f"version {one.version}, learned from {learned}", task)
            return self.after(one)
        return False

    def first(self) -> None:
        """A model that serves on the first morning: by hand where the gate refuses it, for no answer is worse."""
        import promote
        import route

        from taxi.serving import routing, source

        self.start((28,))
        one = self.desk.read()
        if one is not None and one.outcome == "refused":
            promote.promote(self.pipeline.registry, one.version or "")
            routing.write(
                route.following(self.pipeline.registry, None, None, self.settings),
                self.settings.serving / source.ROUTES,
            )
            self.life.serve(f"version {one.version}, by hand", self.champion())

    def best(self, windows: tuple[int, ...], back: int) -> tuple[str, str]:
        """The days to learn from, of several choices those whose model is best on the days after them."""
        from taxi import data, model

        spans = [self.life.spans(window, back) for window in windows]
        if len(spans) == 1:
            return spans[0]
        found = [data.load(self.life.year.source, self.life.year.seed, *one) for one in spans]
        self.life.fits += len(found)
        errors = [model.evaluate(model.fit(months.train), months.valid)["mae"] for months in found]
        return spans[int(np.argmin(errors))]

    def look(self) -> bool:
        """The trial's verdict of the morning, once yesterday's trips are told; whether it still goes on."""
        from taxi.serving import outcomes, source

        self.service.tell(trips.clean(self.life.raw(self.life.today - timedelta(days=1)))[0])
        self.service.close()
        outcomes.compact(self.settings.serving / source.LOG)
        one = self.desk.read()
        return one is not None and self.after(self.pipeline.advance(one))

    def after(self, one: Any) -> bool:
        """Who answers from now on: a service while there is a trial, else the champion; whether there is a trial."""
        from taxi.serving import indoors, source
        from taxi.trial.state import Step

        if one.step is not Step.DONE:
            self.service = self.service or indoors.Indoors(self.settings)
            self.life.answer(self.service.answer)
            return True
        if one.outcome == "promoted":
            self.life.serve(f"version {one.version}", self.champion())
        else:
            self.life.did("refuse", f"version {one.version}: {one.outcome}")
            if self.service is not None:
                self.life.answer(self.champion())
        if self.service is not None:
            self.service.close()
            self.service = None
            shutil.rmtree(self.settings.serving / source.LOG)  # a trial's log is its own
        return False

    def champion(self) -> Any:
        from taxi import model
        from taxi.registry import CHAMPION, Registry

        registry: Registry = self.pipeline.registry
        number = registry.aliases()[CHAMPION]
        if number not in self.models:
            self.models[number] = registry.load(registry.version(number)).model
        return lambda rows: self.models[number].predict(model.table(rows))

    def alarm(self, day: date) -> str:
        """What the monitor calls a day that is over."""
        from taxi.watch.source import Seen

        raw = self.life.raw(day)
        rows, _ = trips.clean(raw, trips.SERVABLE)
        said = self.champion()(rows) if len(rows) else np.empty(0)
        return str(self.watcher.look(Seen(day, raw, rows.assign(predicted=said), "")).name)


def watched(life: Life, windows: tuple[int, ...] = (28,)) -> None:
    """The days of a year, as an alarm and a calendar order them."""
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
