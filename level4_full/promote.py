"""Make a version the one that serves: python promote.py 3; take it back: python promote.py --back"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxi.registry import Registry, Version

Number = Annotated[str | None, typer.Argument(help="as models.py shows it, or newest", metavar="VERSION")]
Trial = Annotated[bool, typer.Option("--trial", help="only look at it closer: stage staging, nothing else changes")]
Back = Annotated[bool, typer.Option("--back", help="return to the version before")]


def main(version: Number = None, trial: Trial = False, back: Back = False) -> None:
    """Check a version, then move the alias champion to it; the version that served becomes previous."""
    from taxi import tracking
    from taxi.errors import BadInput, told
    from taxi.registry import Registry
    from taxi.settings import PROMOTED, Settings

    with told():
        if (version is None) == (not back) or (trial and back):
            raise BadInput("say which version, or --back: python promote.py 3")
        registry = Registry(tracking.connect(Settings.given()))
        chosen = registry.version(before(registry) if version is None else version)
        number = chosen.number
        check(registry, chosen)
        if trial:
            put_on_trial(registry, number)
            print(f"version {number} is challenger, in staging. Ask it: python models.py --save {number} FILE")
        else:
            promote(registry, number, back)
            print(f"version {number} is champion. {PROMOTED}")


def before(registry: "Registry") -> str:
    """The version that --back goes to: where a --back that was killed was going, else previous. Raises BadInput."""
    from taxi.errors import BadInput
    from taxi.registry import PREVIOUS, RETURNING

    aliases = registry.aliases()
    number = aliases.get(RETURNING, aliases.get(PREVIOUS))
    if number is None:
        raise BadInput("there is no version before this one. See what there is: python models.py")
    return number


def check(registry: "Registry", version: "Version") -> None:
    """Raise BadModel unless the version may serve: the bytes on record, a plain graph, and better than the mean."""
    from taxi.errors import BadModel

    registry.load(version)
    rmse, mean = version.metrics.get("rmse"), version.metrics.get("rmse_of_mean")
    if rmse is None or mean is None:
        raise BadModel(f"version {version.number} has no rmse on record. Train it with train.py")
    if not rmse < mean:
        raise BadModel(
            f"version {version.number} has an error of {rmse:.2f} minutes, the mean alone {mean:.2f}. Train another"
        )


def put_on_trial(registry: "Registry", number: str) -> None:
    """Move the alias challenger. Raises BadInput for the version that serves."""
    from taxi.errors import BadInput
    from taxi.registry import CHALLENGER, CHAMPION

    if registry.aliases().get(CHAMPION) == number:
        raise BadInput(f"version {number} serves already. Put another one on trial: python models.py")
    registry.point(CHALLENGER, number)
    registry.repaired()  # stages follow the aliases


def promote(registry: "Registry", number: str, back: bool = False) -> None:
    """Move the aliases, the old champion first: killed between two writes, the same command finishes the work.

    back: `number` is previous now and will not be after the first move, so where it goes is written down before.
    """
    from taxi.registry import CHALLENGER, CHAMPION, PREVIOUS, RETURNING

    aliases = registry.aliases()
    if back:
        registry.point(RETURNING, number)
    elif RETURNING in aliases:  # a --back that was killed, and is not wanted any more
        registry.point(RETURNING, None)
    serving = aliases.get(CHAMPION)
    if serving is not None and serving != number:
        registry.point(PREVIOUS, serving)
    registry.point(CHAMPION, number)
    if aliases.get(CHALLENGER) == number:
        registry.point(CHALLENGER, None)
    if back:
        registry.point(RETURNING, None)
    registry.repaired()  # stages follow the aliases


if __name__ == "__main__":
    typer.run(main)
