"""A month of the simulated city as a file, in the very types of TLC's own months of its time (schema A)."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trips.city import Incident
from trips.errors import BadName
from trips.part import part_of
from trips.schema import INTEGER, LATER, SCHEMA
from trips.sources import City

DIFFERENT = {"VendorID": INTEGER, "ehail_fee": pa.null()}  # from the frame that all years are brought to
SCHEMA_A = pa.schema([pa.field(f.name, DIFFERENT.get(f.name, f.type)) for f in SCHEMA if f.name not in LATER])


def simulate(month: str, out: Path, seed: int = 0, incidents: Sequence[Incident] = (), force: bool = False) -> int:
    """Write a month to `out` and return its rows: whole or not at all, the same bytes for the same seed.

    Raises BadName or MonthUnavailable for what cannot be simulated, BadName for a folder that does not exist or a file
    that does (unless forced), DownloadFailed when the disk refuses.
    """
    if not out.parent.is_dir():
        raise BadName(f"no folder {out.parent}. Make it first: mkdir -p {out.parent}")
    if out.is_dir():
        raise BadName(f"{out} is a folder. Name a file in it: --out {out / 'month.parquet'}")
    if out.exists() and not force:
        raise BadName(f"{out} is there already. Add --force to replace it, or choose another name")
    frame = City(seed, incidents).month(month).assign(ehail_fee=None)
    table = pa.Table.from_pandas(frame, schema=SCHEMA_A, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    with part_of(out) as part:
        try:
            part.clear()
            part.append(sink.getvalue())
        except BaseException:
            part.clear()  # half a month is of no use: unlike a download, it does not resume
            raise
        part.publish()
    return len(table)
