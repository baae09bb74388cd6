from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.cell_files import load_product
from controller.chemistry.errors import ChemistryError
from controller.chemistry.metals import METAL_NAMES, metal
from controller.chemistry.routes import Route, standard_potential_v


@pytest.mark.parametrize("name", METAL_NAMES)
def test_shares_sum_to_one(name: str) -> None:
    assert sum(share for _, share in metal(name).shares) == pytest.approx(1.0)
    assert metal(name.lower()).name == name


@pytest.mark.parametrize(
    ("word", "name"),
    [("neodymium", "Nd"), ("didymium", "PrNd"), ("Pr-Nd", "PrNd"), ("nd-fe", "NdFe"), ("MM", "mischmetal")],
)
def test_other_words_for_them(word: str, name: str) -> None:
    assert metal(word).name == name


def test_a_refused_element_is_told_its_route() -> None:
    with pytest.raises(ChemistryError, match="lanthanothermic"):
        metal("Sm")


@pytest.mark.parametrize(("word", "says"), [("Nb", "did you mean Nd"), ("Tb", "no formation data of terbium")])
def test_an_unknown_metal_gets_near_matches(word: str, says: str) -> None:
    with pytest.raises(ChemistryError, match=says):
        metal(word)


@pytest.mark.parametrize("product_id", ["la", "ce", "pr", "nd", "prnd", "mischmetal", "gdfe", "dyfe", "ndfe", "prfe"])
def test_product_files_tell_the_same_story(product_id: str) -> None:
    product, substance = load_product(product_id), metal(product_id)
    assert product.rare_earth_molar_mass_g_per_mol == pytest.approx(substance.rare_earth_g_per_mol, abs=0.002)
    for route, (a, b) in ((Route.CO, product.reversible_co_v), (Route.CO2, product.reversible_co2_v)):
        assert standard_potential_v(substance, route, 1000.0) == pytest.approx(a, abs=2e-4)
        assert standard_potential_v(substance, route, 1100.0) == pytest.approx(a + 100.0 * b, abs=3e-4)


@given(st.text())
def test_any_text_has_an_answer_or_a_reason(text: str) -> None:
    with suppress(ChemistryError):
        assert metal(text).name in METAL_NAMES
