from __future__ import annotations

import dataclasses

import pytest

from controller.process_image.commands import Commands, Dose, RectifierOrder
from controller.process_image.measurements import NOT_FITTED, Measurement
from drivers.reading import Quality
from sim.direct_io import DirectIO
from sim.faults import Injection
from sim.plant import SimulatedCell, SimulatedPlant
from tests.support.simulated_plants import demo_plant


class Bench:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.plant = SimulatedPlant(demo_plant("ce1"), 1, lambda: self.now_s)
        self.cell = self.plant.cells["ce1"]
        self.io = DirectIO(self.cell)

    def fault(self, name: str, device: str) -> Injection:
        injection = Injection(self.plant, name, f"ce1/{device}")
        injection.begin()
        return injection


async def test_one_image_holds_everything_the_plant_file_fits() -> None:
    bench = Bench()
    image = await bench.io.read(5.0)
    design = bench.cell.plan.design
    assert image.line_current_a.value == pytest.approx(design.nominal_current_a, rel=0.02)
    assert image.current_setpoint_readback_a.value == pytest.approx(design.nominal_current_a, rel=0.01)
    assert len(image.bath_temperature_degc) == 3
    assert len(image.anode_current_a) == design.anodes.count
    assert sum(each.value or 0.0 for each in image.anode_current_a) == pytest.approx(
        image.line_current_a.value, rel=0.03
    )
    assert image.permit_contact_closed.value == 1.0
    assert image.hopper_mass_kg.good
    assert {device.name for device in image.devices} == {device.name for device in bench.cell.plan.devices}
    assert all(device.ready and device.simulated for device in image.devices)
    for name in image.__dataclass_fields__:
        measurement = getattr(image, name)
        if isinstance(measurement, Measurement):
            assert measurement is NOT_FITTED or measurement.time_s == 5.0


async def test_what_is_written_reads_back() -> None:
    bench = Bench()
    commands = Commands(current_setpoint_a=20_000.0, dose=Dose(9, 0.4), permit=True, heartbeat=True)
    assert await bench.io.write(commands) == ()
    image = await bench.io.read(60.0)
    assert image.current_setpoint_readback_a.value == 20_000.0
    assert image.dose_done_id.value == 9.0
    assert image.rectifier_heartbeat_echo.value == 1.0
    assert image.permit_contact_closed.value == 1.0


async def test_a_cell_without_a_permit_contact_is_asked_for_none() -> None:
    plan = demo_plant("ce1").cells[0]
    bare = dataclasses.replace(plan, devices=tuple(d for d in plan.devices if d.role != "digital_io"))
    io = DirectIO(SimulatedCell(bare, 1))
    assert await io.write(Commands(permit=True, heartbeat=True)) == ()
    assert (await io.read(5.0)).rectifier_heartbeat_echo.value == 1.0


async def test_a_failed_write_holds_the_heartbeat_back_and_says_why() -> None:
    bench = Bench()
    bench.fault("local_control", "rectifier")
    failures = await bench.io.write(Commands(current_setpoint_a=20_000.0, heartbeat=True))
    assert failures == ("rectifier current_setpoint_a: the rectifier is in local",)
    assert bench.cell.rectifier.heartbeat == 0


async def test_a_silent_device_is_bad_with_a_reason_and_takes_no_order() -> None:
    bench = Bench()
    injection = bench.fault("silence", "rectifier")
    image = await bench.io.read(3.0)
    assert image.line_current_a == Measurement(None, Quality.BAD, "no reply", 3.0)
    assert [device.ready for device in image.devices if device.role == "rectifier"] == [False]
    assert image.bath_temperature_degc[0].good
    assert await bench.io.write(Commands(current_setpoint_a=1.0)) == ("rectifier current_setpoint_a: no reply",)
    injection.end()
    image = await bench.io.read(4.0)
    assert image.line_current_a.good
    assert image.current_setpoint_readback_a.value == pytest.approx(25_000.0, rel=0.01)


async def test_lost_replies_let_orders_through_unseen() -> None:
    bench = Bench()
    injection = bench.fault("lost_reply", "rectifier")
    assert await bench.io.write(Commands(current_setpoint_a=21_000.0)) != ()
    injection.end()
    assert (await bench.io.read(1.0)).current_setpoint_readback_a.value == 21_000.0


async def test_a_burnt_out_couple_costs_its_own_reading_only() -> None:
    bench = Bench()
    bench.fault("open_thermocouple", "thermocouples")
    image = await bench.io.read(2.0)
    assert [each.quality for each in image.bath_temperature_degc] == [Quality.BAD, Quality.GOOD, Quality.GOOD]
    assert image.bath_temperature_degc[0].reason == "open_circuit"


async def test_a_frozen_device_repeats_itself() -> None:
    bench = Bench()
    bench.fault("frozen_value", "thermocouples")
    first = await bench.io.read(2.0)
    later = await bench.io.read(30.0)
    assert [m.value for m in later.bath_temperature_degc] == [m.value for m in first.bath_temperature_degc]
    assert later.line_current_a.value != first.line_current_a.value


async def test_rectifier_orders_are_carried_out() -> None:
    bench = Bench()
    assert await bench.io.write(Commands(rectifier_order=RectifierOrder.STOP)) == ()
    assert (await bench.io.read(1.0)).rectifier_running.value == 0.0
    assert await bench.io.write(Commands(rectifier_order=RectifierOrder.START)) == ()
    assert (await bench.io.read(2.0)).rectifier_running.value == 1.0
    bench.cell.rectifier.fall_back()
    assert await bench.io.write(Commands(rectifier_order=RectifierOrder.TAKE_REMOTE)) == ()
    assert (await bench.io.read(3.0)).rectifier_fallback.value == 0.0


async def test_two_runs_with_one_seed_are_equal_to_the_last_bit() -> None:
    images = []
    for _ in range(2):
        bench = Bench()
        run = []
        for second in range(30):
            run.append(await bench.io.read(float(second)))
            await bench.io.write(
                Commands(current_setpoint_a=24_000.0, dose=Dose(1 + second // 10, 0.2), heartbeat=True)
            )
        images.append(run)
    assert images[0] == images[1]
