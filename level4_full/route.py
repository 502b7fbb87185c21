"""Place what the registry says before the service: python route.py; to some riders: python route.py --share 5"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.registry import Registry
    from taxi.serving.routing import Table, Version
    from taxi.settings import Settings

Share = Annotated[float | None, typer.Option(help="percent of the riders that the challenger answers", min=0, max=100)]
Stop = Annotated[
    bool, typer.Option("--stop", help="the champion answers everybody, at once; the registry is not asked")
]


def main(share: Share = None, stop: Stop = False) -> None:
    """Champion and challenger of the registry go on the shelf, and into the table that services follow within 2 s.

    A new challenger begins a new experiment, in the shadow: it is asked about every trip, and answers nobody until it
    has a share.
    """
    from taxi import tracking
    from taxi.errors import told
    from taxi.registry import Registry
    from taxi.serving import routing, source
    from taxi.settings import Settings

    with told():
        settings = Settings.given()
        path = settings.serving / source.ROUTES
        before = routing.read(path) if path.exists() else None
        table = (
            champion_only(before) if stop else following(Registry(tracking.connect(settings)), before, share, settings)
        )
        routing.write(table, path)
        print(said(table))


def following(registry: "Registry", before: "Table | None", share: float | None, settings: "Settings") -> "Table":
    """The table after the one before; the models it needs are on the shelf when it is returned."""
    from taxi.registry import CHALLENGER
    from taxi.serving.routing import Table

    champion = placed(registry, registry.champion().number, settings)
    number = registry.aliases().get(CHALLENGER)
    generation = before.generation + 1 if before else 1
    if number is None:
        return Table(champion, generation=generation, share=0 if share is None else share / 100)
    challenger = placed(registry, number, settings)
    goes_on = before is not None and (before.champion, before.challenger) == (champion, challenger)
    name = before.experiment_id if before and goes_on else f"{champion.number}-{number}-{generation}"
    old = before.share if before and goes_on else 0.0
    return Table(champion, challenger, old if share is None else share / 100, name, generation)


def placed(registry: "Registry", number: str, settings: "Settings") -> "Version":
    """A version of the registry, checked, on the shelf."""
    from taxi.graph import Scorer
    from taxi.serving import shelf, source
    from taxi.serving.routing import Version

    graph = registry.graph(registry.version(number))
    Scorer(graph)
    return Version(number, shelf.put(settings.serving / source.SHELF, graph))


def champion_only(before: "Table | None") -> "Table":
    """The way back: one write. Raises BadRoutes when nothing is routed."""
    from taxi.errors import BadRoutes
    from taxi.serving.routing import Table

    if before is None:
        raise BadRoutes("nothing is routed yet. Route: python route.py")
    return Table(before.champion, generation=before.generation + 1)


def said(table: "Table") -> str:
    if table.challenger is None:
        return f"version {table.champion.number} answers everybody. Services follow within 2 s: python serve.py"
    part = f"version {table.challenger.number} {100 * table.share:g} % of the riders"
    return f"version {table.champion.number} answers, {part}, in experiment {table.experiment_id}"


if __name__ == "__main__":
    typer.run(main)
