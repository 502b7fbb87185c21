"""The steps of the image, run here without an engine: they end in a service that writes nothing but its own /state.

pip's commands are done by uv, from what setup left in its cache, which is wheels and not what an index says of them:
so the lock is installed as it stands, and `pip check` finds what it lacks. The rest runs as it is written.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dockerfile import TEXT, exec_form, health, stages
from release_place import NAME, TRIP, Place, own_uv
from release_serve import ask, free_port, start, stop

_, BUILD, LAST = stages(TEXT)
PYTHON = """\
#!/bin/sh
case "$*" in
"-m venv "*) exec "{python}" "$@" ;;
"-m pip --python "*" install --require-hashes "*) into=$4; shift 5; set -- install --no-deps --python "$into" "$@" ;;
"-m pip --python "*) into=$4 verb=$5; shift 5; set -- "$verb" --python "$into" "$@" ;;
*) echo "no step of this image: $*" >&2; exit 64 ;;
esac
exec "{uv}" pip --offline "$@"
"""
pytestmark = [pytest.mark.slow, pytest.mark.each_level]


@dataclass(frozen=True)
class Image:
    """opt/taxi, build, models and state below root are what /opt/taxi, /build, /models and /state are in the image."""

    root: Path

    def here(self, text: str) -> str:
        return re.sub(r"(?<!\w)/(opt/taxi|build|models|state)\b", rf"{self.root}/\1", text)

    def run(self, command: str) -> None:
        """A RUN step, with `python` as in the build stage and nothing else of this shell."""
        env = {"PATH": f"{self.root}/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
        done = subprocess.run(["sh", "-c", self.here(command)], env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stderr[-2000:]}"

    def started(self, port: int, *command: str) -> list[str]:
        """A command of the image: its environment and not one variable more, no rights that root has over others."""
        env = {name: self.here(value) for name, value in LAST.pairs("ENV").items()} | {"TAXI_PORT": str(port)}
        env["PATH"] = env["PATH"].replace("$PATH", "/usr/bin:/bin")
        return ["env", "-i", *(f"{name}={value}" for name, value in env.items()), *without_rights(), *command]

    def kept(self) -> dict[Path, tuple[int, int]]:
        """Size and time of change of everything that it may not write to."""
        files = [path for path in self.root.rglob("*") if self.root / "state" not in (path, *path.parents)]
        return {path: (path.lstat().st_size, path.lstat().st_mtime_ns) for path in files}


def without_rights() -> list[str]:
    """For root, who could write into a folder that nobody may write to."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def image(tmp_path_factory, model_file) -> Iterator[Image]:
    """Built as the Dockerfile says, with the wheels of a copy and a model in /models; then nothing can be written."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("setpriv, to run as less than root: apt-get install -y util-linux")
    place = Place(tmp_path_factory.mktemp("clone")).build().with_model(model_file)
    assert place.run("-c", "import release_check; release_check.build()").returncode == 0
    image = Image(tmp_path_factory.mktemp("image"))
    for folder in ("bin", "build", "opt", "models"):
        (image.root / folder).mkdir()
    python = image.root / "bin/python"
    python.write_text(PYTHON.format(python=sys.executable, uv=own_uv()))
    python.chmod(0o755)
    for instruction, words in BUILD.steps:
        if instruction == "RUN":
            image.run(words)
        elif instruction == "COPY":
            source, target = words.split()
            for path in place.root.glob(source):
                shutil.copy(path, image.here(target))
    shutil.copy(model_file, image.root / "models")
    folders = [path for path in image.kept() if path.is_dir() and not path.is_symlink()]
    for path in folders:  # of the files some are the cache's own: they keep their modes
        path.chmod(0o555)
    yield image
    for path in folders:
        path.chmod(0o755)


def test_the_image_serves_from_a_root_that_cannot_be_written_to(image):
    """Started by CMD with no HOME, found healthy by HEALTHCHECK, asked once, stopped; not a file has changed."""
    before, port = image.kept(), free_port()
    nothing = subprocess.run(image.started(port, "touch", image.here("/opt/taxi/x")), capture_output=True)
    assert nothing.returncode != 0
    sick = subprocess.run(image.started(port, *health(LAST)), capture_output=True)
    assert sick.returncode != 0
    process = start(port, image.root / "models", *image.started(port, *exec_form(LAST.one("CMD"))))
    try:
        well = subprocess.run(image.started(port, *health(LAST)), capture_output=True, text=True)
        assert (well.returncode, well.stderr) == (0, "")
        assert 1 < float(re.search(r'"duration_minutes":([\d.]+)', ask(port, "/predict", TRIP))[1]) < 60
    finally:
        stop(process)
    assert image.kept() == before


def test_the_image_has_no_pip_no_tests_and_no_notebooks(image):
    """What the last stage takes over is what the lock names, our two packages, and Python."""
    site = next((image.root / "opt/taxi/lib").glob("python3*/site-packages"))
    assert not list(site.glob("pip*"))
    assert not list(site.glob("hatchling*"))
    assert not list(site.glob("jupyter*"))
    assert not (site / "tests").exists()
    assert {path.name.split("-")[0] for path in site.glob("*.dist-info")} >= {
        NAME.replace("-", "_"),
        "taxi_shared",
        "fastapi",
    }
