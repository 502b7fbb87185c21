"""Settings: TAXI_TRACKING_URI=... in the environment, or an option. Built in `main`, never on import."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PositiveInt, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from taxi.errors import BadInput

LEVEL = "level2-training"  # the distribution, whose version is the release
PROMOTED = "Services take it when they start: python serve.py"  # what a new champion waits for


class Settings(BaseSettings):
    """Defaults suit a laptop: a registry under var/, a service on loopback."""

    model_config = SettingsConfigDict(env_prefix="TAXI_", protected_namespaces=())

    state: Path = Path("var")  # the registry's database and files, when no server is named
    tracking_uri: str | None = None  # an MLflow server, as http://127.0.0.1:5000
    model_path: Path | None = None  # a graph to answer with, instead of the registry's champion
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    max_body_bytes: PositiveInt = 64 * 1024
    max_batch_bytes: PositiveInt = 512 * 1024

    @classmethod
    def given(cls, **options: Any) -> "Settings":
        """Settings with the options that are not None on top of the environment. Raises BadInput naming a wrong one."""
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = "TAXI_" + "_".join(str(part) for part in first["loc"]).upper()
            raise BadInput(f"{name}={first['input']}: {first['msg']}. Set it right, or unset it") from None
