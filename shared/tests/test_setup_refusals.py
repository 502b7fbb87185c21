"""Where setup.sh cannot go on, it says in one line what to do, and exits with 2."""

import shutil
import subprocess
from contextlib import contextmanager, suppress

import pytest
from setup_place import Place, need

FULL = "No space left on device (os error 28)"


@pytest.fixture
def place(tmp_path):
    """No Python, no uv: a test puts in what it is about."""
    return Place(tmp_path / "with a space").build()


def refusal(result) -> str:
    """The one line that says what to do."""
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("setup: ")]
    assert result.stderr.endswith(f"{line}\n")
    return line


def only_line(result) -> str:
    """The one line, and not a word beside it."""
    line = refusal(result)
    assert result.stderr == f"{line}\n"
    return line


def test_no_python(place):
    line = only_line(place.setup())
    assert line == (
        "setup: Python 3.11, 3.12 or 3.13 is needed (found: none): "
        "install one, or name it: make setup PYTHON=python3.12"
    )


def test_too_old_a_python(place):
    """What was found is named."""
    place.program("python3", '[ "$1" = --version ] && echo "Python 3.8.10" || echo False')
    assert "is needed (found: Python 3.8.10): install one" in only_line(place.setup())


@pytest.mark.parametrize("name", ["python9.99", "true", "python3.8"])
def test_the_named_python_is_not_one_that_fits(place, name):
    """Not there, no Python at all (it says yes to everything), or too old; another that fits does not step in."""
    place.python()
    place.program("true", "exit 0")
    place.program("python3.8", "echo False")
    line = only_line(place.setup(PYTHON=name))
    assert line.startswith(f"setup: PYTHON={name} is not Python 3.11, 3.12 or 3.13: name one that is, as in: make")


@pytest.mark.parametrize(("user", "command"), [("0", "apt-get"), ("1000", "sudo apt-get")])
def test_neither_pip_nor_venv(place, user, command):
    """As on a bare Debian: the line to paste, with sudo only where it is needed."""
    place.python('case "$1 $2" in "-m pip" | "-m venv") echo "No module named $2" >&2; exit 1 ;; esac')
    place.program("id", f"echo {user}")
    line = only_line(place.setup())
    assert line.endswith(f"run: {command} install -y --no-install-recommends python3-pip")


@pytest.mark.parametrize("has_uv", [False, True])
def test_no_network(place, has_uv):
    """Neither for uv itself nor for the packages; nothing half-made is left behind."""
    place.python().no_network()
    if has_uv:
        place.own_uv()
    else:
        need("pip", "python3-pip")
    line = only_line(place.setup())
    assert line.startswith("setup: packages are missing and the package index does not answer: connect to a network")
    assert (place.root / "shared/.uv").exists() == has_uv
    assert not (place.level / ".venv/stamp").exists()


@pytest.mark.parametrize("step", ["venv", "pip sync", "pip install"])
def test_a_full_disk_is_told_from_uv_s_own_words(place, step):
    """At whichever step it runs full; the network is not blamed, and not asked for more."""
    says = f'case "$1 $2" in "{step}"* | "{step} "*) echo "error: failed to copy: {FULL}" >&2; exit 1 ;; esac'
    place.python().system_uv(f"{says}\nmkdir -p .venv/bin")
    line = only_line(place.setup())
    assert line.startswith("setup: the disk is full: free about 3000 MB on the disk of ")
    assert str(place.level) in line
    assert not (place.level / ".venv/stamp").exists()


def test_a_really_full_disk(place):
    """Eight megabytes, where mounting is allowed: even the log of what went wrong cannot be written."""
    place.python().own_uv()
    with small_disk(place):
        line = only_line(place.setup(TMPDIR=str(place.level)))
    assert line.startswith("setup: the disk is full")


def fill(path):
    with suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@contextmanager
def small_disk(place):
    """The level on a disk of its own, filled to the last byte; without the right to mount, a uv that meets one."""
    files = [path.name for path in place.level.iterdir() if path.is_file()]
    disk = place.root / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        place.system_uv(f'echo "error: {FULL}" >&2; exit 1')
        yield
        return
    try:
        for name in files:
            shutil.copy(place.level / name, disk)
        place.level.rename(place.root / "before")
        place.level.symlink_to(disk)
        fill(disk / "fill")
        yield
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_cannot_be_written_at_all(place):
    """The first thing that is needed is a place for the log."""
    line = only_line(place.setup(TMPDIR=str(place.root / "nowhere")))
    assert "nowhere: free some space there, or name another folder: export TMPDIR=" in line


@pytest.mark.parametrize("words", ["invalid peer certificate: UnknownIssuer, client error (Connect)", "who knows"])
def test_any_other_failure_is_shown(place, words):
    """A certificate that is not trusted is no matter of being connected, and what nobody understands is shown."""
    place.python().system_uv(f'[ "$1" = venv ] && mkdir -p .venv/bin || {{ echo "error: {words}" >&2; exit 1; }}')
    result = place.setup()
    assert refusal(result) == "setup: the packages of level could not be installed"
    assert f"error: {words}\n" in result.stderr


def test_a_folder_without_a_lock(place):
    (place.level / "requirements.txt").unlink()
    line = only_line(place.python().setup())
    assert line.endswith("write it from the root of the course with: make lock")
