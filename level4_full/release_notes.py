"""What CHANGELOG.md says of the version that a tag releases: python release_notes.py level1-v0.1.0

Needs nothing but Python. Tag, version and CHANGELOG.md must agree: exit code 2 with a line that says what to do.
"""

import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHANGELOG = HERE.parent / "CHANGELOG.md"


class NotReleasable(Exception):
    """What would be released does not work, or is not what the tag says; the message is one line with the remedy."""


def project(folder: Path) -> dict[str, str]:
    """Name and version of the package in `folder`, from the one place where they are written."""
    table = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"name": table["name"], "version": table["version"]}


def notes(tag: str, name: str, version: str, changelog: str) -> str:
    """The text under "## level1 0.1.0 (2026-08-30)", up to the next "## ". Raises NotReleasable, as said above.

    name: of the distribution; what stands before its first "-" is the level.
    """
    level = name.split("-")[0]
    if tag != f"{level}-v{version}":
        remedy = f"tag {level}-v{version}, or change the version there first"
        raise NotReleasable(f"the tag {tag} is not the version in pyproject.toml, {version}: {remedy}")
    heading = rf"^## {level} {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)[ \t]*$"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        remedy = f"write what changed under the heading ## {level} {version} (YYYY-MM-DD)"
        raise NotReleasable(f"CHANGELOG.md says nothing of {level} {version}: {remedy}")
    return found[1].strip()


def of_tag(tag: str) -> str:
    """notes() of this level and the course's CHANGELOG.md."""
    text = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.is_file() else ""
    return notes(tag, **project(HERE), changelog=text)


def main(words: list[str]) -> int:
    if len(words) != 1:
        print("error: name one tag: python release_notes.py level1-v0.1.0", file=sys.stderr)
        return 2
    try:
        print(of_tag(words[0]))
    except NotReleasable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
