"""What a person can get wrong who runs a command here: told in one line that says what to do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


class Mistake(Exception):
    """Its text is one line and ends with the remedy."""


@contextmanager
def told() -> Iterator[None]:
    """A mistake within, or a file that cannot be read, becomes a line on stderr and exit code 2."""
    try:
        yield
    except (Mistake, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
