"""Become the user that was asked for, die with the parent, then become the given program.

Run as a script by the supervisor, one level between it and each child:

    python -I -S launch.py PARENT_PID SIGNAL IDENTITY PROGRAM ARGUMENT...

IDENTITY is `same`, `uid:UID:GID` (give up root for good) or `map:UID:GID` (a user namespace in which
the present user has that number). It stands alone so that nothing of the application is imported
between fork and exec.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def become(identity: str) -> None:
    """Take on `identity`. Raise OSError when the system does not allow it."""
    kind, _, numbers = identity.partition(":")
    if kind == "same":
        return
    uid, gid = (int(part) for part in numbers.split(":"))
    if kind == "uid":
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.environ["HOME"] = "/"
        return
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent_pid: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent ends, also when it was killed.

    Changing the user clears the wish, so this comes after `become`."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent_pid:  # it ended between fork and here
        os._exit(1)


def main(arguments: list[str]) -> None:
    parent_pid, death_signal, identity, *command = arguments
    os.umask(0o077)
    try:
        become(identity)
    except OSError as error:
        print(f"cannot run as {identity}: {error}", file=sys.stderr)
        sys.exit(126)
    die_with_parent(int(parent_pid), int(death_signal))
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    try:
        os.execv(command[0], command)  # noqa: S606 - the supervisor names the program
    except OSError as error:
        print(f"cannot start {command[0]}: {error}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
