"""Contacts of one cell: permit contact in the hard-wired trip chain, alive relay on the rectifier's hold input."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.devices.model import NO_EXTRA, DeviceModel

ALIVE_RELAY_S = 10.0
"""The retriggerable relay drops out this long after the last change of its input."""


class DigitalIO(DeviceModel):
    """``on_permit_open`` trips the rectifier, ``on_alive_lost`` operates its hold input at the time it is given.

    The relay is armed by the first pulse: a cell that has never been under control keeps running as it stands.
    """

    def __init__(
        self,
        *,
        time_s: float,
        on_permit_open: Callable[[], None],
        on_alive_lost: Callable[[float], None],
        alive_s: float = ALIVE_RELAY_S,
    ) -> None:
        super().__init__()
        self.permit_closed = True
        self.alive_s = alive_s
        self._on_permit_open = on_permit_open
        self._on_alive_lost = on_alive_lost
        self._pulse = 0.0
        self._pulsed_at_s: float | None = None
        self._time_s = time_s
        self.values.update(coolant_flow_healthy=1.0, off_gas_flow_healthy=1.0)
        self._show()

    def advance_to(self, time_s: float) -> None:
        self._time_s = max(self._time_s, time_s)
        if self._pulsed_at_s is not None and self._time_s - self._pulsed_at_s >= self.alive_s:
            dropped_s, self._pulsed_at_s = self._pulsed_at_s + self.alive_s, None
            self._on_alive_lost(dropped_s)
            self._show()

    def command(self, name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:  # noqa: ARG002
        if name == "permit_contact":
            self._switch_permit(bool(value))
        elif name == "alive_pulse" and value != self._pulse:
            self._pulse = value
            self._pulsed_at_s = self._time_s
        self._show()

    def set_contact(self, signal: str, healthy: bool) -> None:
        """A flow switch in the field ("coolant_flow_healthy")."""
        self._set(signal, float(healthy))

    def power_cycle(self) -> None:
        """Outputs open: energise to run."""
        self._pulsed_at_s = None
        self._switch_permit(False)
        self._show()

    def _switch_permit(self, closed: bool) -> None:
        if self.permit_closed and not closed:
            self._on_permit_open()
        self.permit_closed = closed

    def _show(self) -> None:
        self.values.update(
            permit_contact_closed=float(self.permit_closed),
            permit_contact=float(self.permit_closed),
            alive_pulse=self._pulse,
            alive_relay_closed=float(self._pulsed_at_s is not None),
        )
        self.version += 1
