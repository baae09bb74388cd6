from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.command_line_protocol import CommandError, StatusQuery, parse_command
from controller.process_image.requests import Request, Verb


def parse(text: str) -> Request:
    cell, request = parse_command(text.encode(), actor="ann")
    assert cell == "ce1"
    assert isinstance(request, Request)
    return request


def test_a_set_point() -> None:
    request = parse('{"cell": "ce1", "verb": "current", "value": 24500, "reason": "too warm"}')
    assert (request.verb, request.value, request.actor, request.reason) == (Verb.CURRENT, 24500.0, "ann", "too warm")
    assert request.id


def test_a_mode_is_taken_in_any_case() -> None:
    assert parse('{"cell": "ce1", "verb": "mode", "text": "automatic"}').text == "AUTOMATIC"


def test_status_is_no_request() -> None:
    assert isinstance(parse_command(b'{"cell": "ce1", "verb": "status"}', actor="ann")[1], StatusQuery)


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ('{"cell": "ce1", "verb": "current", "value": NaN}', "malformed", "NaN"),
        ('{"cell": "ce1", "verb": "current", "value": 1e999}', "malformed", "set-point"),
        ('{"cell": "ce1", "verb": "current", "value": true}', "malformed", "set-point"),
        ('{"cell": "ce1", "verb": "current", "value": "25000"}', "malformed", "set-point"),
        ('{"cell": "ce1", "verb": "current"}', "malformed", "set-point"),
        ('{"cell": "ce1", "verb": "stop", "value": 1}', "malformed", "no value"),
        ('{"cell": "ce1", "verb": "fly"}', "unknown_verb", "fly"),
        ('{"cell": "ce1", "verb": "mode", "text": "TURBO"}', "unknown_mode", "TURBO"),
        ('{"cell": "ce1", "verb": "stop", "force": 1}', "malformed", "force"),
        ('{"cell": "ce1", "cell": "ce2", "verb": "stop"}', "malformed", "twice"),
        ('{"cell": 1, "verb": "stop"}', "malformed", "text"),
        ("[]", "malformed", "object"),
        ("stop ce1", "malformed", "JSON"),
        ('{"cell": "ce1", "verb": "stop", "reason": "' + "x" * 201 + '"}', "malformed", "200"),
        ('{"cell": "ce1", "verb": "stop", "reason": "' + "x" * 5000 + '"}', "malformed", "4096"),
    ],
)
def test_malformed_commands_are_refused_with_a_reason(text: str, code: str, word: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_command(text.encode(), actor="ann")
    assert caught.value.code == code
    assert word in str(caught.value)


@given(st.binary(max_size=300))
def test_no_bytes_get_past_the_parser_unnamed(line: bytes) -> None:
    with pytest.raises(CommandError):
        parse_command(line, actor="ann")


@given(st.sampled_from(Verb), st.floats(allow_nan=True, allow_infinity=True))
def test_a_value_is_finite_or_refused(verb: Verb, value: float) -> None:
    line = json.dumps({"cell": "ce1", "verb": verb.value, "value": value, "text": "MANUAL"}).encode()
    try:
        _, request = parse_command(line, actor="ann")
    except CommandError:
        return
    assert isinstance(request, Request)
    assert request.value is not None
    assert abs(request.value) < float("inf")
