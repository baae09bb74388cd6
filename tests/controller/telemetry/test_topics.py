from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.topics import AreaTopics, BadTopicName, check_name


def test_the_tree_of_an_area() -> None:
    area = AreaTopics("north", "hall1")
    cell = area.cell("ce1")
    assert area.status == "didymium/v1/north/hall1/status"
    assert area.health == "didymium/v1/north/hall1/health"
    assert area.token == "didymium/v1/north/hall1/token"
    assert cell.meta == "didymium/v1/north/hall1/ce1/meta"
    assert cell.snapshot == "didymium/v1/north/hall1/ce1/snapshot"
    assert cell.event == "didymium/v1/north/hall1/ce1/event"
    assert cell.tag("cell_voltage_v") == "didymium/v1/north/hall1/ce1/tag/cell_voltage_v"
    assert cell.alarm("bath_cold") == "didymium/v1/north/hall1/ce1/alarm/bath_cold"
    assert cell.prompt("anode-3") == "didymium/v1/north/hall1/ce1/prompt/anode-3"


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "a+", "$SYS", "a b", "-a", "é", "a\n", "a\0", "x" * 65])
def test_names_that_would_change_the_meaning_of_a_topic_are_refused(name: str) -> None:
    with pytest.raises(BadTopicName, match="cannot be part of a topic"):
        AreaTopics("north", "hall1").cell(name)


@given(st.text())
def test_what_is_let_through_is_one_plain_level(name: str) -> None:
    try:
        checked = check_name(name)
    except BadTopicName:
        return
    assert checked == name
    assert name.isascii()
    assert not set(name) & set("/+#$ \0\n")
