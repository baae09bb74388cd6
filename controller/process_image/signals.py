"""Which process signals a device may supply, by its role. The names are those of ``Measurements``."""

from __future__ import annotations

import re
from collections.abc import Mapping

ROLE_SIGNALS: Mapping[str, re.Pattern[str]] = {
    "rectifier": re.compile(
        "line_current_a|cell_voltage_v|current_setpoint_readback_a|rectifier_ready|rectifier_running|rectifier_remote"
        "|rectifier_tripped|rectifier_fallback|rectifier_heartbeat_echo"
    ),
    "bath_temperature": re.compile(r"bath_temperature_[1-9]\d?_degc"),
    "anode_current": re.compile(r"anode_current_[1-9]\d?_a"),
    "load_cell": re.compile("hopper_mass_kg"),
    "feeder": re.compile("feeder_ready|feeder_running|dose_done_id|dose_done_kg|hopper_mass_kg"),
    "digital_io": re.compile("permit_contact_closed|coolant_flow_healthy|off_gas_flow_healthy"),
}
