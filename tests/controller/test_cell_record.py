from __future__ import annotations

from dataclasses import replace

from controller.cell_record import CellRecord
from controller.process_image.measurements import Measurement
from drivers.reading import Quality
from sim.closed_loop import ClosedLoop
from sim.faults import schedule
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant


def test_a_row_holds_value_and_quality_of_every_tag() -> None:
    async def test() -> None:
        async with ClosedLoop(demo_plant("ce1"), 1, telemetry=False) as loop:
            schedule(loop.simulated, "silence", "ce1/thermocouples", start_s=0.0, seconds=100.0)
            await loop.run(10.0)
            snapshot, record = loop.snapshot("ce1"), loop.cycles["ce1"].record
            row = record.row(snapshot)
            assert (row.cell, row.scan, row.time_s, row.utc_ms) == (
                "ce1",
                snapshot.scan,
                snapshot.time_s,
                snapshot.utc_ms,
            )
            assert len(row.values) == len(row.qualities) == len(record.tags)
            for value, quality, shown in zip(row.values, row.qualities, snapshot.values, strict=True):
                expected = (shown.value, shown.quality) if isinstance(shown, Measurement) else (shown, Quality.GOOD)
                assert (value, quality) == expected
            assert set(row.qualities) == {Quality.GOOD, Quality.UNCERTAIN, Quality.BAD}
            assert {tag.name for tag, value in zip(record.tags, row.values, strict=True) if isinstance(value, str)} == {
                tag.name for tag in record.tags if tag.kind == "text"
            }

    run_virtual(test())


def test_a_thermocouple_number_left_out_hides_no_other() -> None:
    (plan,) = demo_plant("ce1").cells
    devices = tuple(
        replace(device, signals={"t0": "bath_temperature_1_degc", "t2": "bath_temperature_3_degc"})
        if device.role == "bath_temperature"
        else device
        for device in plan.devices
    )
    record = CellRecord(replace(plan, devices=devices))
    names = {tag.name for tag in record.tags}
    assert {f"bath_temperature_{number}_degc" for number in (1, 2, 3)} <= names
    assert "bath_temperature_4_degc" not in names
