"""The lesson runs from top to bottom, and the exercise can be told from its solution."""

import subprocess
import sys
import time
from pathlib import Path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=1200)


def test_the_lesson_runs_and_ends_its_service(tmp_path: Path) -> None:
    """Every assert of the lesson holds. Its time is printed, not judged: a slow machine is no bug."""
    started = time.monotonic()
    result = run("-m", "papermill", "-k", "python3", "lesson.ipynb", str(tmp_path / "lesson.ipynb"))
    print(f"the lesson took {time.monotonic() - started:.0f} s")
    assert result.returncode == 0, result.stderr[-2000:]


def test_the_solution_is_right_and_the_empty_answer_is_not() -> None:
    solved, untouched = run("-m", "exercises.check", "solution"), run("-m", "exercises.check")
    assert solved.returncode == 0, solved.stdout + solved.stderr
    assert untouched.returncode == 1
    assert "exercises/answer.py" in untouched.stdout
