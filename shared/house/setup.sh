#!/bin/sh
# Makes .venv in the current folder from its requirements.txt, with shared/ (and the folder itself, when it is a
# package) installed so that edits count at once. Does nothing when the lock, the settings and Python are unchanged.
#
#   PYTHON=python3.12   which Python to use; without it the first of 3.11 to 3.13 on PATH
#
# What goes well is said on stdout; what does not is one line on stderr that says what to do, and exit code 2.
set -eu
UV_VERSION=0.13.9
UV_AT_LEAST=8 # a system's own uv serves when it is 0.8 or later
FREE_MB=3000  # for this environment and the cache behind it
NO_SPACE='no space left|os error 28|dis[ck] quota'
NO_NETWORK='dns error|resolution|connect|timed out|unreachable|network|error sending request|no matching distribution'

fail() {
    echo "setup: $*" >&2
    exit 2
}

shared=$(cd "$(dirname "$0")/.." && pwd)
here=$(basename "$(pwd)")
venv=.venv
[ -f requirements.txt ] || fail "no requirements.txt in $(pwd): write it from the root of the course with: make lock"
log=$(mktemp "${TMPDIR:-/tmp}/setup.XXXXXX" 2>/dev/null) ||
    fail "cannot write to ${TMPDIR:-/tmp}: free some space there, or name another folder: export TMPDIR=\$HOME/tmp"
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The log is asked first; when the log's own disk is the full one, there is nothing in it.
disk_is_full() {
    grep -qiE "$NO_SPACE" "$log" || df -Pk "$log" . 2>/dev/null |
        awk 'NR > 1 && $2 + 0 > 0 && $4 ~ /^[0-9]+$/ && $4 < 1024 { full = 1 } END { exit !full }'
}

free_the_disk() {
    fail "the disk is full: free about $FREE_MB MB on the disk of $(pwd) and of the package cache," \
        "then run the same command again"
}

# One line for what went wrong, from what the tool wrote to the log. A certificate is no matter of being connected.
explain() {
    if disk_is_full; then
        free_the_disk
    elif ! grep -qi certificate "$log" && grep -qiE "$NO_NETWORK" "$log"; then
        fail "packages are missing and the package index does not answer:" \
            "connect to a network (or set your proxy) and run the same command again"
    fi
    tail -n 5 "$log" >&2
    fail "$1"
}

# Run a command, its words into the log; the shell's own word too, when the command crashes.
logged() {
    "$@"
} >"$log" 2>&1

# By its answer, not its exit code: PYTHON=true would pass.
fits() { [ "$("$1" -c 'import sys; print((3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null)" = True ]; }

find_python() { # sets python
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11, 3.12 or 3.13:" \
            "name one that is, as in: make setup PYTHON=python3.12"
        python=$PYTHON
        return
    fi
    for python in python3 python3.12 python3.13 python3.11 python; do
        if fits "$python"; then return; fi
    done
    seen=$(python3 --version 2>/dev/null || echo none)
    fail "Python 3.11, 3.12 or 3.13 is needed (found: $seen): install one, or name it: make setup PYTHON=python3.12"
}

serves() {
    minor=$("$1" --version 2>/dev/null | sed -n 's/^uv 0\.\([0-9]*\)\..*/\1/p; s/^uv [1-9].*/99/p')
    [ "${minor:-0}" -ge "$UV_AT_LEAST" ]
}

find_uv() { # sets uv
    for uv in uv "$shared/.uv/bin/uv"; do
        if serves "$uv"; then return; fi
    done
    install_uv
}

install_uv() {
    echo "setup: getting uv $UV_VERSION, the installer (once)"
    pip_of=$python
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        pip_of=$shared/.boot/bin/python
        logged "$python" -m venv "$shared/.boot" || no_pip
    fi
    rm -rf "$shared/.uv" # pip leaves what is there as it is
    logged env PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0 \
        "$pip_of" -m pip install --quiet --target "$shared/.uv" "uv==$UV_VERSION" || rm -rf "$shared/.uv"
    rm -rf "$shared/.boot"
    serves "$uv" || explain "uv could not be installed: install it yourself (docs.astral.sh/uv) and run the same command again"
}

no_pip() {
    rm -rf "$shared/.boot"
    if disk_is_full; then free_the_disk; fi
    sudo="sudo "
    [ "$(id -u)" != 0 ] || sudo=
    fail "$python has no pip: on Debian or Ubuntu, run: ${sudo}apt-get install -y --no-install-recommends python3-pip"
}

# From the cache when everything is there (no network asked), else from the index, with uv's own progress on a terminal.
sync() {
    logged "$uv" pip sync --quiet --offline --python $venv/bin/python requirements.txt && return
    if disk_is_full; then free_the_disk; fi
    echo "setup: downloading packages for $here"
    set -- "$uv" pip sync --python $venv/bin/python requirements.txt
    if [ -t 2 ]; then "$@" && return; fi
    logged "$@" || explain "the packages of $here could not be installed"
}

# sync takes out what the lock does not name, so these two come after it, every time.
install_ours() {
    set -- -e "$shared"
    [ "$shared" != "$(pwd)" ] || set --
    ! grep -q '^\[build-system\]' pyproject.toml || set -- "$@" -e .
    logged "$uv" pip install --quiet --offline --no-deps --no-build-isolation --python $venv/bin/python "$@"
}

# A Jupyter kernel on loopback warns about missing encryption at every start: nor about being stopped.
finish() {
    mkdir -p $venv/etc/ipython || return
    echo 'c.IPKernelApp.log_level = 50' >$venv/etc/ipython/ipython_kernel_config.py || return
    echo "$stamp" >$venv/stamp
}

find_python
stamp=$(
    cat requirements.txt pyproject.toml "$shared/pyproject.toml" "$shared/house/setup.sh" | cksum
    "$python" --version
    pwd
)
[ -x $venv/bin/python ] && [ "$(cat $venv/stamp 2>/dev/null)" = "$stamp" ] && exit 0

started=$(date +%s)
export UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=0
unset VIRTUAL_ENV UV_EXTRA_INDEX_URL 2>/dev/null || true
find_uv
[ -f $venv/pyvenv.cfg ] || rm -rf $venv # uv clears an environment, and refuses to clear anything else
executable=$("$python" -c 'import sys; print(sys.executable)')
logged "$uv" venv --quiet --clear --python "$executable" $venv || explain "$here/.venv could not be made"
sync
install_ours || explain "the packages of this course could not be installed into $here/.venv"
logged finish || explain "$here/.venv could not be finished"
echo "setup: $here is ready ($("$python" --version), $(($(date +%s) - started)) s)"
