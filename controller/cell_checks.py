"""What the keys of one cell must hold among each other and against its design and product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product
from controller.control.settings import ControlSettings
from controller.plant_file import CellTable, EnvelopeTable
from controller.protection.limits import GuardLimits

MIN_SUPERHEAT_K = 30.0
"""A set-point below liquidus + 30 K is refused; recommended operation is 60–150 K (assumed)."""
MIN_ABOVE_METAL_MELTING_K = 15.0
LARGEST_DOSE_PER_BATH = 0.0005
FRESH_SCANS_MIN = 2.0


def cell_mistakes(table: CellTable, here: str, control: ControlSettings, limits: GuardLimits) -> Iterator[str]:
    """One line per mistake; ``here`` names the cell."""
    design = control.design
    checks: tuple[Iterable[str], ...] = (
        _envelope(table.envelope),
        _temperature(table, design, control.product, control.bath_temperature_target_degc),
        _voltage(table, design),
        _current(table, design, control),
        _slew(table, design),
        _oxide(design, control, limits),
        _timing(table, control.scan_period_s),
    )
    for lines in checks:
        yield from (f"{here} {line}" for line in lines)


def _envelope(envelope: EnvelopeTable) -> Iterator[str]:
    usual = EnvelopeTable()
    for key in ("temperature_degc", "current_a", "voltage_v"):
        low, high = getattr(envelope, key)
        normal_low, normal_high = getattr(usual, key)
        if (low < normal_low or high > normal_high) and envelope.reason is None:
            yield (
                f"envelope {key} = [{low:g}, {high:g}]: goes beyond [{normal_low:g}, {normal_high:g}]; "
                'say why in envelope reason = "…"'
            )


def _temperature(table: CellTable, design: CellDesign, product: Product, target: float) -> Iterator[str]:
    name = f"bath_temperature_target_degc = {target:g}"
    low, high = product.bath_temperature_band_degc
    if not low <= target <= high:
        yield (
            f"{name}: {product.name} is made at {low:g}–{high:g} °C; choose a design and a bath for it "
            f"({design.id} is for {design.product})"
            if product.id != design.product
            else f"{name}: {product.name} is made at {low:g}–{high:g} °C"
        )
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


def _voltage(table: CellTable, design: CellDesign) -> Iterator[str]:
    low, high = table.envelope.voltage_v
    normal_low, normal_high = design.normal_voltage_v
    if not low <= normal_low <= normal_high <= high:
        yield (
            f"envelope voltage_v = [{low:g}, {high:g}]: {design.id} runs at {normal_low:g}–{normal_high:g} V; "
            "give [cell.envelope] voltage_v and a reason"
        )


def _current(table: CellTable, design: CellDesign, control: ControlSettings) -> Iterator[str]:
    low, envelope_high = table.envelope.current_a
    target, hold = control.current_target_a, control.hold_current_a
    if not low <= target <= envelope_high:
        yield (
            f"current_target_a = {target:g}: is outside the envelope {low:g}–{envelope_high:g} A; "
            "change it, or give [cell.envelope] current_a and a reason"
        )
    if not target <= design.rated_current_a:
        yield f"current_target_a = {target:g}: at most {design.rated_current_a:g}, for which {design.id} is rated"
    if not 0.0 < hold <= target:
        yield f"hold_current_a = {hold:g}: must be above 0 and at most current_target_a = {target:g}"


def _slew(table: CellTable, design: CellDesign) -> Iterator[str]:
    """Whoever forbids the guard what he orders the ramp to do gets a ramp that never ends."""
    ramp_a_per_s = table.current_ramp_up_pct_per_min / 100.0 * design.nominal_current_a / 60.0
    if not table.current_slew_up_a_per_s >= ramp_a_per_s:
        yield (
            f"current_slew_up_a_per_s = {table.current_slew_up_a_per_s:g}: at least {ramp_a_per_s:.3g} follows "
            f"current_ramp_up_pct_per_min = {table.current_ramp_up_pct_per_min:g}; raise the one or lower the other"
        )


def _oxide(design: CellDesign, control: ControlSettings, limits: GuardLimits) -> Iterator[str]:
    low, high = design.oxide_window_wt_pct
    if not low <= control.oxide_target_wt_pct <= high:
        yield f"oxide_target_wt_pct = {control.oxide_target_wt_pct:g}: the window of {design.id} is {low:g}–{high:g}"
    heaviest_kg = LARGEST_DOSE_PER_BATH * design.bath_mass_kg
    if not control.dose_kg <= heaviest_kg:
        yield (
            f"dose_kg = {control.dose_kg:g}: at most {heaviest_kg:.3g} (0.05 wt% of {design.bath_mass_kg:g} kg "
            "bath); larger doses clump and sink"
        )
    demand_kg_per_h = oxide_demand_kg_per_h(control)
    if not limits.dose_kg_per_h_max >= demand_kg_per_h:
        yield (
            f"dose_kg_per_h_max = {limits.dose_kg_per_h_max:g}: must be at least {demand_kg_per_h:.3g}, which "
            f"{control.current_target_a:g} A may eat by Faraday's law; leave it out for twice that"
        )


def _timing(table: CellTable, scan_period_s: float) -> Iterator[str]:
    least_s = FRESH_SCANS_MIN * scan_period_s
    if not table.fresh_s >= least_s:
        yield (
            f"fresh_s = {table.fresh_s:g}: must be at least {FRESH_SCANS_MIN:g} scan periods ({least_s:g} s); "
            "raise it or shorten [plant] scan_period_s"
        )


def oxide_demand_kg_per_h(control: ControlSettings) -> float:
    """What the target current eats at a current efficiency of 1."""
    product = control.product
    metal_kg_per_ah = product.rare_earth_molar_mass_g_per_mol * 3.6 / (product.electrons_per_atom * 96485.33)
    return control.current_target_a * metal_kg_per_ah * product.oxide_kg_per_kg_metal
