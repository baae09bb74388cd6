"""Compiles the one source of the laws twice: for one cell in plain floats, for many in arrays.

For floats the calls of ``where``, ``minimum``, ``maximum`` and ``any_of`` are written out as expressions, and laws over
columns as loops over the anodes, which more than halves the time of a step. Nothing else is changed; line numbers and
file names stay, so tracebacks point into the laws.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sim.physics.unrolled import Unrolled

LAWS = ("electrics", "oxide", "metal", "heat", "anodes", "step")
_PACKAGE = "sim.physics.laws"


def specialise(ops: Mapping[str, Any], *, inline: bool) -> SimpleNamespace:
    """The laws' public functions over these operations."""
    namespace: dict[str, Any] = {"__name__": f"{_PACKAGE}.specialised"}
    for name in LAWS:
        tree, path = _parsed(name)
        if inline:
            tree = ast.fix_missing_locations(Unrolled().visit(_WrittenOut().visit(tree)))
        exec(compile(tree, path, "exec"), namespace)  # noqa: S102 - our own source
        namespace.update(ops)
    return SimpleNamespace(**{key: value for key, value in namespace.items() if not key.startswith("__")})


def _parsed(name: str) -> tuple[ast.Module, str]:
    spec = importlib.util.find_spec(f"{_PACKAGE}.{name}")
    if spec is None or spec.loader is None:
        raise ImportError(f"{_PACKAGE}.{name}")
    source = spec.loader.get_source(f"{_PACKAGE}.{name}")  # type: ignore[attr-defined]
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not _is_shared_import(node)]
    return tree, spec.origin or name


def _is_shared_import(node: ast.stmt) -> bool:
    """Imports that the common namespace already provides."""
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sim.physics.ops", _PACKAGE))


class _WrittenOut(ast.NodeTransformer):
    def __init__(self) -> None:
        self._made = 0

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.keywords:
            return node
        if node.func.id == "where" and len(node.args) == 3:
            return ast.copy_location(ast.IfExp(node.args[0], node.args[1], node.args[2]), node)
        if node.func.id == "any_of" and len(node.args) == 1:
            return node.args[0]
        if node.func.id in ("minimum", "maximum") and len(node.args) == 2:
            first, first_again = self._twice(node.args[0])
            second, second_again = self._twice(node.args[1])
            order = ast.Lt() if node.func.id == "minimum" else ast.Gt()
            test = ast.Compare(first, [order], [second])
            return ast.copy_location(ast.IfExp(test, first_again, second_again), node)
        return node

    def _twice(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        if isinstance(value, (ast.Name, ast.Constant)):
            return value, value
        self._made += 1
        name = f"_value_{self._made}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), ast.Name(name, ast.Load())
