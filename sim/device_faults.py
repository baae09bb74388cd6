"""What the faults of the library do to a device model. A size is that of ``fault_table``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sim.devices.digital_io import DigitalIO
from sim.devices.feeder import Feeder
from sim.devices.model import DeviceModel
from sim.devices.rectifier import Rectifier
from sim.devices.thermocouples import Thermocouples
from sim.devices.transducer import Transducer

Effect = Callable[[DeviceModel, bool, float], None]
"""With True when it begins and False when it ends, and its size."""


def _open_thermocouple(model: DeviceModel, begins: bool, position: float) -> None:
    assert isinstance(model, Thermocouples)
    signal = list(model.sensors)[int(position) - 1]
    if begins:
        model.burn_out(signal)
    else:
        model.replace(signal)


def _thermocouple_drift(model: DeviceModel, begins: bool, k_per_h: float) -> None:
    assert isinstance(model, Thermocouples)
    model.drift(next(iter(model.sensors)), k_per_h if begins else 0.0)


def _thermocouple_short_to_bath(model: DeviceModel, begins: bool, off_k: float) -> None:
    assert isinstance(model, Thermocouples)
    model.short_to_bath(next(iter(model.sensors)), off_k if begins else 0.0)


def _rectifier_trip(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Rectifier)
    if begins:
        model.trip("simulated trip")
    else:
        model.reset()


def _watchdog_rampdown(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Rectifier)
    model.cut_communication(begins)


def _local_control(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Rectifier)
    model.turn_key(local=begins)


def _ripple(model: DeviceModel, begins: bool, share: float) -> None:
    assert isinstance(model, Rectifier)
    model.current.ripple_share = model.voltage.ripple_share = share if begins else 0.0


def _voltage_tap_loss(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Rectifier)
    model.voltage.lost = begins


def _gain(which: str) -> Effect:
    def departs(model: DeviceModel, begins: bool, share: float) -> None:
        _transducer(model, which).extra_gain = share if begins else 0.0

    return departs


def _current_offset(model: DeviceModel, begins: bool, share: float) -> None:
    assert isinstance(model, Rectifier)
    model.current.extra_offset = share * model.rating.current_a if begins else 0.0


def _voltage_offset(model: DeviceModel, begins: bool, off_v: float) -> None:
    assert isinstance(model, Rectifier)
    model.voltage.extra_offset = off_v if begins else 0.0


def _contact_corrosion(model: DeviceModel, begins: bool, per_h: float) -> None:
    for which in ("current", "voltage"):
        transducer = _transducer(model, which)
        if begins:
            transducer.extra_corrosion_per_s = per_h / 3600.0
        else:
            transducer.clean()


def _transducer(model: DeviceModel, which: str) -> Transducer:
    assert isinstance(model, Rectifier)
    return model.current if which == "current" else model.voltage


def _feeder_jam(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Feeder)
    model.jam(begins)


def _double_dose(model: DeviceModel, begins: bool, times: float) -> None:
    assert isinstance(model, Feeder)
    model.times = times if begins else 1.0


def _feeder_empty(model: DeviceModel, begins: bool, _: float) -> None:
    assert isinstance(model, Feeder)
    model.leave_empty(begins)


def _contact(signal: str) -> Effect:
    def drop_out(model: DeviceModel, begins: bool, _: float) -> None:
        assert isinstance(model, DigitalIO)
        model.set_contact(signal, not begins)

    return drop_out


DEVICE_FAULTS: Mapping[str, Effect] = MappingProxyType(
    {
        "open_thermocouple": _open_thermocouple,
        "thermocouple_drift": _thermocouple_drift,
        "thermocouple_short_to_bath": _thermocouple_short_to_bath,
        "rectifier_trip": _rectifier_trip,
        "watchdog_rampdown": _watchdog_rampdown,
        "local_control": _local_control,
        "voltage_tap_loss": _voltage_tap_loss,
        "rectifier_ripple": _ripple,
        "current_gain": _gain("current"),
        "current_offset": _current_offset,
        "voltage_gain": _gain("voltage"),
        "voltage_offset": _voltage_offset,
        "contact_corrosion": _contact_corrosion,
        "feeder_jam": _feeder_jam,
        "double_dose": _double_dose,
        "feeder_empty": _feeder_empty,
        "coolant_loss": _contact("coolant_flow_healthy"),
        "off_gas_loss": _contact("off_gas_flow_healthy"),
    }
)
