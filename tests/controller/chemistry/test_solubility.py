from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.metals import RARE_EARTHS
from controller.chemistry.solubility import SOLUBILITY_FACTORS, oxide_solubility_mol_pct


@pytest.mark.parametrize(("degc", "mol_pct"), [(750.0, 0.13), (900.0, 0.22)])
def test_measured_points(degc: float, mol_pct: float) -> None:
    assert oxide_solubility_mol_pct(0.23, degc) == pytest.approx(mol_pct, rel=0.05)


def test_every_rare_earth_has_its_factor() -> None:
    assert set(SOLUBILITY_FACTORS) == set(RARE_EARTHS)


@given(ref3=st.floats(0.01, 0.9), degc=st.floats(25.0, 1400.0))
def test_rises_with_temperature_and_fluoride_share(ref3: float, degc: float) -> None:
    here = oxide_solubility_mol_pct(ref3, degc)
    assert math.isfinite(here)
    assert here < oxide_solubility_mol_pct(ref3, degc + 10.0)
    assert here < oxide_solubility_mol_pct(ref3 + 0.01, degc)
