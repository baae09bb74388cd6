from __future__ import annotations

import socket

from sim.free_port import COUNT, LOWEST, free_port, is_free


def test_a_free_port_lies_below_those_the_kernel_hands_out_and_is_not_taken() -> None:
    first = free_port()
    second = free_port([first])
    assert first != second
    assert all(LOWEST <= number < LOWEST + COUNT <= 32_768 for number in (first, second))


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not is_free(listening.getsockname()[1])
