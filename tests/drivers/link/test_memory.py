"""The cable made of memory behaves as a stream does."""

from __future__ import annotations

import asyncio

import pytest

from drivers.link.address import parse_link
from drivers.link.memory import MemorySeam, MemoryTransport
from sim.virtual_time import run_virtual

ADDRESS = parse_link("memory:cable")


class End(asyncio.Protocol):
    def __init__(self) -> None:
        self.transport: MemoryTransport | None = None
        self.heard: list[bytes] = []
        self.lost = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, MemoryTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert not self.lost
        self.heard.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost += 1


async def cable(seam: MemorySeam) -> tuple[End, MemoryTransport, End, MemoryTransport]:
    near, far = End(), End()
    seam.listen("cable", lambda: far)
    transport = await seam.open(ADDRESS, lambda: near)
    assert transport is near.transport
    assert far.transport is not None
    return near, transport, far, far.transport


def test_bytes_arrive_in_order_and_never_in_the_middle_of_a_callback() -> None:
    async def run() -> None:
        near, here, far, there = await cable(MemorySeam())
        here.write(b"1")
        here.writelines([b"2", b"3"])
        here.write(b"")
        there.write(bytearray(b"4"))
        assert far.heard == []
        await asyncio.sleep(0.001)
        assert (far.heard, near.heard) == ([b"1", b"23"], [b"4"])

    run_virtual(run())


@pytest.mark.parametrize("how", ["close", "abort"])
def test_closing_one_end_is_heard_once_at_both_after_what_was_written(how: str) -> None:
    async def run() -> None:
        near, here, far, there = await cable(MemorySeam())
        here.write(b"last words")
        getattr(here, how)()
        here.close()
        here.write(b"too late")
        there.write(b"to nobody")
        await asyncio.sleep(0.001)
        assert far.heard == [b"last words"]
        assert near.heard == []
        assert (near.lost, far.lost) == (1, 1)
        assert here.is_closing()
        assert there.is_closing()

    run_virtual(run())


def test_paused_end_hears_later() -> None:
    async def run() -> None:
        _, here, far, there = await cable(MemorySeam())
        there.pause_reading()
        assert not there.is_reading()
        here.write(b"1")
        here.write(b"2")
        await asyncio.sleep(0.001)
        assert far.heard == []
        there.resume_reading()
        await asyncio.sleep(0.001)
        assert far.heard == [b"1", b"2"]

    run_virtual(run())


def test_nobody_listening_is_a_refused_connection() -> None:
    async def run() -> None:
        seam = MemorySeam()
        near, *_ = await cable(seam)
        seam.unlisten("cable")
        with pytest.raises(ConnectionRefusedError):
            await seam.open(ADDRESS, End)
        assert not near.lost, "a listener that goes leaves its connections alone"
        with pytest.raises(ConnectionRefusedError):
            await seam.open(parse_link("tcp://127.0.0.1:1"), End)
        seam.listen("cable", End)
        with pytest.raises(OSError, match="already"):
            seam.listen("cable", End)

    run_virtual(run())


def test_cut_ends_every_connection_of_a_name() -> None:
    async def run() -> None:
        seam = MemorySeam()
        ends: list[End] = []

        def far_end() -> End:
            ends.append(End())
            return ends[-1]

        seam.listen("cable", far_end)
        near = [End(), End()]
        for end in near:
            await seam.open(ADDRESS, lambda end=end: end)  # type: ignore[misc]
        seam.cut("cable")
        await asyncio.sleep(0.001)
        assert [end.lost for end in (*near, *ends)] == [1, 1, 1, 1]

    run_virtual(run())
