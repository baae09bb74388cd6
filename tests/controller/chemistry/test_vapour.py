from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.errors import ChemistryError
from controller.chemistry.vapour import lif_vapour_pressure_pa


@given(degc=st.floats(25.0, 1400.0), activity=st.floats(0.01, 0.9))
def test_rises_with_temperature_and_activity(degc: float, activity: float) -> None:
    here = lif_vapour_pressure_pa(degc, activity)
    assert here > 0.0
    assert lif_vapour_pressure_pa(degc + 10.0, activity) > here
    assert lif_vapour_pressure_pa(degc, activity + 0.1) > here


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_an_activity_without_meaning_is_refused(bad: float) -> None:
    with pytest.raises(ChemistryError, match="LiF activity"):
        lif_vapour_pressure_pa(1000.0, bad)
