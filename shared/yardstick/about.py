"""One line that says what a file is, in its own words: how a docstring, a heading or a comment begins."""

import ast
import json
import re
import tomllib
import warnings
from pathlib import PurePosixPath

from yardstick.tree import PICTURES, is_binary, is_lock, packages

TITLE = re.compile(r"<title[^>]*>(.*?)</title>|<!--(.*?)-->", re.S | re.I)
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError, KeyError, TypeError, AttributeError)


def about(path: str, data: bytes) -> str:
    """The first line of a module's docstring, a page's first heading or title, the comment at the top of the rest.

    A pyproject's description; of a lock, how many packages it pins. Empty where a file says nothing; a picture, and
    what is no text, is called that.
    """
    if is_binary(data):
        return "binary"
    if is_lock(path):
        return f"{len(packages(data))} packages, pinned"
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        said = _said(PurePosixPath(path), text)
    except BROKEN:  # what its own reader refuses has no say
        said = ""
    first = next((line for line in said.splitlines() if line.strip()), "")
    return "".join(letter for letter in " ".join(first.split()) if letter.isprintable())


def code_cells(notebook: bytes) -> list[str]:
    """The text of a notebook's code cells; none where it is no notebook."""
    try:
        return [text for kind, text in _cells(notebook.decode("utf-8", "replace")) if kind == "code"]
    except BROKEN:
        return []


def _said(path: PurePosixPath, text: str) -> str:
    if path.suffix == ".py":
        return _docstring(text) or _comment(text)
    if path.suffix == ".ipynb":
        return next((said for kind, cell in _cells(text) if kind == "markdown" and (said := _heading(cell))), "")
    if path.suffix == ".md":
        return _heading(text)
    if path.suffix in PICTURES:
        return "a picture"
    if path.suffix == ".html":
        found = TITLE.search(text)
        return (found[1] or found[2] or "") if found else ""
    if path.suffix == ".json":
        return str(json.loads(text).get("title", ""))
    if path.name == "pyproject.toml":
        return str(tomllib.loads(text).get("project", {}).get("description", ""))
    return _comment(text)


def _docstring(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in somebody's strings
        return ast.get_docstring(ast.parse(text)) or ""


def _comment(text: str) -> str:
    """The first line of the comment that a file begins with; its #! is none."""
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith("#"):
            return ""
        if not bare.startswith("#!") and (said := bare.lstrip("#").strip()):
            return said
    return ""


def _heading(text: str) -> str:
    found = re.search(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", text, re.M)
    return found[1] if found else ""


def _cells(text: str) -> list[tuple[str, str]]:
    cells = json.loads(text)["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
