"""The files that deploy the service, as they are read, and ways into them."""

import re
import tomllib
from typing import Any

import yaml
from dockerfile import LEVEL, TEXT, stages

IMAGE = stages(TEXT)[-1]
PORT = int(IMAGE.pairs("ENV")["TAXI_PORT"])
RELEASE = tomllib.loads((LEVEL / "pyproject.toml").read_text())["project"]["version"]
FILES = {path.stem: yaml.safe_load(path.read_text()) for path in LEVEL.glob("kubernetes/*.yaml")}
FILES |= {path.stem: yaml.safe_load(path.read_text()) for path in (LEVEL / "compose.yaml", LEVEL / "prometheus.yml")}


def at(files: Any, path: str) -> Any:
    """What a path like "service.spec.ports.0.port" leads to; None when there is nothing."""
    for key in path.split("."):
        files = (files[int(key)] if isinstance(files, list) else files.get(key)) if files else None
    return files


def put(files: Any, path: str, value: Any) -> None:
    """Write a value there; of None, take away what is there."""
    inside, _, last = path.rpartition(".")
    place = at(files, inside)
    if value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value


def pod(files: Any, path: str = "") -> Any:
    return at(files, f"statefulset.spec.template{path}")


def containers(files: Any) -> list[Any]:
    """All that a pod runs."""
    return pod(files, ".spec.containers") + (pod(files, ".spec.initContainers") or [])


def named(image: str) -> tuple[str, str]:
    """A reference's name and version, without the digest; of ${NAME:-reference} the default's."""
    name, _, version = re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", image).split("@")[0].rpartition(":")
    return name, version


def answered() -> set[str]:
    """The paths that can be got: @app.get("/health") and the like, anywhere in the service's code."""
    paths = [*LEVEL.glob("*.py"), *(path for path in LEVEL.glob("*/*.py") if path.parent.name != "tests")]
    code = "".join(path.read_text() for path in paths)
    return set(re.findall(r'(?:@\w+\.get|route)\(\s*"(/\w+)"', code, re.IGNORECASE))
