"""Every lock is one that pip takes, is in step with its pyproject, and agrees with every other lock."""

import re
import tomllib
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECTS = sorted([ROOT / "shared/pyproject.toml", *ROOT.glob("level[0-9]_*/pyproject.toml")])
LOCKS = sorted([ROOT / "shared/requirements.txt", *ROOT.glob("level[0-9]_*/requirements*.txt")])
ENTRY = re.compile(r"(?P<requirement>[^\\]+?)(?P<hashes>( \\\n    --hash=sha256:[0-9a-f]{64})+)")
PLACES = [
    default_environment() | {"python_version": version, "python_full_version": f"{version}.7", "sys_platform": system,
                             "platform_system": name, "platform_machine": machine}
    for version, (system, name, machine) in product(
        ("3.11", "3.12", "3.13"), (("linux", "Linux", "x86_64"), ("darwin", "Darwin", "arm64"))
    )
]  # fmt: skip


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def entries(path: Path) -> list[str]:
    """A lock's entries, each with the lines that continue it; comments and empty lines left out."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def pins(path: Path, place: dict[str, str]) -> dict[str, str]:
    """What the lock installs at a place: package to version."""
    found = [Requirement(ENTRY.fullmatch(entry)["requirement"]) for entry in entries(path)]
    here = [one for one in found if one.marker is None or one.marker.evaluate(place)]
    versions = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in here}
    assert len(versions) == len(here), f"{name(path)} names a package twice for {place['python_version']}"
    return versions


def asked(path: Path, group: str | None = None) -> list[str]:
    """The dependencies that a pyproject names: its own, or those of a group and of the groups in it."""
    project = tomllib.loads(path.read_text())
    if group is None:
        return project["project"]["dependencies"]
    items = project["dependency-groups"][group]
    plain = [item for item in items if isinstance(item, str)]
    return plain + [one for item in items if isinstance(item, dict) for one in asked(path, item["include-group"])]


@pytest.mark.parametrize("path", LOCKS, ids=name)
def test_a_lock_is_pinned_and_hashed_line_by_line(path):
    """`pip install --require-hashes` takes it: no index, no option, no path, no address, nothing editable."""
    for entry in entries(path):
        match = ENTRY.fullmatch(entry)
        assert match, f"not a pinned and hashed package: {entry[:100]}"
        requirement = Requirement(match["requirement"])
        assert requirement.url is None
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier))


@pytest.mark.parametrize("path", LOCKS, ids=name)
def test_a_lock_names_no_address_and_no_folder_of_a_machine(path):
    """Where it was resolved is nobody's business, not even in a comment: the same lock comes out everywhere."""
    assert not re.search(r"://|--(extra-)?index|--find-links|(^|\s)/", path.read_text())


@pytest.mark.parametrize("path", PYPROJECTS, ids=name)
def test_a_lock_is_in_step_with_its_pyproject(path):
    """Every dependency of the folder and of shared/, which is installed beside it, is there in a version that fits."""
    own, dev, ours = asked(path), asked(path, "dev"), asked(ROOT / "shared/pyproject.toml")
    wants = {path.parent / "requirements.txt": own + dev + ours, path.parent / "requirements-image.txt": own + ours}
    assert path.parent / "requirements.txt" in LOCKS, "run: make lock"
    for lock, place in product((lock for lock in wants if lock in LOCKS), PLACES):
        have = pins(lock, place)
        for want in map(Requirement, wants[lock]):
            if want.name != "taxi-shared" and (want.marker is None or want.marker.evaluate(place)):
                version = have.get(canonicalize_name(want.name))
                assert version, f"{name(lock)} lacks {want}, run: make lock"
                assert want.specifier.contains(version), f"{name(lock)} has {want.name} {version}, run: make lock"


def test_a_package_has_the_same_version_in_every_lock():
    """One resolution feeds them all: what a learner sees at one level holds at the next."""
    for place in PLACES:
        versions = defaultdict(lambda: defaultdict(list))
        for path in LOCKS:
            for package, version in pins(path, place).items():
                versions[package][version].append(name(path))
        apart = {package: dict(found) for package, found in versions.items() if len(found) > 1}
        assert not apart, "run: make lock"
