"""A TCP port on loopback that another process may listen on a moment later."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Container

LOWEST, COUNT = 20_000, 12_000
"""Below 32768: from there on the kernel hands out ports to whoever asks for any, and would give ours away meanwhile."""


def free_port(taken: Container[int] = ()) -> int:
    """None of ``taken``. Raises OSError where a thousand tries found nothing free."""
    for _ in range(1000):
        number = LOWEST + secrets.randbelow(COUNT)
        if number not in taken and is_free(number):
            return number
    raise OSError("no free port on 127.0.0.1")


def is_free(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
