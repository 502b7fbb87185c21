"""What a user can get wrong at this level. Each message is one line and ends with what to do.

TaxiError
├── ContractViolated   the data are not what the model was made for
├── BadModel           model.pkl is missing, damaged, or made by other library versions
├── BadInput           a file to predict, or to write, that cannot be used
└── CannotServe        the port is taken
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trips import TripsError


class TaxiError(Exception):
    """Base of all errors of this level."""


class ContractViolated(TaxiError):
    """The data break the contract; `violations` names each one."""

    def __init__(self, where: str, violations: list[str]) -> None:
        self.violations = violations
        lines = "".join(f"\n  - {violation}" for violation in violations)
        super().__init__(f"{where} breaks the data contract. Look at its source before you use it:{lines}")


class BadModel(TaxiError):
    """The model file cannot be used."""


class BadInput(TaxiError):
    """A file cannot be read, or a result cannot be written."""


class CannotServe(TaxiError):
    """The service cannot start."""


@contextmanager
def told() -> Iterator[None]:
    """Around a verb's work: a user's mistake becomes one line and exit code 2, never a traceback."""
    try:
        yield
    except (TaxiError, TripsError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
