"""Print what the last cell of an executed notebook printed: python last_words.py var/duration.ipynb"""

import json
import sys
from pathlib import Path


def last_words(notebook: Path) -> str:
    cell = json.loads(notebook.read_text())["cells"][-1]
    return "".join(text for output in cell["outputs"] for text in output.get("text", []))


if __name__ == "__main__":
    print(last_words(Path(sys.argv[1])), end="")
