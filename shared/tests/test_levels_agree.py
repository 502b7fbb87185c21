"""Moving cells into modules changed no figure: level 1's notebook gets level 0's error, to nine digits."""

import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SHOW = """
import nbformat, sys
from nbclient import NotebookClient
notebook = nbformat.read("duration.ipynb", as_version=4)
notebook.cells = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
parameters = next(cell for cell in notebook.cells if cell["id"] == "parameters")
parameters["source"] += f"\\nsource, model_path = {sys.argv[1]!r}, {sys.argv[2]!r}"
notebook.cells.append(nbformat.v4.new_code_cell(sys.argv[3]))
NotebookClient(notebook, kernel_name="python3").execute()
print(notebook.cells[-1]["outputs"][0]["text"])
"""
FIGURES = {
    "level0_notebook": "print(repr(float(served_rmse)), repr(float(encoded_rmse)))",
    "level1_devops": "print(repr(served['rmse']), repr(published['rmse']))",
}


def figures(level: str, source: str, model: Path) -> list[float]:
    """The level's two errors, as served and in the published scoring, from its own notebook in its own environment."""
    command = [".venv/bin/python", "-c", SHOW, source, str(model), FIGURES[level]]
    result = subprocess.run(command, cwd=HOUSE / level, capture_output=True, text=True, timeout=12000)
    assert result.returncode == 0, result.stderr[-2000:]
    return [float(word) for word in result.stdout.split()]


@pytest.mark.slow
@pytest.mark.parametrize("source", ["city", pytest.param("tlc", marks=pytest.mark.real)])
def test_level_1_gets_the_figures_of_level_0(source: str, tmp_path: Path) -> None:
    """Both levels set up first: their notebooks run with their own packages."""
    for level in FIGURES:
        subprocess.run(["make", "-C", level, "setup"], cwd=HOUSE, check=True, capture_output=True)
    below, above = (figures(level, source, tmp_path / level) for level in FIGURES)
    assert above == pytest.approx(below, abs=1e-9)
