"""Whatever stands where in a profile: it is accepted or refused with mistakes, it never crashes the loader."""

from __future__ import annotations

import copy
import math
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.profiles import load
from drivers.profiles.mistakes import ProfileError
from tests.support.profile_text import ASCII, RIGHT

ODD: tuple[Any, ...] = (3, -1, 10**30, 0.5, math.nan, True, "", "x", "{", "é\n", [], [1], ["x"], [{}], {}, {"x": 1})


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def with_odd(document: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = odd
    return changed


@pytest.mark.parametrize("text", [RIGHT, ASCII], ids=["modbus", "ascii"])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_it_is_accepted_or_refused(text: str, odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tomllib.loads(text)
    refused = 0
    for path in places(document):
        changed = with_odd(document, path, odd)
        monkeypatch.setattr(load, "_read", lambda *_, changed=changed: changed)
        try:
            profile = load.load_profile("device.toml")
        except ProfileError as error:
            refused += len(error.mistakes) > 0
        else:
            load.vector_mistakes(profile)
    assert refused > 0.4 * len(list(places(document)))
