"""Runs a program that ends when whoever started it ends, whatever the way.

A script for an interpreter without site packages, which becomes the program, so the process id stays:

    python -I -S leash.py PARENT SIGNAL USER PROGRAM ARGUMENT…

PARENT is the process that must live on, SIGNAL the number of the signal that the program gets once it does not (Linux),
USER whom root becomes before ("" for nobody else). The program may open as many files as the system allows.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITIES_V3 = 0x20080522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityWord(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def become(user: str) -> None:
    """Turn from root into `user`, keeping on Linux the right to go where root may.

    PostgreSQL refuses to run as root. But root's environments and folders often lie where nobody else may look, and
    opening them up for the sake of this would be worse than letting one process in.
    """
    import pwd

    entry = pwd.getpwnam(user)
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if libc is not None:
        kept = 1 << _CAP_DAC_OVERRIDE
        words = (_CapabilityWord * 2)(_CapabilityWord(kept, kept, kept), _CapabilityWord(0, 0, 0))
        # Where this fails the usual permissions apply, and the program says what it could not open.
        libc.capset(ctypes.byref(_CapabilityHeader(_CAPABILITIES_V3, 0)), words)
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def hold(parent: int, death_signal: int) -> None:
    """Have the kernel send `death_signal` to this process when `parent` ends; leave at once if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(f"process {parent} is gone")


def _open_files_without_need() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if sys.platform == "linux":  # elsewhere the hard limit may be more than the kernel grants
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    _, parent_, death_signal_, user_, *command = sys.argv
    _open_files_without_need()
    if user_:
        become(user_)
    # After becoming somebody else, which makes the kernel forget it.
    hold(int(parent_), int(death_signal_))
    os.execv(command[0], command)  # noqa: S606
