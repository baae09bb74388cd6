"""One ``[[cell]]`` of a plant file, joined with its design, product and device profiles, and checked against them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from controller.cell_checks import cell_mistakes, oxide_demand_kg_per_h
from controller.cell_files import CellFileError, load_cell_design, load_product
from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product
from controller.chemistry.refused import gate
from controller.control.settings import ControlSettings
from controller.plant import CellPlan, DevicePlan
from controller.plant_file import CellTable
from controller.plant_file_reading import CellEntry
from controller.protection.limits import GuardLimits
from controller.rectifier_checks import rectifier_mistakes
from controller.signal_checks import signal_mistakes, without_spare_anodes


class CellFiles(NamedTuple):
    design: CellDesign
    product: Product
    simulator: Mapping[str, Any]


def cell_plan(
    entry: CellEntry,
    devices: tuple[DevicePlan, ...],
    *,
    folder: Path,
    scan_period_s: float,
    shadow: bool,
    mistakes: list[str],
) -> CellPlan | None:
    """None where mistakes (appended, each naming the key) leave nothing to build on; ``devices`` are those of the
    entry that came through their own checks.

    What rests on a table that could not be read is not looked at: it would report values nobody wrote.
    """
    before = len(mistakes)
    here, table = entry.here, entry.table
    files = _files(entry.named, here, folder, mistakes)
    if files is None or table is None:
        return None
    control = _control(table, files, scan_period_s, watchdog=_has_watchdog(devices))
    limits = _limits(table, files.design, control, shadow)
    mistakes += cell_mistakes(table, here, control, limits)
    if devices and len(devices) == len(entry.devices):
        mistakes += signal_mistakes(here, devices, files.design.anodes.count)
        mistakes += rectifier_mistakes(table, here, devices, control)
    if len(mistakes) > before:
        return None
    return CellPlan(
        name=table.name,
        design=files.design,
        product=files.product,
        supply=table.supply,
        control=control,
        limits=limits,
        devices=without_spare_anodes(devices, files.design.anodes.count),
        simulator={**files.simulator, **table.simulator},
    )


def _files(named: Mapping[str, str], here: str, folder: Path, mistakes: list[str]) -> CellFiles | None:
    """The design and the product a cell names. A refused element is told even where the design cannot be read."""
    design, wanted = None, named.get("product")
    simulator: Mapping[str, Any] = {}
    if "design" in named:
        try:
            design, simulator = load_cell_design(_local(named["design"], folder))
        except CellFileError as error:
            mistakes += [f'{here} design = "{named["design"]}": {line}' for line in error.mistakes]
        else:
            wanted = wanted or design.product
    if wanted is None:
        return None
    reason = gate(wanted)
    if reason is not None:
        mistakes.append(f'{here} product = "{wanted}": {reason}')
        return None
    try:
        product = load_product(_local(wanted, folder))
    except CellFileError as error:
        mistakes += [f'{here} product = "{wanted}": {line}' for line in error.mistakes]
        return None
    return None if design is None else CellFiles(design, product, simulator)


def _has_watchdog(devices: tuple[DevicePlan, ...]) -> bool:
    return all(device.profile.watchdog.mode != "none" for device in devices if device.role == "rectifier")


def _local(name: str, folder: Path) -> str:
    """A path is relative to the plant file; a bare name is one of those shipped."""
    return str(folder / name) if name.endswith(".toml") else name


def _control(table: CellTable, files: CellFiles, scan_period_s: float, *, watchdog: bool) -> ControlSettings:
    design, product = files.design, files.product
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
        rectifier_has_watchdog=watchdog,
        current_max_a=table.envelope.current_a[1],
    )


def _limits(table: CellTable, design: CellDesign, control: ControlSettings, shadow: bool) -> GuardLimits:
    return GuardLimits(
        scan_period_s=control.scan_period_s,
        shadow=shadow,
        current_a_max=min(table.envelope.current_a[1], design.rated_current_a),
        cell_voltage_v_max=min(table.envelope.voltage_v[1], design.voltage_limit_v),
        bath_temperature_degc_max=min(table.envelope.temperature_degc[1], control.bath_temperature_band_degc[1]),
        current_slew_up_a_per_s=table.current_slew_up_a_per_s,
        hold_current_a=control.hold_current_a,
        dose_kg_max=2.0 * control.dose_kg,
        dose_kg_per_h_max=table.dose_kg_per_h_max or 2.0 * oxide_demand_kg_per_h(control),
        fresh_s=table.fresh_s,
        bath_temperature_lost_hold_s=table.bath_temperature_lost_hold_s,
        setpoint_readback_tolerance_a=max(5.0, 0.001 * design.rated_current_a),
        anodes=design.anodes.count,
        rectifier_has_watchdog=control.rectifier_has_watchdog,
    )
