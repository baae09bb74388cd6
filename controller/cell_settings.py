"""One ``[[cell]]`` of a plant file, joined with its design, product and device profiles, and checked against them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

from controller.cell_files import CellFileError, load_cell_design, load_product
from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product
from controller.chemistry.refused import gate
from controller.control.settings import ControlSettings
from controller.device_settings import device_plan
from controller.plant import CellPlan, DevicePlan
from controller.plant_file import CellTable, EnvelopeTable
from controller.protection.limits import GuardLimits

MIN_SUPERHEAT_K = 30.0
"""A set-point below liquidus + 30 K is refused; recommended operation is 60–150 K (assumed)."""
MIN_ABOVE_METAL_MELTING_K = 15.0
_NUMBERED = re.compile(r"^(bath_temperature|anode_current)_(\d+)_(degc|a)$")


def cell_plan(
    table: CellTable, *, folder: Path, scan_period_s: float, shadow: bool, mistakes: list[str]
) -> CellPlan | None:
    """None where mistakes (appended, each naming the key) leave nothing to build on."""
    here = f'cell "{table.name}"'
    before = len(mistakes)
    loaded = _load(table, here, folder, mistakes)
    devices = [device_plan(device, here, folder, scan_period_s, mistakes) for device in table.device]
    if loaded is None:
        return None
    design, product, simulator = loaded
    mistakes += _envelope_mistakes(table.envelope, here)
    control = _control(table, design, product, scan_period_s)
    limits = _limits(table, design, control, shadow)
    mistakes += _window_mistakes(table, here, design, product, control)
    mistakes += _current_mistakes(table, here, design, control)
    mistakes += _timing_mistakes(table, here, scan_period_s)
    plans = tuple(_for_anodes(device, design.anodes.count) for device in devices if device is not None)
    if len(plans) == len(table.device):
        mistakes += _signal_mistakes(here, plans)
    if len(mistakes) > before:
        return None
    return CellPlan(
        name=table.name,
        design=design,
        product=product,
        supply=table.supply,
        control=control,
        limits=limits,
        devices=plans,
        simulator={**simulator, **table.simulator},
    )


def _load(
    table: CellTable, here: str, folder: Path, mistakes: list[str]
) -> tuple[CellDesign, Product, dict[str, object]] | None:
    try:
        design, simulator = load_cell_design(_local(table.design, folder))
    except CellFileError as error:
        mistakes += [f"{here} design = {table.design!r}: {line}" for line in error.mistakes]
        return None
    wanted = table.product or design.product
    reason = gate(wanted)
    if reason is not None:
        mistakes.append(f"{here} product = {wanted!r}: {reason}")
        return None
    try:
        return design, load_product(_local(wanted, folder)), dict(simulator)
    except CellFileError as error:
        mistakes += [f"{here} product = {wanted!r}: {line}" for line in error.mistakes]
        return None


def _local(name: str, folder: Path) -> str:
    """A path is relative to the plant file; a bare name is one of those shipped."""
    return str(folder / name) if name.endswith(".toml") else name


def _control(table: CellTable, design: CellDesign, product: Product, scan_period_s: float) -> ControlSettings:
    return ControlSettings(
        scan_period_s=scan_period_s,
        product=product,
        design=design,
        supply_is_private=table.supply == "private",
        current_target_a=table.current_target_a or design.nominal_current_a,
        hold_current_a=table.hold_current_a or design.hold_current_a,
        current_ramp_up_pct_per_min=table.current_ramp_up_pct_per_min,
        bath_temperature_target_degc=table.bath_temperature_target_degc or design.bath_temperature_target_degc,
        bath_temperature_band_degc=product.bath_temperature_band_degc,
        oxide_target_wt_pct=table.oxide_target_wt_pct or design.oxide_target_wt_pct,
        dose_kg=table.dose_kg or design.dose_kg,
        feed_superheat_min_k=table.feed_superheat_min_k,
        anode_change_warning_h=table.anode_change_warning_h,
        current_max_a=table.envelope.current_a[1],
    )


def _limits(table: CellTable, design: CellDesign, control: ControlSettings, shadow: bool) -> GuardLimits:
    faraday_kg_per_h = _stoichiometric_feed_kg_per_h(control)
    return GuardLimits(
        scan_period_s=control.scan_period_s,
        shadow=shadow,
        current_a_max=min(table.envelope.current_a[1], design.rated_current_a),
        cell_voltage_v_max=min(table.envelope.voltage_v[1], design.voltage_limit_v),
        bath_temperature_degc_max=min(table.envelope.temperature_degc[1], control.bath_temperature_band_degc[1]),
        current_slew_up_a_per_s=table.current_slew_up_a_per_s,
        hold_current_a=control.hold_current_a,
        dose_kg_max=2.0 * control.dose_kg,
        dose_kg_per_h_max=table.dose_kg_per_h_max or 2.0 * faraday_kg_per_h,
        fresh_s=table.fresh_s,
        bath_temperature_lost_hold_s=table.bath_temperature_lost_hold_s,
        setpoint_readback_tolerance_a=max(5.0, 0.001 * design.rated_current_a),
        anodes=design.anodes.count,
    )


def _stoichiometric_feed_kg_per_h(control: ControlSettings) -> float:
    product = control.product
    metal_kg_per_ah = product.rare_earth_molar_mass_g_per_mol * 3.6 / (product.electrons_per_atom * 96485.33)
    return control.current_target_a * metal_kg_per_ah * product.oxide_kg_per_kg_metal


def _envelope_mistakes(envelope: EnvelopeTable, here: str) -> Iterator[str]:
    usual = EnvelopeTable()
    for key in ("temperature_degc", "current_a", "voltage_v"):
        low, high = getattr(envelope, key)
        normal_low, normal_high = getattr(usual, key)
        if not low < high:
            yield f"{here} envelope {key} = [{low:g}, {high:g}]: the first number must be below the second"
        if (low < normal_low or high > normal_high) and envelope.reason is None:
            yield (
                f"{here} envelope {key} = [{low:g}, {high:g}]: goes beyond [{normal_low:g}, {normal_high:g}]; "
                'say why in envelope reason = "…"'
            )


def _window_mistakes(
    table: CellTable, here: str, design: CellDesign, product: Product, control: ControlSettings
) -> Iterator[str]:
    target = control.bath_temperature_target_degc
    name = f"{here} bath_temperature_target_degc = {target:g}"
    low, high = product.bath_temperature_band_degc
    if not low <= target <= high:
        yield f"{name}: {product.name} is made at {low:g}–{high:g} °C"
    floor = design.bath_liquidus_degc + MIN_SUPERHEAT_K
    if not target >= floor:
        yield f"{name}: must be at least {floor:g} (liquidus {design.bath_liquidus_degc:g} °C + {MIN_SUPERHEAT_K:g} K)"
    floor = product.metal_melting_point_degc + MIN_ABOVE_METAL_MELTING_K
    if not product.consumable_cathode and not target >= floor:
        yield (
            f"{name}: must be at least {floor:g} ({product.name} melts at {product.metal_melting_point_degc:g} °C "
            f"+ {MIN_ABOVE_METAL_MELTING_K:g} K), or it freezes on the cathode"
        )
    low, high = table.envelope.temperature_degc
    if not low <= target <= high:
        yield (
            f"{name}: is outside the envelope {low:g}–{high:g} °C; {product.name} needs {target:g} °C, "
            "so give [cell.envelope] temperature_degc and a reason"
        )
    low, high = design.oxide_window_wt_pct
    if not low <= control.oxide_target_wt_pct <= high:
        yield f"{here} oxide_target_wt_pct = {control.oxide_target_wt_pct:g}: the window is {low:g}–{high:g} wt%"
    heaviest_kg = 0.0005 * design.bath_mass_kg
    if not control.dose_kg <= heaviest_kg:
        yield (
            f"{here} dose_kg = {control.dose_kg:g}: at most {heaviest_kg:.3g} (0.05 wt% of {design.bath_mass_kg:g} kg "
            "bath); larger doses clump and sink"
        )


def _current_mistakes(table: CellTable, here: str, design: CellDesign, control: ControlSettings) -> Iterator[str]:
    low, high = table.envelope.current_a
    high = min(high, design.rated_current_a)
    if not low <= control.current_target_a <= high:
        yield (
            f"{here} current_target_a = {control.current_target_a:g}: must lie in {low:g}–{high:g} A "
            "(envelope and the cell's rated current)"
        )
    if not 0.0 < control.hold_current_a <= control.current_target_a:
        yield (
            f"{here} hold_current_a = {control.hold_current_a:g}: must be above 0 and at most "
            f"current_target_a = {control.current_target_a:g}"
        )


def _timing_mistakes(table: CellTable, here: str, scan_period_s: float) -> Iterator[str]:
    if not table.fresh_s >= 2.0 * scan_period_s:
        yield f"{here} fresh_s = {table.fresh_s:g}: must be at least 2 scan periods ({2.0 * scan_period_s:g} s)"


def _for_anodes(device: DevicePlan, count: int) -> DevicePlan:
    """A monitor has as many channels as it has; those beyond the cell's anodes are spare and supply nothing."""
    signals = {
        point: signal
        for point, signal in device.signals.items()
        if not ((match := _NUMBERED.match(signal)) and match[1] == "anode_current" and int(match[2]) > count)
    }
    return dataclasses.replace(device, signals=signals)


def _signal_mistakes(here: str, devices: tuple[DevicePlan, ...]) -> Iterator[str]:
    suppliers: dict[str, str] = {}
    for device in devices:
        for point, signal in device.signals.items():
            where = f'{here} device "{device.name}" signals {point}'
            if signal in suppliers:
                yield f"{where} = {signal!r}: is already supplied by {suppliers[signal]}"
            suppliers.setdefault(signal, f'device "{device.name}"')
    for signal in ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped"):
        if signal not in suppliers:
            yield f"{here}: no device supplies {signal}; a cell needs a rectifier that reports it"
    for stem in ("bath_temperature", "anode_current"):
        numbers = sorted(int(m[2]) for s in suppliers if (m := _NUMBERED.match(s)) and m[1] == stem)
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{here}: {stem} signals must be numbered 1…n without a gap, not {numbers}"
