from __future__ import annotations

from sim.devices.digital_io import DigitalIO


class Chain:
    def __init__(self) -> None:
        self.trips = 0
        self.lost_at_s: list[float] = []
        self.io = DigitalIO(time_s=0.0, on_permit_open=self._trip, on_alive_lost=self.lost_at_s.append)

    def _trip(self) -> None:
        self.trips += 1


def test_opening_the_permit_contact_trips_once() -> None:
    chain = Chain()
    chain.io.command("permit_contact", 1.0)
    assert chain.trips == 0
    chain.io.command("permit_contact", 0.0)
    chain.io.command("permit_contact", 0.0)
    assert chain.trips == 1
    assert chain.io.values["permit_contact_closed"] == 0.0


def test_the_alive_relay_drops_out_ten_seconds_after_the_last_change() -> None:
    chain = Chain()
    chain.io.advance_to(500.0)
    assert chain.lost_at_s == [], "a relay that never saw a pulse is not armed"
    chain.io.command("alive_pulse", 1.0)
    chain.io.advance_to(509.0)
    chain.io.command("alive_pulse", 1.0)
    chain.io.advance_to(509.9)
    assert chain.lost_at_s == []
    chain.io.advance_to(560.0)
    assert chain.lost_at_s == [510.0], "a level that stays is no pulse"
    chain.io.advance_to(600.0)
    assert chain.lost_at_s == [510.0]


def test_pulses_keep_it_closed() -> None:
    chain = Chain()
    for second in range(1, 60):
        chain.io.advance_to(float(second))
        chain.io.command("alive_pulse", float(second % 2))
    assert chain.lost_at_s == []
    assert chain.io.values["alive_relay_closed"] == 1.0


def test_a_power_cycle_opens_the_permit_and_so_trips() -> None:
    chain = Chain()
    chain.io.power_cycle()
    assert chain.trips == 1


def test_field_contacts_are_healthy_until_told_otherwise() -> None:
    chain = Chain()
    version = chain.io.version
    assert chain.io.values["coolant_flow_healthy"] == 1.0
    chain.io.set_contact("coolant_flow_healthy", False)
    assert chain.io.values["coolant_flow_healthy"] == 0.0
    assert chain.io.version > version
