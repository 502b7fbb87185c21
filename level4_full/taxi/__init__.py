"""The taxi trip model: features, model, checks, and what a service needs around them."""

import os

# Before anything is imported: these libraries report home what they are used for, unless told not to.
for name in ("ORT_DISABLE_TELEMETRY", "MLFLOW_DISABLE_TELEMETRY"):
    os.environ.setdefault(name, "true")
