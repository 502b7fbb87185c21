"""Break it: the cells of duration.ipynb in another order. Another number, and no error.

Usage: python out_of_order.py [city|tlc]
"""

import sys
from collections.abc import Sequence

import nbformat
from nbclient import NotebookClient

TOP_TO_BOTTOM = ("parameters", "guard", "load", "features", "recipe", "rows-served", "fit-served", "score-served")
MIX = ("rows-published", "score-served")  # scroll up, look at the published rows again, score once more


def outputs(orders: Sequence[Sequence[str]], source: str = "city") -> list[str]:
    """For each order of cell names: run the notebook top to bottom, then those cells; what the last of them printed.

    Only the cells that make the figure are run, all in one kernel. Raises KeyError for a cell that does not exist.
    """
    notebook = nbformat.read("duration.ipynb", as_version=4)
    cells = {cell["id"]: cell for cell in notebook.cells if cell["cell_type"] == "code"}
    cells["parameters"]["source"] += f"\nsource = {source!r}"
    client = NotebookClient(notebook, kernel_name="python3")
    printed = []
    with client.setup_kernel():
        for order in orders:
            for name in (*TOP_TO_BOTTOM, *order):
                result = client.execute_cell(cells[name], notebook.cells.index(cells[name]))
            printed.append("".join(output.get("text", "") for output in result["outputs"]).strip())
    return printed


def main() -> None:
    in_order, out_of_order = outputs([(), MIX], *sys.argv[1:2])
    print(f"top to bottom:                          {in_order}")
    print(f"then {' and '.join(MIX)} again: {out_of_order}")
    print("No error, no warning: the model was fitted on one kind of rows and scored on another.")


if __name__ == "__main__":
    main()
