from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from controller.process_image.estimates import ANODE_ESTIMATES, Estimates
from controller.process_image.measurements import Measurements
from controller.process_image.tags import CONTROL_TAGS, MEASUREMENT_VECTORS, numbered, registry

UNITS = {"_a": "A", "_v": "V", "_degc": "degC", "_kg": "kg", "_h": "h", "_kw": "kW", "_ah": "Ah", "_mm": "mm"}


def test_no_measurement_and_no_estimate_lacks_a_tag() -> None:
    names = {tag.name for tag in registry(2, 2, anode_currents=2)}
    for field in dataclasses.fields(Measurements):
        if field.name in ("time_s", "devices"):
            continue
        expected = numbered(field.name, 2) if field.name in MEASUREMENT_VECTORS else field.name
        assert expected in names
    for name in Estimates._fields:
        assert (numbered(name, 1) if name in ANODE_ESTIMATES else name) in names
    assert set(CONTROL_TAGS) <= names


@given(st.integers(1, 30), st.integers(0, 6), st.integers(0, 30))
def test_names_are_unique_and_complete(anodes: int, thermocouples: int, monitored: int) -> None:
    tags = registry(anodes, thermocouples, anode_currents=monitored)
    names = [tag.name for tag in tags]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("anode_remaining_") for name in names) == anodes
    assert sum(name.startswith("anode_current_") for name in names) == monitored


def test_the_unit_in_the_name_is_the_unit_of_the_tag() -> None:
    for tag in registry(2, 2, anode_currents=2):
        for ending, unit in UNITS.items():
            if tag.name.endswith(ending) and not tag.name.endswith(("_per_h", "_kg_per_h")):
                assert tag.unit == unit, tag.name


def test_bounds_are_in_order_and_everything_is_described() -> None:
    for tag in registry(2, 2, anode_currents=2):
        assert tag.description
        assert tag.deadband >= 0.0
        if tag.low is not None and tag.high is not None:
            assert tag.low < tag.high


def test_the_number_goes_before_the_unit() -> None:
    assert numbered("bath_temperature_degc", 3) == "bath_temperature_3_degc"
