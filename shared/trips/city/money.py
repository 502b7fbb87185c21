"""What a ride costs and how it is paid. No model uses it; monitors and rules of data quality do."""

import numpy as np

from trips.city.dirt import Records
from trips.city.map import MANHATTAN, Floats, streets
from trips.city.rides import Rides


def money(rides: Rides, records: Records) -> dict[str, Floats]:
    """Columns of TLC's schema: the amounts in dollars, their total, and payment_type (refunds are negative)."""
    u, app = rides.u, rides.app
    refund, card = ~app & (u["refund"] < 0.0035), u["card"] < 0.604
    sign = np.where(refund, -1.0, 1.0)
    in_town = streets().borough[rides.drop] == MANHATTAN
    fare = _fare(rides, records)
    amounts = {
        "fare_amount": fare,
        "extra": np.where(app, 2.75 * (u["app_extra"] < 0.38), _late(rides)),
        "mta_tax": 0.5 * ~app,
        "tip_amount": np.where(app, 2.75 * (u["app_tip"] < 0.58), 0.2 * fare * card * (u["v"] < 0.8)),
        "tolls_amount": 6.12 * (u["toll"] < np.where(app, 0.13, 0.045)),
        "improvement_surcharge": np.full(len(app), 0.3),
        "congestion_surcharge": np.where(app, 0, 2.75 * (in_town & (u["congestion"] < 0.6))),
    }
    columns = {name: np.round(sign * amount, 2) for name, amount in amounts.items()}
    columns["total_amount"] = np.round(np.sum(list(columns.values()), axis=0), 2)
    columns["payment_type"] = np.select([refund, card], [3.0, 1.0], 2.0)
    return columns


def _fare(rides: Rides, records: Records) -> Floats:
    minutes = np.clip(records.minutes, 0, 180)
    quoted = 14 + 1.7 * rides.miles + 0.12 * minutes + 5 * rides.z["fare"].clip(-1.5, 3)
    return np.where(rides.app, quoted, np.rint(2 * (1.9 + 2.1 * rides.miles + 0.33 * minutes)) / 2)


def _late(rides: Rides) -> Floats:
    """The meter's extra: a dollar in the evening rush of weekdays, a half at night."""
    hour, weekend = rides.hour, rides.weekday > 4
    return np.where((hour >= 16) & (hour < 20) & ~weekend, 1.0, 0.5 * ((hour > 19) | (hour < 6)))
