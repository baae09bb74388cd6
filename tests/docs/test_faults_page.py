"""The table on ``docs/faults.md`` is the one the simulator works with."""

from __future__ import annotations

import re
from pathlib import Path

from sim.fault_table import markdown_table
from sim.faults import fault_named
from sim.serve import planned_fault

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")


def test_the_table_is_that_of_the_fault_library() -> None:
    _, _, rest = PAGE.partition("<!-- faults -->\n")
    table, mark, _ = rest.partition("\n<!-- /faults -->")
    assert mark
    assert table == markdown_table()


def test_the_examples_can_be_given_as_they_stand() -> None:
    examples = re.findall(r"--fault (\S+)", PAGE)
    assert len(examples) == 2
    for text in examples:
        fault_named(planned_fault(text).name)
