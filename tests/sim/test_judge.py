"""A judge that never says anything would pass every run: each of its rules is broken here once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.cell_record import CellRecord
from controller.process_image.measurements import Measurement, missing
from controller.process_image.modes import Mode
from controller.protection.guard_state import Action
from controller.snapshot import Snapshot, TagValue
from drivers.reading import Quality
from sim.judge import Judge
from sim.plant import SimulatedCell
from tests.support.simulated_plants import demo_plant

PLAN = demo_plant("ce1").cells[0]
TAGS = CellRecord(PLAN).tags


class Court:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.cell = SimulatedCell(PLAN, 1)
        self.judge = Judge(self.cell, TAGS, lambda: self.now_s)
        self.scanned(armed=True)
        self.cell.advance_to(1.0)
        self.now_s = 1.0

    def scanned(self, *, armed: bool = True, mode: Mode = Mode.AUTOMATIC, **bad: TagValue) -> None:
        good = Measurement(1.0, Quality.GOOD, "", self.now_s)
        values = tuple(bad.get(tag.name, "" if tag.kind == "text" else good) for tag in TAGS)
        self.judge.scanned(Snapshot("ce1", 1, self.now_s, 0, mode, armed, Action.NONE, values, (), (), ()))

    def setpoint(self, value_a: float) -> None:
        self.cell.rectifier.command("current_setpoint_a", value_a)

    def dose(self, mass_kg: float, number: int) -> None:
        self.cell.feeder.command("dose_kg", mass_kg, {"dose_id": float(number)})


def all_is_well(court: Court) -> None:
    court.setpoint(25150.0)
    court.dose(1.0, 1)
    court.scanned()
    court.cell.rectifier.command("heartbeat", 1.0)


def outside(court: Court) -> None:
    court.setpoint(PLAN.limits.current_a_max + 10.0)


def negative(court: Court) -> None:
    court.setpoint(24000.0)
    court.judge._hear("rectifier", "current_setpoint_a", float("nan"), {})


def too_fast(court: Court) -> None:
    court.setpoint(25390.0)
    court.now_s = 1.5
    court.setpoint(25700.0)


def raised_disarmed(court: Court) -> None:
    court.setpoint(25100.0)
    court.scanned(armed=False)


def raised_in_hold(court: Court) -> None:
    court.setpoint(25100.0)
    court.scanned(mode=Mode.HOLD)


def raised_blind(court: Court) -> None:
    court.setpoint(25100.0)
    court.scanned(cell_voltage_v=missing("no reply", 1.0))


def raised_without_temperature(court: Court) -> None:
    court.setpoint(25100.0)
    lost = missing("open_circuit", 1.0)
    court.scanned(bath_temperature_1_degc=lost, bath_temperature_2_degc=lost, bath_temperature_3_degc=lost)


def dose_too_large(court: Court) -> None:
    court.dose(PLAN.limits.dose_kg_max * 1.1, 1)


def dose_twice(court: Court) -> None:
    court.dose(1.0, 1)
    court.dose(1.0, 1)


def too_many_doses(court: Court) -> None:
    for number in range(1, 2 + int(PLAN.limits.dose_kg_per_h_max / PLAN.limits.dose_kg_max)):
        court.dose(PLAN.limits.dose_kg_max, number)


def dose_in_hold(court: Court) -> None:
    court.dose(1.0, 1)
    court.scanned(mode=Mode.HOLD)


def beat_disarmed(court: Court) -> None:
    court.scanned(armed=False)
    court.cell.rectifier.command("heartbeat", 1.0)


def beat_blind(court: Court) -> None:
    court.scanned(line_current_a=missing("no reply", 1.0))
    court.cell.digital_io.command("alive_pulse", 1.0)


def beat_before_the_record(court: Court) -> None:
    court.setpoint(25000.0)
    court.cell.rectifier.command("heartbeat", 1.0)


def started_disarmed(court: Court) -> None:
    court.scanned(armed=False)
    court.cell.rectifier.command("output", 1.0)
    court.scanned(armed=False)


def shown_infinite(court: Court) -> None:
    court.scanned(cell_voltage_v=Measurement(float("inf"), Quality.GOOD, "", 1.0))


def test_a_good_scan_is_no_violation() -> None:
    court = Court()
    all_is_well(court)
    assert court.judge.violations == []
    assert court.cell.rectifier.setpoint_a == 25150.0, "the judge hears and does not meddle"


@pytest.mark.parametrize(
    ("misdeed", "said"),
    [
        (outside, "outside the envelope"),
        (negative, "outside the envelope"),
        (too_fast, "are allowed"),
        (raised_disarmed, "while not armed"),
        (raised_in_hold, "in HOLD"),
        (raised_blind, "cell_voltage_v is not good"),
        (raised_without_temperature, "no bath temperature"),
        (dose_too_large, "a dose of"),
        (dose_twice, "a second time"),
        (too_many_doses, "within an hour"),
        (dose_in_hold, "a dose in HOLD"),
        (beat_disarmed, "not armed"),
        (beat_blind, "line_current_a is not good"),
        (beat_before_the_record, "has no record yet"),
        (started_disarmed, "switched on while not armed"),
        (shown_infinite, "is shown as inf"),
    ],
)
def test_every_misdeed_is_told(misdeed: Callable[[Court], None], said: str) -> None:
    court = Court()
    misdeed(court)
    court.scanned()
    assert any(said in violation for violation in court.judge.violations), court.judge.violations


def test_the_others_commands_are_not_the_controllers() -> None:
    court = Court()
    device = next(device for device in court.cell.devices if device.plan.role == "rectifier")
    court.judge.by_somebody_else(device, "current_setpoint_a", 29000.0)
    assert court.cell.rectifier.setpoint_a == 29000.0
    assert court.judge.violations == []
