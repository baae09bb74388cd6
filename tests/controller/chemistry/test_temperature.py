from __future__ import annotations

import pytest

from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.temperature import kelvin, outside


@pytest.mark.parametrize("degc", [25.0, 750.0, 1426.85])
def test_answers_from_standard_temperature_to_1700_kelvin(degc: float) -> None:
    assert kelvin(degc) == pytest.approx(degc + 273.15)


@pytest.mark.parametrize("degc", [24.0, 1426.9, -300.0, 1e300])
def test_beyond_the_bounds_the_error_names_them(degc: float) -> None:
    with pytest.raises(ChemistryError, match=r"298\.15–1700 K"):
        kelvin(degc)


@pytest.mark.parametrize("degc", [float("nan"), float("inf"), float("-inf")])
def test_no_number_is_no_temperature(degc: float) -> None:
    with pytest.raises(ChemistryError, match="not a number"):
        kelvin(degc)


@pytest.mark.parametrize(("degc", "flagged"), [(749.9, True), (750.0, False), (1100.0, False), (1100.1, True)])
def test_the_flag_begins_outside_the_band(degc: float, flagged: bool) -> None:
    assert outside(degc) is flagged


def test_near_matches_name_the_near_or_all() -> None:
    assert near_matches("ndf", ["NdF3", "LiF"]) == "did you mean NdF3?"
    assert near_matches("zzzz", ["NdF3", "LiF"]) == "known are NdF3, LiF."
