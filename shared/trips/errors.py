"""What can go wrong with trips. Every message ends with what to do about it.

TripsError
├── BadName           a month, source or incident that is not one
├── MonthUnavailable  no such month here (or published)
├── BadFile           a file that is there and cannot be used
│   ├── NotParquet    not parquet at all, or cut short
│   ├── BadColumn     a column missing, renamed, or of a type that cannot be meant
│   ├── EmptyMonth    no rows
│   └── WrongMonth    rows of another month than the name says
└── DownloadFailed    the network, the server, or the disk
"""


class TripsError(Exception):
    """Base of all errors of this package; its text is one line for a person."""


class BadName(TripsError):
    """A month, a source or an incident that does not exist."""


class MonthUnavailable(TripsError):
    """The month is not in the folder, or not published."""


class BadFile(TripsError):
    """A file that exists and cannot be used as a month of trips."""


class NotParquet(BadFile):
    """Not parquet, or cut short."""


class BadColumn(BadFile):
    """A needed column is missing, renamed, or has a type that cannot be meant."""


class EmptyMonth(BadFile):
    """A month without a row."""


class WrongMonth(BadFile):
    """Most rows belong to another month than the file's name says."""


class DownloadFailed(TripsError):
    """The network, the server or the disk refused."""
