"""The process seam without a wire: the simulated cell's devices read and written as plain calls."""

from __future__ import annotations

from collections.abc import Mapping

from controller.process_image.commands import Commands, RectifierOrder
from controller.process_image.measurements import NOT_FITTED, DeviceCondition, Measurement, Measurements, missing
from controller.process_io.signal_slots import SignalSlots
from drivers.reading import Quality
from sim.devices.model import DeviceModel, DeviceRefusal
from sim.plant import SimulatedCell, SimulatedDevice

_HARMLESS = frozenset({"dribble", "garbage", "local_echo"})
_measurement = tuple.__new__
"""``Measurement(...)`` without keyword handling: this is the inner loop of campaigns."""


class _Group:
    """One device and the signals it supplies, each with its slot in the process image."""

    def __init__(self, device: SimulatedDevice, slots: Mapping[str, int]) -> None:
        self.device = device
        self.model = device.model
        self.slots = tuple((signal, slot) for signal, slot in slots.items() if signal in device.model.values)
        self.frozen: dict[str, float] | None = None
        plan = device.plan
        self.healthy = DeviceCondition(plan.name, plan.role, plan.needed, ready=True, simulated=True, reason="")

    def trouble(self) -> str:
        """Why nothing can be read from or written to the device, empty if it can."""
        if not self.device.faults:
            return ""
        active = [name for name in self.device.faults.names if name not in _HARMLESS]
        return _reason(active)


def _reason(active: list[str]) -> str:
    for name in active:
        if name in ("silence", "lost_reply", "late_reply", "accept_then_black_hole", "power_cycle"):
            return "no reply"
        if name == "drop_connection":
            return "link down: connection lost"
        if name == "wrong_identity":
            return "wrong identity"
        if name.startswith("exception_"):
            return f"refused: {name.replace('_', ' ')}"
        if name in ("previous_reply", "wrong_unit", "wrong_transaction", "wrong_function", "wrong_length", "crc_error"):
            return f"bad reply: {name.replace('_', ' ')}"
    return ""


class DirectIO:
    """A ``ProcessPort`` on one simulated cell. Wire faults show as the quality that the drivers would give."""

    def __init__(self, cell: SimulatedCell) -> None:
        self.cell = cell
        self._slots = SignalSlots(cell.plan)
        self._groups = [
            _Group(device, {device.plan.signals[entry.key]: entry.slot for entry in entries})
            for device, entries in zip(cell.devices, self._slots.entries, strict=True)
        ]
        self._by_role: dict[str, _Group] = {}
        for group in self._groups:
            self._by_role.setdefault(group.device.plan.role, group)
        self._all_healthy = tuple(group.healthy for group in self._groups)
        self._image = self._slots.empty()
        self._setpoint_slot = self._slots.slot_of("current_setpoint_readback_a")
        self._permit_slot = self._slots.slot_of("permit_contact_closed")
        self._pulse = 0.0

    async def start(self) -> None:
        """Nothing to open."""

    def silence(self) -> None:
        """Nothing to do: no frame is sent here, so nothing but a heartbeat feeds the simulated watchdog."""

    async def close(self) -> None:
        """Nothing to let go of: the simulated rectifier's watchdog takes over by itself."""

    async def read(self, time_s: float) -> Measurements:
        self.cell.advance_to(time_s)
        image = self._slots.empty()
        make, kind, good = _measurement, Measurement, Quality.GOOD
        healthy = True
        for group in self._groups:
            if group.device.faults or group.model.quality:
                healthy = self._read_with_faults(group, time_s, image) and healthy
                continue
            group.frozen = None
            values = group.model.values
            for signal, slot in group.slots:
                image[slot] = make(kind, (values[signal], good, "", time_s))
        self._image = image
        return self._slots.image(time_s, image, self._all_healthy if healthy else self._conditions())

    async def write(self, commands: Commands) -> tuple[str, ...]:
        """As over a wire, what reads back as it should be is not written again."""
        failures: list[str] = []
        permit, setpoint_a = commands.permit, commands.current_setpoint_a
        if (
            permit is not None
            and "digital_io" in self._by_role
            and self._image[self._permit_slot].value != float(permit)
        ):
            self._order("digital_io", "permit_contact", float(permit), failures)
        self._rectifier_order(commands.rectifier_order, failures)
        if setpoint_a is not None and self._image[self._setpoint_slot].value != setpoint_a:
            self._order("rectifier", "current_setpoint_a", setpoint_a, failures)
        if commands.dose is not None:
            extra = {"dose_id": float(commands.dose.number)}
            self._order("feeder", "dose_kg", commands.dose.mass_kg, failures, extra)
        if commands.heartbeat and not failures:
            beat = (self.cell.rectifier.heartbeat + 1) & 0xFFFF
            self._order("rectifier", "heartbeat", float(beat), failures)
            if "digital_io" in self._by_role:
                self._pulse = 1.0 - self._pulse
                self._order("digital_io", "alive_pulse", self._pulse, failures)
        return tuple(failures)

    def _read_with_faults(self, group: _Group, time_s: float, image: list[Measurement]) -> bool:
        reason = group.trouble()
        if "frozen_value" in group.device.faults:
            group.frozen = group.frozen or dict(group.model.values)
        else:
            group.frozen = None
        for signal, slot in group.slots:
            image[slot] = _look(group.model, group.frozen, signal, reason, time_s)
        return not reason

    def _conditions(self) -> tuple[DeviceCondition, ...]:
        conditions = []
        for group in self._groups:
            reason = group.trouble()
            conditions.append(group.healthy._replace(ready=not reason, reason=reason))
        return tuple(conditions)

    def _rectifier_order(self, order: RectifierOrder, failures: list[str]) -> None:
        if order is RectifierOrder.TAKE_REMOTE:
            self._order("rectifier", "remote", 1.0, failures)
        elif order is not RectifierOrder.NONE:
            self._order("rectifier", "output", float(order is RectifierOrder.START), failures)

    def _order(
        self, role: str, name: str, value: float, failures: list[str], extra: Mapping[str, float] | None = None
    ) -> None:
        group = self._by_role.get(role)
        if group is None:
            failures.append(f"{name}: no {role} is fitted")
            return
        reason = group.trouble()
        if not reason or (reason == "no reply" and "lost_reply" in group.device.faults):
            try:
                group.model.command(name, value, extra or {})
            except DeviceRefusal as refusal:
                reason = str(refusal)
        if reason:
            failures.append(f"{group.device.plan.name} {name}: {reason}")


def _look(
    model: DeviceModel, frozen: Mapping[str, float] | None, signal: str, reason: str, time_s: float
) -> Measurement:
    if reason:
        return missing(reason, time_s)
    word = model.quality.get(signal)
    if word is not None:
        return missing(word, time_s)
    values = model.values if frozen is None else frozen
    return Measurement(values[signal], Quality.GOOD, "", time_s) if signal in values else NOT_FITTED
