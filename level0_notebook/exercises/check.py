"""Check an answer to the exercise: python -m exercises.check [answer|solution]. Exit code 0 when it is right."""

import importlib
import sys

from exercises.solution import ORDER as COLLEAGUE
from out_of_order import outputs


def main(name: str = "answer") -> int:
    order = importlib.import_module(f"exercises.{name}").ORDER
    try:
        in_order, colleague, yours = outputs([(), COLLEAGUE, order])
    except KeyError as error:
        print(f"exercise: the notebook has no cell called {error}. Write names from exercises/README.md")
        return 2
    print(f"top to bottom:  {in_order}\ncolleague:      {colleague}\nyour order:     {yours}")
    right = yours == colleague
    print("Right: the same figure." if right else "Not yet: edit exercises/answer.py and run: make exercise")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
