"""Writes laws over columns out where they are used: ``column(law, …)`` and ``columns(law, …)`` without calls per anode.

A law with one value, ``return`` and nothing else, becomes a list comprehension. A law with several, whose ``return``
comes last, becomes a loop over the anodes that appends to a list for each.
"""

from __future__ import annotations

import ast
import copy


class Unrolled(ast.NodeTransformer):
    """Looks at laws defined in the function that uses them; others stay calls."""

    def __init__(self) -> None:
        self._laws: dict[str, ast.FunctionDef] = {}
        self._made = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        outer = self._laws
        self._laws = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        body: list[ast.stmt] = []
        for statement in node.body:
            if not isinstance(statement, ast.FunctionDef):
                body += self._loop(statement) or [self.visit(statement)]
        used = {name.id for statement in body for name in ast.walk(statement) if isinstance(name, ast.Name)}
        node.body = [*(law for name, law in self._laws.items() if name in used), *body]
        self._laws = outer
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        law = self._law(node, "column")
        if law is None or len(law.body) != 1 or not isinstance(law.body[0], ast.Return) or law.body[0].value is None:
            return node
        names = [each.arg for each in law.args.args]
        each = ast.comprehension(_targets(names), _together(node.args[1:]), ifs=[], is_async=0)
        return ast.copy_location(ast.ListComp(copy.deepcopy(law.body[0].value), [each]), node)

    def _loop(self, statement: ast.stmt) -> list[ast.stmt]:
        """What an assignment from ``columns(law, …)`` becomes; nothing for any other statement."""
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            return []
        law = self._law(statement.value, "columns")
        if law is None or not isinstance(law.body[-1], ast.Return) or not isinstance(law.body[-1].value, ast.Tuple):
            return []
        law = copy.deepcopy(law)
        self._made += 1
        own = {each.arg for each in law.args.args} | {
            name.id for name in ast.walk(law) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        _Renamed({name: f"_{self._made}_{name}" for name in own}).visit(law)
        last = law.body.pop()
        assert isinstance(last, ast.Return)
        assert isinstance(last.value, ast.Tuple)
        lists = [f"_{self._made}_column_{number}" for number in range(len(last.value.elts))]
        for name, value in zip(lists, last.value.elts, strict=True):
            append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
            law.body.append(ast.copy_location(ast.Expr(ast.Call(append, [value], [])), last))
        made: list[ast.stmt] = [ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load())) for name in lists]
        names = [each.arg for each in law.args.args]
        given = [self.visit(each) for each in statement.value.args[1:]]
        made.append(ast.For(_targets(names), _together(given), law.body, []))
        results: list[ast.expr] = [ast.Name(name, ast.Load()) for name in lists]
        made.append(ast.Assign(statement.targets, ast.Tuple(results, ast.Load())))
        return [ast.copy_location(each, statement) for each in made]

    def _law(self, call: ast.Call, by: str) -> ast.FunctionDef | None:
        if not isinstance(call.func, ast.Name) or call.func.id != by or not isinstance(call.args[0], ast.Name):
            return None
        return self._laws.get(call.args[0].id)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._names.get(node.arg, node.arg)
        return node


def _targets(names: list[str]) -> ast.expr:
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    return targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())


def _together(columns: list[ast.expr]) -> ast.expr:
    return columns[0] if len(columns) == 1 else ast.Call(ast.Name("zip", ast.Load()), columns, [])
