"""Every alarm this controller knows, as data: what it means, what happens if nobody acts, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple


class Priority(IntEnum):
    """Lower is more urgent."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class AlarmType(NamedTuple):
    kind: str
    priority: Priority
    text: str
    cause: str
    consequence: str
    action: str
    on_delay_s: float
    off_delay_s: float
    suppressed_by: tuple[str, ...] = ()
    """Kinds that explain this one: while they stand, this one is a symptom and stays quiet."""


_LINK = ("rectifier_link_lost",)
REACHED_WITHIN_S = 2.0
"""A device is identified within this at every start, and many a link is back within it. Quality, permissives and events
do not wait for it; only people are not called for what is over before they look."""

CATALOGUE: Mapping[str, AlarmType] = {
    alarm.kind: alarm
    for alarm in (
        AlarmType(
            "rectifier_link_lost",
            Priority.CRITICAL,
            "Rectifier not reached or not the right device",
            "cable, switch, power of the PLC, or a device with another identity at this address",
            "a rectifier with a watchdog goes to its hold current and the bath cools; any other stays where it is",
            "look at the rectifier panel; check network and address",
            REACHED_WITHIN_S,
            3.0,
        ),
        AlarmType(
            "device_not_ready",
            Priority.HIGH,
            "Device not reached or not the right device",
            "cable, power, address, or wrong identity",
            "its points are bad; a needed device keeps energy from rising",
            "check the device and its link",
            REACHED_WITHIN_S,
            3.0,
        ),
        AlarmType(
            "rectifier_tripped",
            Priority.CRITICAL,
            "Rectifier tripped",
            "its own protection or the hard-wired chain",
            "no current: the metal is solid within minutes to an hour",
            "find the cause, reset at the panel, close the lid, then arm",
            0.0,
            3.0,
            _LINK,
        ),
        AlarmType(
            "rectifier_fallback",
            Priority.HIGH,
            "Rectifier's watchdog has taken over",
            "no heartbeat reached it in time",
            "the cell stays at its hold current",
            "see that the controller scans without fault, then arm again",
            0.0,
            3.0,
            _LINK,
        ),
        AlarmType(
            "setpoint_not_obeyed",
            Priority.HIGH,
            "Rectifier does not read back its set-point",
            "another master writes, or the device ignores the set-point",
            "the current is not under this controller's command; the cell is held",
            "find the other writer; check remote/local",
            0.0,
            3.0,
            _LINK,
        ),
        AlarmType(
            "measurement_lost",
            Priority.HIGH,
            "Line current or cell voltage is not good",
            "transducer, input card or a stale value",
            "energy may not rise; after a few seconds the cell is held",
            "check the transducer",
            2.0,
            3.0,
            (*_LINK, "rectifier_tripped"),
        ),
        AlarmType(
            "cell_held",
            Priority.HIGH,
            "Cell is held at its hold current",
            "given with the alarm",
            "the bath cools slowly; no oxide is fed",
            "remove the cause, then choose MANUAL or AUTOMATIC",
            0.0,
            0.0,
            (*_LINK, "setpoint_not_obeyed", "measurement_lost", "bath_temperature_lost"),
        ),
        AlarmType(
            "disarmed_by_guard",
            Priority.HIGH,
            "Controller has given up this cell",
            "given with the alarm",
            "nothing is written; a rectifier with a watchdog falls to its hold current, any other stays where it is",
            "remove the cause, then arm",
            0.0,
            0.0,
            (*_LINK, "rectifier_tripped", "rectifier_fallback"),
        ),
        AlarmType(
            "thermocouple_open",
            Priority.MEDIUM,
            "Thermocouple open",
            "burnt out or a loose terminal",
            "the others are used; with none left the cell is held",
            "replace the thermocouple",
            3.0,
            5.0,
        ),
        AlarmType(
            "bath_temperature_lost",
            Priority.HIGH,
            "No bath temperature",
            "all thermocouples or their module",
            "energy may not rise, no oxide is fed; after minutes the cell is held",
            "restore a thermocouple; dip by hand meanwhile",
            3.0,
            5.0,
            ("device_not_ready",),
        ),
        AlarmType(
            "bath_temperature_high",
            Priority.HIGH,
            "Bath too hot",
            "too much current or a closed lid",
            "more fume and lining wear, lower efficiency",
            "lower the current, open the lid",
            120.0,
            60.0,
        ),
        AlarmType(
            "bath_temperature_low",
            Priority.HIGH,
            "Bath too cold",
            "low current, open lid, a cold addition",
            "oxide sinks as sludge, the bath begins to freeze",
            "close the lid, no cold additions, raise the current if the cell allows",
            120.0,
            60.0,
        ),
        AlarmType(
            "voltage_high",
            Priority.CRITICAL,
            "Voltage high: anode effect suspected",
            "oxide too low for the anode current density, or an open circuit",
            "fluorocarbon gas, overheating, arcs",
            "lower the current; see that oxide is fed",
            2.0,
            10.0,
            _LINK,
        ),
        AlarmType(
            "feeder_dose_overdue",
            Priority.HIGH,
            "Feeder did not complete a dose",
            "jam, empty hopper, drive off",
            "oxide falls; an anode effect follows in tens of minutes",
            "look at the feeder, feed by hand, then order a dose",
            0.0,
            0.0,
        ),
        AlarmType(
            "feeder_not_ready",
            Priority.MEDIUM,
            "Feeder does not take doses",
            "screw stuck, hopper empty, drive tripped or switched off",
            "the oxide lasts for minutes; then the voltage rises and an anode effect follows",
            "look at hopper, screw and drive; feed by hand meanwhile",
            5.0,
            5.0,
        ),
        AlarmType(
            "anode_due",
            Priority.LOW,
            "Anode change due",
            "carbon burnt by the charge that passed",
            "the gap widens, voltage rises, at last the anode is lost",
            "prepare an anode and change it",
            0.0,
            60.0,
        ),
        AlarmType(
            "coolant_lost",
            Priority.CRITICAL,
            "Coolant does not flow",
            "pump, valve, leak",
            "busbars and rectifier overheat; water near molten fluoride",
            "follow the coolant procedure; the hard-wired trip is independent of this alarm",
            1.0,
            5.0,
        ),
        AlarmType(
            "off_gas_lost",
            Priority.HIGH,
            "Off-gas is not drawn",
            "fan, damper, filter",
            "fluoride and carbon monoxide in the hall",
            "leave the area if the room monitors say so; restore the fan",
            5.0,
            5.0,
        ),
        AlarmType(
            "journal_failed",
            Priority.HIGH,
            "Events or trends cannot be stored",
            "disk full, broken, read-only or hanging",
            "control goes on, history has a gap, and commands that raise energy are refused",
            "make room or replace the disk; lowering stays possible",
            0.0,
            5.0,
        ),
    )
}
