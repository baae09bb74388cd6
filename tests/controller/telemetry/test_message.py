from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.message import encode


def forbidden(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.frozensets(st.floats()),
        max_leaves=10,
    )
)
def test_whatever_is_sent_is_strict_json(value: Any) -> None:
    json.loads(encode(value), parse_constant=forbidden)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.floats(allow_nan=False, allow_infinity=False)))
def test_plain_values_come_back(value: dict[str, float]) -> None:
    assert json.loads(encode(value)) == value


def test_no_spaces_and_no_nan() -> None:
    assert encode({"a": [1, math.nan, math.inf], "b": "°C"}) == '{"a":[1,null,null],"b":"°C"}'.encode()
