"""Level 3's own parts in one folder and one process, for a year that is lived in minutes: see operate.py."""

import shutil
from datetime import date, timedelta
from typing import Any

import deploy
import numpy as np
import promote
import route

import trips
from taxi import data, model
from taxi.errors import ContractViolated
from taxi.registry import CHAMPION
from taxi.serving import indoors, outcomes, routing, source
from taxi.settings import Settings
from taxi.trial.state import Deployment, Desk, Step
from taxi.watch import hindsight
from taxi.watch.source import Seen, expected
from taxi.watch.watcher import Watcher
from yardstick.life import Life

BACK = (0, 7, 14, 21)  # days, until the data keep the contract


class Shop:
    """The level's own parts, in a folder: registry, desk, routes, a service, and a monitor."""

    def __init__(self, life: Life) -> None:
        self.life, self.settings = life, Settings(state=life.folder / "var")
        self.desk = Desk(self.settings.state / "deploy")
        self.desk.folder.mkdir(parents=True)
        self.pipeline = deploy.prepared(self.settings, self.desk)
        where = life.year.source
        found = hindsight.limits_of(life.common / "limits.json", where, life.year.seed, hindsight.CALM[where])
        self.watcher = Watcher(found, life.year.boroughs, expected(where))
        self.service: Any = None
        self.models: dict[str, Any] = {}

    def start(self, windows: tuple[int, ...], task: str | None = None) -> bool:
        """A deployment of the newest days that keep the contract; whether there is one on trial now."""
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
        spans = [self.life.spans(window, back) for window in windows]
        if len(spans) == 1:
            return spans[0]
        found = [data.load(self.life.year.source, self.life.year.seed, *one) for one in spans]
        self.life.fits += len(found)
        errors = [model.evaluate(model.fit(months.train), months.valid)["mae"] for months in found]
        return spans[int(np.argmin(errors))]

    def look(self) -> bool:
        """The trial's verdict of the morning, once yesterday's trips are told; whether it still goes on."""
        self.service.tell(trips.clean(self.life.raw(self.life.today - timedelta(days=1)))[0])
        self.service.close()
        outcomes.compact(self.settings.serving / source.LOG)
        one = self.desk.read()
        return one is not None and self.after(self.pipeline.advance(one))

    def after(self, one: Any) -> bool:
        """Who answers from now on: a service while there is a trial, else the champion; whether there is a trial."""
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

        registry = self.pipeline.registry
        number = registry.aliases()[CHAMPION]
        if number not in self.models:
            self.models[number] = registry.load(registry.version(number)).model
        return lambda rows: self.models[number].predict(model.table(rows))

    def alarm(self, day: date) -> str:
        """What the monitor calls a day that is over."""
        raw = self.life.raw(day)
        rows, _ = trips.clean(raw, trips.SERVABLE)
        said = self.champion()(rows) if len(rows) else np.empty(0)
        return str(self.watcher.look(Seen(day, raw, rows.assign(predicted=said), "")).name)
