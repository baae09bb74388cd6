"""Our own drivers meet the instruments byte by byte in virtual time."""

from __future__ import annotations

import asyncio
from typing import TypedDict

import pytest

from controller.plant import Plant
from drivers.devices.device import Device
from drivers.devices.status import Phase
from drivers.errors import DeviceRefused, NoReply
from drivers.link.exchange import Priority
from drivers.link.link import Link
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from drivers.link.status import LinkState
from drivers.modbus.master import ModbusMaster
from sim.faults import schedule
from sim.memory_plant import mount_on_memory, on_memory_links
from sim.plant import SimulatedPlant
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant


class Ask(TypedDict):
    priority: Priority
    timeout_s: float


ASK: Ask = {"priority": Priority.FAST_READ, "timeout_s": 0.4}


def link_to(plant: Plant, seam: MemorySeam, device: str) -> Link:
    plan = next(device_plan for device_plan in plant.cells[0].devices if device_plan.name == device)
    return Link(plan.link, seam, bus=plan.profile.bus)


async def up(link: Link) -> ModbusMaster:
    is_up = asyncio.Event()
    link.add_listener(lambda status: is_up.set() if status.state is LinkState.UP else None)
    link.start()
    await is_up.wait()
    return ModbusMaster(link)


async def traffic(seed: int) -> list[tuple[float, tuple[int, ...]]]:
    loop = asyncio.get_running_loop()
    plant, seam = on_memory_links(demo_plant("ce1")), MemorySeam()
    mount_on_memory(SimulatedPlant(plant, seed, loop.time), seam)
    link = link_to(plant, seam, "rectifier")
    master = await up(link)
    heard = []
    for second in range(1, 31):
        await master.write_register(1, 101, second, **ASK)
        heard.append((loop.time(), await master.read(1, "holding", 0, 15, **ASK)))
        await asyncio.sleep(1.0)
    await link.close()
    return heard


def test_two_runs_with_one_seed_are_the_same_to_the_last_register_and_instant() -> None:
    first, again, other = run_virtual(traffic(3)), run_virtual(traffic(3)), run_virtual(traffic(4))
    assert first == again
    assert first != other
    assert [registers[8] for _, registers in first] == list(range(1, 31))
    assert all(registers[12:] == (0x5243, 3, 0x51D0) for _, registers in first)


def test_the_watchdog_ramps_down_over_the_wire_within_its_time() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        plant, seam = on_memory_links(demo_plant("ce1")), MemorySeam()
        simulated = SimulatedPlant(plant, 1, loop.time)
        mount_on_memory(simulated, seam)
        watchdog = simulated.cells["ce1"].rectifier.watchdog
        link = link_to(plant, seam, "rectifier")
        master = await up(link)
        await master.write_register(1, 101, 1, **ASK)
        fed_s = loop.time()
        status = 0
        while not status & 0x20:
            (status,) = await master.read(1, "holding", 0, 1, **ASK)
            await asyncio.sleep(0.05)
        assert loop.time() - fed_s == pytest.approx(watchdog.timeout_s, abs=0.3)
        await asyncio.sleep(watchdog.ramp_s + 1.0)
        high, low = await master.read(1, "holding", 2, 2, **ASK)
        hold_a = plant.cells[0].design.hold_current_a
        assert (high << 16 | low) * 0.1 == pytest.approx(hold_a, rel=0.01)
        await link.close()

    run_virtual(main())


def test_a_shared_serial_line_carries_three_units_and_faults_cost_one_of_them() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        plant, seam = on_memory_links(demo_plant("prnd1")), MemorySeam()
        simulated = SimulatedPlant(plant, 1, loop.time)
        lines = mount_on_memory(simulated, seam)
        assert sorted(len(line.instruments) for line in lines.values()) == [1, 1, 1, 3]
        link = link_to(plant, seam, "hopper")
        master = await up(link)
        schedule(simulated, "silence", "prnd1/feeder", start_s=0.0, seconds=1e6)
        assert (await master.read(3, "holding", 3, 1, **ASK)) == (0x4C43,)
        with pytest.raises(NoReply):
            await master.read(2, "holding", 104, 1, **ASK)
        await asyncio.sleep(1.0)
        assert (await master.read(3, "holding", 3, 1, **ASK)) == (0x4C43,)
        with pytest.raises(DeviceRefused):
            await master.read(3, "holding", 99, 1, **ASK)
        await link.close()

    run_virtual(main())


def test_our_drivers_find_every_device_of_the_demo_ready_simulated_and_showing_what_its_model_holds() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        plant, seam = on_memory_links(demo_plant()), MemorySeam()
        simulated = SimulatedPlant(plant, 1, loop.time)
        mount_on_memory(simulated, seam)
        pool = LinkPool(seam)
        devices = {
            f"{cell.name}/{plan.name}": Device(
                plan.name, plan.profile, plan.unit, pool.get(plan.link, plan.profile.bus, plan.needed), needed=True
            )
            for cell in plant.cells
            for plan in cell.devices
        }
        pool.start()
        for device in devices.values():
            device.start()
        await asyncio.sleep(20.05)
        for name, device in devices.items():
            assert device.status.phase is Phase.READY, f"{name}: {device.status}"
            assert device.status.simulated, name
            await asyncio.sleep(1.0 - loop.time() % 1.0 + 0.05)
            device.begin_read(loop.time() + 0.9)
            readings = await device.finish_read()
            held = simulated.devices[name]
            for point, signal in held.plan.signals.items():
                if signal in held.model.values:
                    assert readings[point].value == pytest.approx(held.model.values[signal], rel=1e-4, abs=0.51), point
                else:
                    assert readings[point].value is None
        for device in devices.values():
            await device.close()
        await pool.close()

    run_virtual(main())
