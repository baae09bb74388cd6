"""Settings of a Ce cell and process images of it, for tests of the pure packages."""

from __future__ import annotations

import dataclasses
from typing import Any

from controller.chemistry.cell_design import AnodeDesign, CellDesign
from controller.chemistry.product import Product
from controller.control.settings import ControlSettings
from controller.process_image.measurements import DeviceCondition, Measurement, Measurements, measured
from controller.process_image.requests import Request, Verb
from controller.protection.limits import GuardLimits

PRODUCT = Product(
    id="ce",
    name="cerium",
    rare_earth_molar_mass_g_per_mol=140.116,
    oxide_formula="Ce2O3",
    oxide_molar_mass_g_per_mol=328.229,
    rare_earth_atoms_per_oxide=2.0,
    electrons_per_atom=3.0,
    metal_melting_point_degc=798.0,
    bath_temperature_band_degc=(850.0, 920.0),
    reversible_co_v=(1.304, -0.00096),
    reversible_co2_v=(1.439, -0.00051),
)
DESIGN = CellDesign(
    id="ce_25ka",
    name="cerium 25 kA",
    product="ce",
    ref3_wt_pct=71.0,
    baf2_wt_pct=13.0,
    lif_wt_pct=16.0,
    bath_mass_kg=4470.0,
    bath_liquidus_degc=822.0,
    bath_temperature_target_degc=880.0,
    nominal_current_a=25000.0,
    hold_current_a=15000.0,
    rated_current_a=30000.0,
    normal_voltage_v=(6.0, 8.5),
    voltage_limit_v=15.0,
    current_efficiency=0.80,
    back_emf_v=1.66,
    conductor_resistance_ohm=16e-6,
    oxide_window_wt_pct=(0.97, 1.43),
    oxide_target_wt_pct=1.20,
    co2_charge_fraction=0.8,
    excess_carbon_fraction=0.15,
    dose_kg=1.0,
    anodes=AnodeDesign(
        count=18,
        width_cm=55.0,
        immersion_cm=48.0,
        gap_new_cm=8.0,
        gap_worn_cm=14.0,
        carbon_density_g_per_cm3=1.70,
        carbon_new_kg=31.0,
        life_h=144.0,
    ),
)
SETTINGS = ControlSettings(
    scan_period_s=1.0,
    product=PRODUCT,
    design=DESIGN,
    supply_is_private=True,
    current_target_a=25000.0,
    hold_current_a=15000.0,
    current_ramp_up_pct_per_min=5.0,
    bath_temperature_target_degc=880.0,
    bath_temperature_band_degc=(850.0, 920.0),
    oxide_target_wt_pct=1.20,
    dose_kg=1.0,
    feed_superheat_min_k=15.0,
    anode_change_warning_h=8.0,
    current_max_a=28000.0,
)
LIMITS = GuardLimits(
    scan_period_s=1.0,
    shadow=False,
    current_a_max=28000.0,
    cell_voltage_v_max=15.0,
    bath_temperature_degc_max=950.0,
    current_slew_up_a_per_s=200.0,
    hold_current_a=15000.0,
    dose_kg_max=2.0,
    dose_kg_per_h_max=100.0,
    fresh_s=3.0,
    bath_temperature_lost_hold_s=300.0,
    setpoint_readback_tolerance_a=30.0,
    anodes=18,
)
RECTIFIER_READY = DeviceCondition("rectifier", "rectifier", True, True, True, "")
FEEDER_READY = DeviceCondition("feeder", "feeder", False, True, True, "")
SCALARS = {
    "line_current_a": 25000.0,
    "cell_voltage_v": 7.5,
    "current_setpoint_readback_a": 25000.0,
    "rectifier_ready": 1.0,
    "rectifier_running": 1.0,
    "rectifier_remote": 1.0,
    "rectifier_tripped": 0.0,
    "rectifier_fallback": 0.0,
    "rectifier_heartbeat_echo": 0.0,
    "hopper_mass_kg": 500.0,
    "feeder_ready": 1.0,
    "feeder_running": 0.0,
    "dose_done_id": 7.0,
    "dose_done_kg": 1.0,
    "permit_contact_closed": 1.0,
    "coolant_flow_healthy": 1.0,
    "off_gas_flow_healthy": 1.0,
}


def image(time_s: float = 100.0, **changes: Any) -> Measurements:
    """A healthy cell at 25 kA; floats become GOOD measurements of this instant, anything else is taken as it is."""
    values: dict[str, Any] = {
        **SCALARS,
        "bath_temperature_degc": (880.0, 881.0, 879.0),
        "anode_current_a": (25000.0 / 18.0,) * 18,
        "devices": (RECTIFIER_READY, FEEDER_READY),
        **changes,
    }
    return Measurements(time_s=time_s, **{name: _good(value, time_s) for name, value in values.items()})


def _good(value: Any, time_s: float) -> Any:
    if isinstance(value, float):
        return measured(value, time_s)
    if isinstance(value, tuple) and not isinstance(value, Measurement | DeviceCondition):
        return tuple(_good(entry, time_s) for entry in value)
    return value


def ask(verb: Verb, value: float | None = None, text: str = "", actor: str = "ana") -> Request:
    return Request(f"{verb.value}-{value}-{text}", verb, actor, value, text)


def with_limits(**changes: Any) -> GuardLimits:
    return dataclasses.replace(LIMITS, **changes)
