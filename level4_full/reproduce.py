"""Train a version again from its record, and compare the two: python reproduce.py 3, or a request_id"""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from taxi.data import Months
    from taxi.registry import Registry, Version
    from taxi.settings import Settings

Number = Annotated[str, typer.Argument(help="the version, as models.py shows it, or a request_id", metavar="VERSION")]
REQUEST_CHARS = 32


def main(version: Number) -> None:
    """Equal predictions on every validation trip, or the first difference named. Nothing is written."""
    from taxi import tracking
    from taxi.errors import told
    from taxi.registry import Registry
    from taxi.settings import Settings

    with told():
        settings = Settings.given()
        if len(version) == REQUEST_CHARS:
            from taxi.loop.trace import Tracer

            version = Tracer(settings).number(version)
        registry = Registry(tracking.connect(settings))
        print(reproduce(registry, registry.version(version), settings))


def reproduce(registry: "Registry", version: "Version", settings: "Settings | None" = None) -> str:
    """What was found, in one line. Raises NotReproduced when something differs or the record cannot be followed.

    settings: where the loop's days are, for a version of the loop.
    """
    from taxi import export, model, record
    from taxi.graph import Scorer

    same_learner(version)
    same_making(version)
    params = version.params
    learned, judged = days_of(version, settings) if "loop.key" in version.tags else months_of(version)
    again = model.fit(learned, int(params["seed"]), **record.learner_in(params))
    rows = model.table(judged)
    recorded = registry.load(version).model.predict(rows)
    same_predictions(recorded, Scorer(export.to_onnx(again)).predict(rows))
    dirty = " (recorded from a dirty tree: its code is the one here, by hash, but no commit holds it)"
    note = dirty if version.tags.get("git_dirty") == "true" else ""
    where = params["train"] if "loop.key" in version.tags else params["valid"]
    return f"version {version.number} reproduced: {len(rows):,} predictions on {where} are equal{note}"


def months_of(version: "Version") -> "tuple[pd.DataFrame, pd.DataFrame]":
    """What it learned from and was judged on, as recorded. Raises NotReproduced where a month is another one now."""
    from taxi import data

    params = version.params
    months = data.load(
        params["source"], int(params["seed"]), params["train"], params["valid"], params["checked"] == "True"
    )
    same_data(version, months)
    return months.train, months.valid


def days_of(version: "Version", settings: "Settings | None") -> "tuple[pd.DataFrame, pd.DataFrame]":
    """The same of a version of the loop: days, each looked up by its hash; it is asked about what it learned from."""
    from taxi.errors import NotReproduced
    from taxi.loop.batches import content
    from taxi.loop.candidates import joined
    from taxi.loop.trace import Tracer
    from taxi.settings import Settings

    days, batches = Tracer(settings or Settings.given()).again(version.number)
    if content(batches, days) != version.tags.get(f"data.{version.params['train']}"):
        raise NotReproduced(f"the days of version {version.number} hold other trips now. Restore them: README, Restore")
    rows = joined([batches.clean(day, sha) for day, sha in days.items()])
    return rows, rows


def same_learner(version: "Version") -> None:
    """Raise NotReproduced for a version of a cluster: how many workers share the rows, and when, shapes its trees."""
    from taxi.errors import NotReproduced
    from taxi.model import LEARNER

    learner = version.tags.get("learner", LEARNER)
    if learner != LEARNER:
        params = version.params
        again = f"python train.py --cluster ADDRESS --train {params['train']} --valid {params['valid']}"
        again += f" --source {params['source']} --seed {params['seed']}"
        raise NotReproduced(
            f"version {version.number} was trained on a cluster of {version.tags.get('workers', '?')} with {learner}: "
            f"its trees depend on how the rows were shared, so equal answers cannot be asked for. Train it again "
            f"({again}) and compare the figures: python models.py --compare {version.number} NEW"
        )


def same_making(version: "Version") -> None:
    """Raise NotReproduced unless the code and the packages here are those on record."""
    from taxi import lineage
    from taxi.errors import NotReproduced

    tags = version.tags
    if tags.get("code_hash") != lineage.code_hash():
        commit = tags.get("git_commit", lineage.UNKNOWN)
        remedy = f"Check out the commit it was made from: git checkout {commit}"
        if tags.get("git_dirty") == "true":
            remedy += " (the tree was dirty: what was changed then is not on record)"
        if commit == lineage.UNKNOWN:
            remedy = "It was made outside git: find the code it was made from"
        raise NotReproduced(f"version {version.number} was made by other code, so nothing can be claimed. {remedy}")
    if tags.get("lock_hash") != lineage.lock_hash():
        raise NotReproduced(
            f"version {version.number} was made with other packages. Check out its requirements.txt (commit "
            f"{tags.get('git_commit', 'unknown')[:12]}) and run: make setup"
        )


def same_data(version: "Version", months: "Months") -> None:
    """Raise NotReproduced naming the first month whose content is not the recorded one."""
    from taxi import lineage
    from taxi.errors import NotReproduced

    for month, rows in months.parts.items():
        recorded, here = version.tags.get(f"data.{month}", "none"), lineage.data_hash(rows)
        if recorded != here:
            raise NotReproduced(
                f"{month} holds other trips now (sha256 {here[:12]}, recorded {recorded[:12]}). Fetch it again"
            )


def same_predictions(recorded: "npt.NDArray[np.float64]", again: "npt.NDArray[np.float64]") -> None:
    """Raise NotReproduced naming the first trip that gets another answer."""
    import numpy as np

    from taxi.errors import NotReproduced

    differs = np.flatnonzero(recorded != again)
    if len(differs):
        first = differs[0]
        found = f"recorded {recorded[first]!r} minutes, again {again[first]!r}"
        raise NotReproduced(
            f"{len(differs):,} of {len(recorded):,} predictions differ, the first at validation trip {first}: {found}. "
            "Code, data and packages are the same: look at the processor"
        )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # more would wait by spinning: beside other work, for minutes
    typer.run(main)
