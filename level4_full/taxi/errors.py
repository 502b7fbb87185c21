"""What a user can get wrong at this level. Each message is one line and ends with what to do.

TaxiError
├── ContractViolated   the data are not what the model was made for
├── BadModel           a version that does not exist, or does not serve
│   ├── UnsafeModel    no plain graph of this contract, or not the bytes on record
│   └── OutsideParity  the graph does not answer as the pipeline does
├── NotReproduced      trained again, and something differs
├── BadRoutes          the table that says which model answers cannot be
├── BadInput           a file to predict, or to write, that cannot be used
│   └── NoAnswer       the registry is not there now
├── CannotServe        the port is taken, or a service of one's own does not answer
├── Fenced             another loop took over meanwhile
└── ClusterLost        the workers of a cluster are gone
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trips import TripsError


class TaxiError(Exception):
    """Base of all errors of this level."""

    exit_code = 2


class ContractViolated(TaxiError):
    """The data break the contract; `violations` names each one."""

    def __init__(self, where: str, violations: list[str]) -> None:
        self.where, self.violations = where, violations
        lines = "".join(f"\n  - {violation}" for violation in violations)
        super().__init__(f"{where} breaks the data contract. Look at its source before you use it:{lines}")

    @classmethod
    def of(cls, several: "list[ContractViolated]") -> "ContractViolated":
        """One error of the errors of several months: each violation says which month it is about."""
        if len(several) == 1:
            return several[0]
        violations = [f"{one.where}: {violation}" for one in several for violation in one.violations]
        return cls(", ".join(one.where for one in several), violations)

    def __reduce__(self) -> tuple[type, tuple[str, list[str]]]:
        """So that it travels from a worker to the client as what it is."""
        return type(self), (self.where, self.violations)


class BadModel(TaxiError):
    """A model version cannot be used."""


class UnsafeModel(BadModel):
    """The file is no plain graph of this contract, or not the one on record."""


class OutsideParity(BadModel):
    """The graph does not answer as the pipeline does."""


class BadRoutes(TaxiError):
    """There is no table of routes, or it asks for what cannot be."""


class NotReproduced(TaxiError):
    """Trained again from the record, and something differs; or the record cannot be followed here."""


class BadInput(TaxiError):
    """A file cannot be read, or a result cannot be written."""


class NoAnswer(BadInput):
    """The registry does not answer; later it may."""


class CannotServe(TaxiError):
    """The service cannot start, or does not answer."""


class Fenced(TaxiError):
    """This loop was stopped for so long that another one took over: what it still wanted is not done."""


class ClusterLost(TaxiError):
    """A cluster that answered has nobody left to go on: no mistake of the user, and nothing half done."""

    exit_code = 1


@contextmanager
def told() -> Iterator[None]:
    """Around a verb's work: a user's mistake becomes one line and exit code 2 (a lost cluster 1), never a traceback."""
    try:
        yield
    except (TaxiError, TripsError) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(getattr(error, "exit_code", 2)) from None
