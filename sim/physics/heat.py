"""Heat of bath and lining: two temperatures, what goes in, what leaves, and what freezing holds back."""

from __future__ import annotations

from sim.physics.parameters import CellParameters

_STEFAN_BOLTZMANN = 5.670374e-8
_EMISSIVITY = 0.7
_OXIDE_HEAT_KJ_PER_KG_K = 0.40
_DISSOLUTION_KJ_PER_KG = 100.0
_BOILING_K = 2200.0
"""LiF boils near 1950 K and fluorides of rare earths near 2600 K (handbook); a mixture between is assumed."""


def frozen_share(temperature_k: float, liquidus_k: float, range_k: float) -> float:
    share = (liquidus_k - temperature_k) / range_k
    return 0.0 if share <= 0.0 else 1.0 if share >= 1.0 else share


def top_loss_w(parameters: CellParameters, temperature_k: float, lid_closed: bool) -> float:
    truth = parameters.truth
    ambient_k = truth.ambient_degc + 273.15
    cover = truth.cover_factor * (truth.lid_factor if lid_closed else 1.0)
    return cover * _EMISSIVITY * _STEFAN_BOLTZMANN * truth.top_area_m2 * (temperature_k**4 - ambient_k**4)


def hot_enthalpy_voltage_v(parameters: CellParameters) -> float:
    """Enthalpy voltage without the part that brings cold oxide into solution: that is charged to each dose."""
    warm_kj = _OXIDE_HEAT_KJ_PER_KG_K * (parameters.design.bath_temperature_target_degc - parameters.truth.ambient_degc)
    return parameters.truth.enthalpy_voltage_v - parameters.oxide_kg_per_coulomb * 1e3 * (
        warm_kj + _DISSOLUTION_KJ_PER_KG
    )


def furnace_w(parameters: CellParameters, temperature_k: float) -> float:
    """Of a cell heated from outside: proportional about a bias, within what the furnace can give."""
    truth = parameters.truth
    if truth.furnace_max_kw <= 0.0:
        return 0.0
    wanted = truth.furnace_bias_kw + truth.furnace_gain_kw_per_k * (truth.furnace_target_degc + 273.15 - temperature_k)
    return 1e3 * min(truth.furnace_max_kw, max(0.0, wanted))


def step_temperatures(
    parameters: CellParameters,
    bath_k: float,
    lining_k: float,
    *,
    bath_mass_kg: float,
    liquidus_k: float,
    heat_w: float,
    dose_kg: float,
    dissolved_kg: float,
    lid_closed: bool,
    dt_s: float,
) -> tuple[float, float]:
    """New bath and lining temperature, K. ``heat_w`` is everything released in the bath, losses not taken off.

    A dose chills by mixing, so that no mass of it can cool the bath below the oxide's own temperature.
    """
    truth = parameters.truth
    capacity = 1e3 * truth.bath_heat_capacity_kj_per_kg_k * bath_mass_kg
    if liquidus_k - truth.freezing_range_k < bath_k < liquidus_k:
        capacity += 1e3 * truth.fusion_heat_kj_per_kg * bath_mass_kg / truth.freezing_range_k
    ambient_k = truth.ambient_degc + 273.15
    to_lining = parameters.bath_to_lining_w_per_k * (bath_k - lining_k)
    to_ambient = parameters.lining_to_ambient_w_per_k * (lining_k - ambient_k)
    net_w = heat_w - top_loss_w(parameters, bath_k, lid_closed) - to_lining
    energy = net_w * dt_s - 1e3 * _DISSOLUTION_KJ_PER_KG * dissolved_kg
    new_bath_k = bath_k + energy / capacity
    if dose_kg > 0.0:
        oxide = 1e3 * _OXIDE_HEAT_KJ_PER_KG_K * dose_kg
        new_bath_k = (capacity * new_bath_k + oxide * ambient_k) / (capacity + oxide)
    new_lining_k = lining_k + (to_lining - to_ambient) * dt_s / (1e6 * truth.lining_heat_capacity_mj_per_k)
    # what would go on heating a boiling bath leaves as vapour; the loss of bath is not followed
    return min(_BOILING_K, max(ambient_k - 50.0, new_bath_k)), new_lining_k
