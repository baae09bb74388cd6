"""Laws written out give to the last bit what they give as calls."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.physics import ops
from sim.physics.specialise import specialise
from sim.physics.state import CellInputs
from sim.physics.unrolled import Unrolled
from tests.support.simulated_cells import cell_parameters, without_lag

SOURCE = textwrap.dedent(
    """
    def outer(values, factor):
        def scaled(value):
            return factor * value

        def split(value, other):
            factor = value + other
            if factor > 1.0:
                factor = factor - 1.0
            return factor, value * other

        def kept(value):
            return value

        value = 5.0
        sums, products = columns(split, column(scaled, values), values)
        return sums, products, total(column(scaled, sums)), column(apply, values), value, factor, kept(value)

    def apply(value):
        return -value
    """
)
OPS: dict[str, Any] = {name: value for name, value in vars(ops).items() if not name.startswith("_")}


def compiled(tree: ast.Module) -> Callable[..., Any]:
    names = dict(OPS)
    exec(compile(ast.fix_missing_locations(tree), "laws", "exec"), names)
    outer: Callable[..., Any] = names["outer"]
    return outer


WRITTEN_OUT = Unrolled().visit(ast.parse(SOURCE))
LOOPS, CALLS = compiled(WRITTEN_OUT), compiled(ast.parse(SOURCE))


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5), st.floats(-1e3, 1e3))
def test_written_out_is_what_was_called(values: Sequence[float], factor: float) -> None:
    """And names inside a law do not touch those around it."""
    assert LOOPS(list(values), factor) == CALLS(list(values), factor)


def test_only_laws_from_elsewhere_stay_calls() -> None:
    calls = [node.func for node in ast.walk(WRITTEN_OUT) if isinstance(node, ast.Call)]
    called = [function.id for function in calls if isinstance(function, ast.Name)]
    assert called.count("column") == 1
    assert "columns" not in called
    inside = {node.name for node in ast.walk(WRITTEN_OUT) if isinstance(node, ast.FunctionDef)}
    assert inside == {"outer", "apply", "kept"}


def test_a_cell_runs_to_the_same_bits_either_way() -> None:
    """Through a feed stop into an anode effect, so that every branch is taken."""
    parameters = cell_parameters("ce_25ka")
    states = []
    for inline in (True, False):
        step = specialise(OPS, inline=inline).step
        state = without_lag(parameters, oxide_factor=0.5)
        for _ in range(600):
            step(parameters.truth, parameters.derived, state, CellInputs(25_000.0, 20.0), 2.0)
        states.append(state)
    assert states[0].films > 0.0
    assert states[0] == states[1]
