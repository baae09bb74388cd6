"""For tests of permissions: a child that may not open what its mode forbids, even where the tests run as root."""

from __future__ import annotations

import ctypes

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_libc = ctypes.CDLL(None, use_errno=True)


def obey_file_modes() -> None:
    """To be called in the child before it executes a program. Without root there is nothing to give away."""
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
