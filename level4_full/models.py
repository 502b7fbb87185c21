"""What there is: python models.py; two of them side by side: python models.py --compare 1 2"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from taxi.registry import Version

Save = Annotated[tuple[str, Path] | None, typer.Option(help="write a version's checked graph to a file")]
Figures = Annotated[str | None, typer.Option(help="all figures of a version, as Markdown", metavar="VERSION")]
Compare = Annotated[tuple[str, str] | None, typer.Option(help="two versions, figure by figure")]


def main(compare: Compare = None, save: Save = None, figures: Figures = None) -> None:
    """A table of all versions: stage, months, error, who and when; or of one or two with all their slices.

    A version is its number, newest, or champion.
    """
    from rich.console import Console

    from taxi import store, tracking
    from taxi.errors import told
    from taxi.registry import Registry
    from taxi.settings import Settings

    with told():
        registry = Registry(tracking.connect(Settings.given()))
        if compare is not None:
            Console().print(side_by_side(*(registry.version(number) for number in compare)))
        elif save is not None:
            number, path = save
            version = registry.version(number)
            store.save(registry.graph(version), path)
            print(f"{path}: version {version.number}")
        elif figures is not None:
            print(markdown(registry.version(figures)))
        elif versions := registry.versions():
            Console().print(overview(versions))
        else:
            print("no versions yet. Train one: python train.py")


def overview(versions: "list[Version]") -> "Table":
    """One row a version, newest first."""
    from datetime import datetime

    from rich.table import Table

    table = Table(title="trip-duration", box=None, padding=(0, 1, 0, 0))  # fits a terminal of 80 columns
    for heading in ("version", "stage", "learned from", "judged on", "RMSE", "who", "when", "commit"):
        table.add_column(heading, justify="right" if heading == "RMSE" else "left", overflow="fold")
    for one in reversed(versions):
        params, tags = one.params, one.tags
        dirty = "+" if tags.get("git_dirty") == "true" else ""  # made from files that no commit holds
        when = datetime.fromtimestamp(one.created / 1000).strftime("%m-%d %H:%M")
        months = f"{params.get('source', '?')} {params.get('train', '?')}"
        error = f"{one.metrics['rmse']:.2f}" if "rmse" in one.metrics else "?"
        commit = tags.get("git_commit", "?")[:7] + dirty
        table.add_row(
            one.number, one.stage, months, params.get("valid", "?"), error, tags.get("who", "?"), when, commit
        )
    return table


def side_by_side(first: "Version", second: "Version") -> "Table":
    """Every figure that both have, in minutes, and the difference; then the parameters in which they differ."""
    from rich.table import Table

    table = Table(title=f"version {first.number} and version {second.number}")
    for heading in ("", first.number, second.number, "difference"):
        table.add_column(heading, justify="right" if heading else "left")
    for name in sorted(set(first.metrics) & set(second.metrics)):
        one, other = first.metrics[name], second.metrics[name]
        table.add_row(name, f"{one:.3f}", f"{other:.3f}", f"{other - one:+.3f}")
    table.add_section()
    for name in sorted(set(first.params) | set(second.params)):
        set_to, and_to = first.params.get(name, "-"), second.params.get(name, "-")
        if set_to != and_to:
            table.add_row(name, set_to, and_to, "")
    return table


def markdown(version: "Version") -> str:
    """What it was made of, and every figure, in minutes where it has no other name."""
    made = ", ".join(f"{name} {version.params.get(name, '?')}" for name in ("train", "valid", "source", "seed"))
    rows = [f"| {name} | {value:,.3f} |" for name, value in sorted(version.metrics.items())]
    return "\n".join([f"## trip-duration version {version.number}", "", made, "", "| figure | |", "|---|---:|", *rows])


if __name__ == "__main__":
    typer.run(main)
