"""A Dockerfile as its stages and their instructions: enough to judge one, and to run its steps without an engine."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

LEVEL = Path(__file__).parents[1]
TEXT = (LEVEL / "Dockerfile").read_text()


@dataclass(frozen=True)
class Stage:
    """FROM base AS name, and what follows, in order: ("RUN", "python -m venv ..."), ..."""

    base: str
    name: str
    steps: list[tuple[str, str]]

    def all(self, instruction: str) -> list[str]:
        return [words for known, words in self.steps if known == instruction]

    def one(self, instruction: str) -> str:
        (words,) = self.all(instruction)
        return words

    def pairs(self, instruction: str) -> dict[str, str]:
        """ENV and LABEL: a=1 b="two words"."""
        return dict(word.split("=", 1) for words in self.all(instruction) for word in shlex.split(words))


def stages(text: str) -> list[Stage]:
    """Comments go, lines that end with a backslash go on."""
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    found: list[Stage] = []
    for line in filter(str.strip, lines):
        instruction, words = line.split(maxsplit=1)
        if instruction == "FROM":
            base, _, name = re.fullmatch(r"(\S+)( AS (\S+))?", words).groups(default="")
            found.append(Stage(base, name, []))
        else:
            found[-1].steps.append((instruction, words.strip()))
    return found


def exec_form(words: str) -> list[str]:
    """CMD ["taxi-serve"]: a list of words. Raises ValueError for a line that a shell would read."""
    return json.loads(words)


def health(stage: Stage) -> list[str]:
    return exec_form(stage.one("HEALTHCHECK").split(" CMD ", 1)[1])


def copied(stage: Stage) -> list[str]:
    """What a stage takes from the context: paths from the root of the course."""
    return [word for words in stage.all("COPY") if "--from" not in words for word in words.split()[:-1]]
