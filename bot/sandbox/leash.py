"""Replace this process by a command that Linux kills when the process that started it dies.

Run as a script: `python leash.py PARENT_PID COMMAND ARGUMENT…`. The wish survives execve(2), see prctl(2),
PR_SET_PDEATHSIG. Other systems have no such wish, and there the command simply runs.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def hold(parent: int) -> None:
    """Ask the kernel to kill this process with its parent; leave at once if the parent is gone already."""
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    hold(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  # The command line is our own parent's.
