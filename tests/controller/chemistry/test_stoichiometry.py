"""Against the Faraday table, feed ratios and carbon figures of the published stoichiometry (exact)."""

from __future__ import annotations

import pytest

from controller.cell_files import load_product
from controller.chemistry.stoichiometry import (
    carbon_g_per_ah,
    face_recession_mm_per_h,
    metal_g_per_ah,
    oxide_demand_kg_per_kah,
)

PRODUCTS = {  # g/Ah, kg oxide per kA·h, kg oxide per kg metal, kg C per kg metal all CO2, all CO
    "la": (1.7276, 2.026, 1.173, 0.0649, 0.1297),
    "ce": (1.7426, 2.041, 1.171, 0.0643, 0.1286),
    "pr": (1.7525, 2.051, 1.170, 0.0639, 0.1279),
    "nd": (1.7940, 2.092, 1.166, 0.0625, 0.1249),
    "prnd": (1.7834, 2.082, 1.167, 0.0628, 0.1257),
    "gdfe": (1.9557, 2.254, 1.153, 0.0573, 0.1146),
    "dyfe": (2.0210, 2.320, 1.148, 0.0554, 0.1109),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_product_obeys_faraday(name: str) -> None:
    per_ah, oxide_per_kah, oxide_per_kg, carbon_co2, carbon_co = PRODUCTS[name]
    product = load_product(name)
    assert metal_g_per_ah(product) == pytest.approx(per_ah, abs=1e-4)
    assert oxide_demand_kg_per_kah(product) == pytest.approx(oxide_per_kah, abs=1e-3)
    assert product.oxide_kg_per_kg_metal == pytest.approx(oxide_per_kg, abs=6e-4)
    assert carbon_g_per_ah(1.0) / metal_g_per_ah(product) == pytest.approx(carbon_co2, abs=1e-4)
    assert carbon_g_per_ah(0.0) / metal_g_per_ah(product) == pytest.approx(carbon_co, abs=1e-4)


def test_a_25_ka_neodymium_cell_makes_about_800_kg_a_day_and_not_tens() -> None:
    kg_per_day = 25_000.0 * 24.0 * metal_g_per_ah(load_product("nd")) / 1000.0
    assert kg_per_day == pytest.approx(1076.0, rel=1e-3)
    assert 0.75 * kg_per_day == pytest.approx(807.0, rel=1e-3)


def test_current_efficiency_scales_the_oxide_demand() -> None:
    product = load_product("nd")
    assert oxide_demand_kg_per_kah(product, 0.8) * 25.0 == pytest.approx(41.9, abs=0.1)


def test_carbon_per_kiloampere_hour() -> None:
    assert carbon_g_per_ah(1.0) == pytest.approx(0.112, abs=5e-4)
    assert carbon_g_per_ah(0.0) == pytest.approx(0.224, abs=5e-4)


@pytest.mark.parametrize(("co2", "mm_per_day"), [(1.0, 15.8), (0.0, 31.6)])
def test_face_recession_at_one_ampere_per_square_centimetre(co2: float, mm_per_day: float) -> None:
    assert 24.0 * face_recession_mm_per_h(1.0, co2, 1.70) == pytest.approx(mm_per_day, rel=0.01)
