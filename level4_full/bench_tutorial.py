"""What bench_peers.py measures beside: the server that every tutorial builds. A pipeline, and a DataFrame a request.

It fits its model when it starts, in half a second, where a tutorial opens a pickle.
"""

import socket

import numpy as np
import pandas as pd
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

import trips
from taxi.model import fit


class Trip(BaseModel):
    """The question."""

    pickup_zone: int
    dropoff_zone: int
    distance_miles: float
    pickup_at: str


def main() -> None:
    """Serve on a free port."""
    model, app = fit(trips.clean(trips.City(0).month("2021-01"))[0]), FastAPI()

    @app.post("/predict")
    def predict(trip: Trip) -> dict[str, float]:
        row = pd.DataFrame([trip.model_dump()])
        when = pd.to_datetime(row["pickup_at"])
        row["hour"], row["weekday"] = when.dt.hour, when.dt.weekday
        columns = row[["distance_miles", "pickup_zone", "dropoff_zone", "hour", "weekday"]]
        return {"duration_minutes": float(model.predict(columns.to_numpy(np.float32))[0])}

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"serving a tutorial on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()
