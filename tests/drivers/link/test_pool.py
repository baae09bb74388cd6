from __future__ import annotations

import asyncio

import pytest

from drivers.link.address import parse_link
from drivers.link.link import LinkState
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool, most_patient
from drivers.profiles.schema import Bus
from sim.virtual_time import run_virtual

BUS = Bus(timeout_s=0.5)


def test_one_link_for_one_address_as_patient_as_its_slowest_device() -> None:
    pool = LinkPool(MemorySeam())
    first = pool.get(parse_link("memory:a"), Bus(timeout_s=0.5, min_gap_s=0.01, max_read_registers=125), False)
    second = pool.get(parse_link("memory:a"), Bus(timeout_s=0.2, min_gap_s=0.05, max_read_registers=32), True)
    other = pool.get(parse_link("memory:b"), BUS, False)
    assert first is second
    assert first is not other
    assert first.bus == Bus(timeout_s=0.5, min_gap_s=0.05, max_read_registers=32)
    assert first.needed
    assert not other.needed
    assert list(pool.links) == [str(first.address), str(other.address)]


def test_a_guard_to_be_derived_is_not_shortened_by_a_neighbours_short_one() -> None:
    derived, short, long = Bus(timeout_s=1.0), Bus(timeout_s=0.1, late_reply_guard_s=0.2), Bus(0.1, 0, 0, 7.0)
    assert most_patient(derived, short).late_reply_guard_s == 0.0
    assert most_patient(long, derived).late_reply_guard_s == 7.0
    assert most_patient(long, short).late_reply_guard_s == 7.0


def test_one_port_cannot_have_two_settings() -> None:
    pool = LinkPool(MemorySeam())
    pool.get(parse_link("serial:/dev/ttyUSB0?baud=9600"), BUS, True)
    with pytest.raises(ValueError, match="same port with different settings"):
        pool.get(parse_link("serial:/dev/ttyUSB0?baud=19200"), BUS, True)
    pool.get(parse_link("serial:/dev/ttyUSB1?baud=19200"), BUS, True)


def test_links_start_with_the_pool_or_when_they_come_later_and_close_with_it() -> None:
    async def run() -> None:
        seam = MemorySeam()
        for name in "ab":
            seam.listen(name, asyncio.Protocol)
        pool = LinkPool(seam)
        early = pool.get(parse_link("memory:a"), BUS, True)
        assert early.status.state is LinkState.CLOSED
        pool.start()
        late = pool.get(parse_link("memory:b"), BUS, True)
        await asyncio.sleep(0.01)
        assert [early.status.state, late.status.state] == [LinkState.UP, LinkState.UP]
        await pool.close()
        assert [early.status.state, late.status.state] == [LinkState.CLOSED, LinkState.CLOSED]

    run_virtual(run())
