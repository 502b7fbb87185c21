"""Who holds a lease, so that another process can tell whether he still lives."""

import os
import socket
from pathlib import Path


def me() -> str:
    """This process, so that another one on this machine can tell whether it lives: host, pid, and when it began."""
    return f"{socket.gethostname()} {os.getpid()} {_began(os.getpid())}"


def lives(owner: str) -> bool:
    host, pid, began = owner.split()
    return host != socket.gethostname() or _began(int(pid)) == began


def _began(pid: int) -> str:
    """Something that another process of this pid would not have; empty for none, and for one that is but a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return "" if fields[0] in "ZX" else fields[19]
    except OSError:
        return "-" if not Path("/proc/self").exists() and _signalled(pid) else ""


def _signalled(pid: int) -> bool:
    """Where there is no /proc: whether there is such a process."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
