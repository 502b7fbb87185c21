"""make release-check: build wheel and sdist, install them alone, serve, predict once, stop. A line a step.

python release_check.py --tag level1-v0.1.0  see first that the tag, the version and CHANGELOG.md agree
python release_check.py --image taxi-level1  serve from this container image instead, with a read-only root
"""

import argparse
import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from release_notes import HERE, NotReleasable, of_tag, project
from release_serve import MODEL, free_port, predict_file, run, serve, step

SHARED, DIST, LOCK = HERE.parent / "shared", HERE / "dist", HERE / "requirements-image.txt"


def main() -> int:
    top = argparse.ArgumentParser(description="Build, install alone, serve, predict once, stop.")
    top.add_argument("--tag", help="the tag to release, as in level1-v0.1.0")
    top.add_argument("--image", help="check this container image instead of the packages")
    asked = top.parse_args()
    try:
        if asked.tag is not None:
            of_tag(asked.tag)
        if not MODEL.is_file():
            raise NotReleasable(f"there is no var/{MODEL.name} to serve. Make one: make model")
        with tempfile.TemporaryDirectory(prefix="release.") as place:
            if asked.image:
                check_image(asked.image, Path(place))
            else:
                check_packages(Path(place))
    except (NotReleasable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def check_packages(place: Path) -> None:
    """From sources to an answer; all that was installed runs in an empty folder, where nothing here can help it."""
    venv, empty, port = place / "venv", place / "empty", free_port()
    empty.mkdir()
    with step("build", "wheel and sdist of the level and of shared/, into dist/"):
        build()
    with step("install", f"{LOCK.name} and the wheels, into a fresh environment"):
        install(venv)
    minutes = serve(port, empty, venv / "bin/taxi-serve", "--port", str(port), "--model", MODEL)
    with step("predict", "a file with the same trip: the same minutes"):
        predict_file(empty, venv / "bin/taxi-predict", minutes)


def check_image(image: str, place: Path) -> None:
    """The same service in a container that may write nowhere and has no rights."""
    port = free_port()
    rights = ("--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    serve(port, place, "docker", "run", *rights, f"--publish=127.0.0.1:{port}:8000",
          f"--volume={MODEL}:/models/{MODEL.name}:ro", image)  # fmt: skip


def build() -> None:
    """Into dist/, with the tools of this environment and without a network; each says its version inside."""
    shutil.rmtree(DIST, ignore_errors=True)  # the image takes every wheel that lies here
    for folder in (HERE, SHARED):
        run(sys.executable, "-m", "hatchling", "build", "-d", DIST, cwd=folder)
        name, version = project(folder).values()
        stem = f"{name.replace('-', '_')}-{version}"
        wheel, sdist = DIST / f"{stem}-py3-none-any.whl", DIST / f"{stem}.tar.gz"
        with zipfile.ZipFile(wheel) as whole, tarfile.open(sdist) as tar:
            info = tar.extractfile(f"{stem}/PKG-INFO")
            for text in (whole.read(f"{stem}.dist-info/METADATA"), info.read() if info else b""):
                if f"\nVersion: {version}\n".encode() not in text:
                    raise NotReleasable(f"{stem} does not say its version inside: look at [project] in {folder.name}")


def install(venv: Path) -> None:
    """The runtime lock by its hashes, from the cache when that has all; then the wheels and nothing else."""
    own = SHARED / ".uv/bin/uv"
    uv = str(own) if own.exists() else "uv"
    run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=HERE)
    pip = (uv, "pip", "install", "--quiet", "--python", venv / "bin/python")
    try:
        run(*pip, "--require-hashes", "-r", LOCK, "--offline", cwd=HERE)
    except NotReleasable:
        run(*pip, "--require-hashes", "-r", LOCK, cwd=HERE, remedy="(is there a network?)")
    run(*pip, "--offline", "--no-deps", *DIST.glob("*.whl"), cwd=HERE)
    run(uv, "pip", "check", "--quiet", "--python", venv / "bin/python", cwd=HERE, remedy="Lock again: make lock")


if __name__ == "__main__":
    sys.exit(main())
