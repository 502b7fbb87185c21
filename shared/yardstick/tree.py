"""A level as it lies on disk: which folder is meant, which files belong to it, and what each of them is for."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from carry.levels import is_ignored, level_folders
from yardstick.mistakes import Mistake

Tree = dict[str, bytes]  # a level's files by path inside the level

VERBS, TESTS, LESSON, REST, LOCKS = "verbs", "tests", "lesson and exercises", "the rest", "locks"
UNCOUNTED = (TESTS, LESSON, LOCKS)
PICTURES = (".svg", ".png", ".jpg", ".gif")


def levels_in(root: Path) -> list[Path]:
    """The levels' folders in `root`, lowest first. Raises Mistake where there are none."""
    if folders := level_folders(root):
        return folders
    raise Mistake(f"no level folders (level0_..., level1_...) in {root}. Name the folder above them: --root DIR")


def level_called(word: str, folders: Sequence[Path]) -> Path:
    """The one of `folders` that is meant by its number ("2", "level2") or its name. Raises Mistake: none, or two."""
    name = Path(word).name  # without the slash that a shell completes
    wanted = name if name.startswith("level") else f"level{name}"
    found = [folder for folder in folders if wanted in (folder.name, folder.name.split("_")[0])]
    if len(found) == 1:
        return found[0]
    why = f"{len(found)} levels are called" if found else "no level is called"
    raise Mistake(f"{why} {word!r}. Choose one of: {', '.join(folder.name for folder in found or folders)}")


def read(folder: Path) -> Tree:
    """A level's files: those that git tracks, as they are now; where git tracks none, all but what is generated."""
    paths = _tracked(folder) or _written(folder)
    return {path: (folder / path).read_bytes() for path in sorted(paths) if (folder / path).is_file()}


def group_of(path: str) -> str:
    """What a file of a level is for: a verb at its top, a room of taxi/ (by its folder), tests, lesson, lock or rest.

    README.md, lesson.ipynb, exercises/ and pictures are the lesson. A notebook at the top is a verb: it is run.
    """
    place = PurePosixPath(path)
    top = place.parts[0] if len(place.parts) > 1 else ""
    if top == "tests" or place.stem.endswith("_test"):
        return TESTS
    if top == "exercises" or path in ("README.md", "lesson.ipynb") or place.suffix in PICTURES:
        return LESSON
    if is_lock(path):
        return LOCKS
    if top == "taxi":
        return str(place.parent)
    return VERBS if not top and place.suffix in (".py", ".ipynb") else REST


def is_lock(path: str) -> bool:
    """requirements.txt, and the image's."""
    return path.startswith("requirements") and path.endswith(".txt")


def is_counted(path: str) -> bool:
    """Whether its lines count as the level's own: not in tests, lessons and locks."""
    return group_of(path) not in UNCOUNTED


def rank(group: str) -> tuple[int, str]:
    """Sorts groups in reading order: verbs, rooms, tests, lesson, the rest, locks."""
    order = {VERBS: 0, TESTS: 2, LESSON: 3, REST: 4, LOCKS: 5}
    return order.get(group, 1), group


def is_binary(data: bytes) -> bool:
    """As git decides it: a zero byte near the beginning."""
    return b"\0" in data[:8000]


def packages(lock: bytes) -> set[str]:
    """The names of the packages that a lock pins."""
    lines = lock.decode("utf-8", "replace").splitlines()
    return {line.split("==")[0].strip() for line in lines if line[:1].isalnum() and "==" in line}


def _tracked(folder: Path) -> list[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}  # a hook's own settings
    command = ["git", "-C", str(folder), "ls-files", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, env=env, check=False)
    except OSError:
        return []
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _written(folder: Path) -> list[str]:
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_ignored(name)]  # in place: .venv is never entered
        found += [Path(here, name).relative_to(folder).as_posix() for name in names if not is_ignored(name)]
    return found
