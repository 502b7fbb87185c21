"""How level 2 lives: somebody looks on the first working day of a month, trains, compares, promotes in one command.

Every run is on record, what breaks the contract is not learned from, and a model that is worse on the newest days than
the one that serves is not promoted. Nobody looks in between.
"""

from datetime import date
from typing import TYPE_CHECKING

from trips import TARGET
from yardstick import lives
from yardstick.life import Life
from yardstick.office import is_first_working_day

if TYPE_CHECKING:
    from taxi.registry import Registry
    from taxi.settings import Settings

BACK = (0, 7, 14, 21)  # days, until the data keep the contract


def every_month(life: Life) -> None:
    """Look, train, compare; a day or two later what is better serves."""
    from taxi import tracking
    from taxi.registry import Registry
    from taxi.settings import Settings

    settings = Settings(state=life.folder / "var")
    registry = Registry(tracking.connect(settings))
    promote(life, registry, train(life, settings) or "")
    ready: date | None = None
    better: str | None = None
    for morning in life.mornings():
        if is_first_working_day(morning) and morning > life.year.first:
            life.did("look", "the first working day of the month", "train and compare")
            newest = train(life, settings)
            better = newest if newest and is_better(life, registry, newest) else None
            ready = life.office.done(morning, "by promotion")
        if ready is not None and morning >= ready:
            if better:
                promote(life, registry, better, "promote")
            ready = None


def train(life: Life, settings: "Settings") -> str | None:
    """The number of the version that train.py makes of the newest days that keep the contract; None where none do."""
    import train

    from taxi.errors import ContractViolated

    for back in BACK:
        learned, valid = life.spans(back=back)
        try:
            number = train.run(settings, learned, valid, life.year.source, life.year.seed, None, True)
        except ContractViolated:
            life.did("refuse", f"{learned} and {valid} break the contract", "mend the data")
            continue
        life.fits += 1
        life.did("train", f"version {number}, learned from {learned}")
        return number
    return None


def is_better(life: Life, registry: "Registry", number: str) -> bool:
    """Than what serves, on the days that the new one was judged on: it has not seen them, and the other neither."""
    from taxi import data, model
    from taxi.registry import CHAMPION

    newest = registry.version(number)
    months = data.load(life.year.source, life.year.seed, newest.params["train"], newest.params["valid"])
    before = registry.load(registry.version(registry.aliases()[CHAMPION])).model
    served = model.score(before.predict(model.table(months.valid)), months.valid[TARGET].to_numpy())
    if newest.metrics["mae"] < served["mae"]:
        return True
    life.did("refuse", f"version {number} is no better: {newest.metrics['mae']:.2f} to {served['mae']:.2f} minutes")
    return False


def promote(life: Life, registry: "Registry", number: str, task: str | None = None) -> None:
    """promote.py's check and its move; the services take it when they start, and here they start at once."""
    import promote

    from taxi import model

    version = registry.version(number)
    promote.check(registry, version)
    promote.promote(registry, number)
    loaded = registry.load(version).model
    life.serve(f"version {number}", lambda rows: loaded.predict(model.table(rows)), task)


LIVES = {"level 2": lives.Way(every_month)}

if __name__ == "__main__":
    lives.main(LIVES)
