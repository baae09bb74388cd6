from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.cell_files import CONFIG, load_product
from controller.chemistry.refused import gate

SHIPPED = sorted(path.stem for path in (CONFIG / "products").glob("*.toml"))


@pytest.mark.parametrize(
    "word",
    ["Sm", "sm", "samarium", "Sm2O3", "Eu", "Eu2O3", "europium oxide", "Tm2O3", "Yb", "ytterbium", "SmCo", "yb_fe"],
)
def test_divalent_elements_are_sent_to_the_metallothermic_route(word: str) -> None:
    reason = gate(word)
    assert reason is not None
    assert "metallothermic reduction" in reason
    assert "lanthanothermic" in reason
    assert "vapour pressure" in reason
    assert "divalent" in reason


@pytest.mark.parametrize("word", ["Sc", "Y", "yttrium", "Y2O3", "ho", "Er", "lutetium", "hofe"])
def test_elements_without_a_recipe_are_refused(word: str) -> None:
    reason = gate(word)
    assert reason is not None
    assert "not electrolysed here" in reason


@pytest.mark.parametrize("word", ["Dy", "dysprosium", "Gd2O3", "tb"])
def test_heavy_ones_only_as_iron_alloys(word: str) -> None:
    reason = gate(word)
    assert reason is not None
    assert "only as an iron alloy" in reason
    assert "fe" in reason


@pytest.mark.parametrize("word", ["dyfe", "Dy-Fe", "gdfe", "TbFe", "gadolinium-iron"])
def test_their_iron_alloys_pass(word: str) -> None:
    assert gate(word) is None


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_product_passes_and_loads_under_its_own_name(name: str) -> None:
    assert gate(name) is None
    assert load_product(name).id == name


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    reason = gate(text)
    assert reason is None or len(reason) > 20
