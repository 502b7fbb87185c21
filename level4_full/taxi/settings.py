"""Settings: TAXI_TRACKING_URI=... in the environment, or an option. Built in `main`, never on import."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from taxi.errors import BadInput

LEVEL = "level4-full"  # the distribution, whose version is the release
PROMOTED = "Route the riders to it: python route.py"  # what a new champion waits for


class Settings(BaseSettings):
    """Defaults suit a laptop: a registry under var/, a service on loopback."""

    model_config = SettingsConfigDict(env_prefix="TAXI_", env_ignore_empty=True, protected_namespaces=())

    state: Path = Path("var")  # the registry's database and files, when no server is named
    tracking_uri: str | None = None  # an MLflow server, as http://127.0.0.1:5000
    model_path: Path | None = None  # a graph to answer with alone, instead of what is routed
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    max_body_bytes: PositiveInt = 64 * 1024
    max_batch_bytes: PositiveInt = 512 * 1024
    token: Annotated[SecretStr, Field(min_length=16)] | None = None  # opens /trips/.../finish and /admin/follow
    clock: Literal["wall", "trips"] = "wall"  # trips: it is as late as the latest pick-up, for months lived again
    webhook: str | None = None  # where the monitor tells incidents, as JSON
    service: str | None = None  # where the service answers, as http://127.0.0.1:8000: the loop asks whether it follows
    cluster: str | None = None  # the address of a Dask scheduler: the loop's candidates are fitted there
    log: bool = True  # write down every prediction
    log_segment_bytes: PositiveInt = 32 * 1024**2
    log_bytes: PositiveInt = 2 * 1024**3  # of all segments; the oldest go first
    shadow_at: PositiveInt = 128  # questions at once, from which on the challenger is not asked about the champion's
    refuse_at: PositiveInt = 256  # ... and from which on they are refused with 503

    @property
    def serving(self) -> Path:
        """Where the service finds its routes and models, and writes its log."""
        return self.state / "serving"

    @classmethod
    def given(cls, **options: Any) -> "Settings":
        """Settings with the options that are not None on top of the environment. Raises BadInput naming a wrong one."""
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = "TAXI_" + "_".join(str(part) for part in first["loc"]).upper()
            raise BadInput(f"{name}={first['input']}: {first['msg']}. Set it right, or unset it") from None
