"""``docs/commands.md`` explains every verb and every code a refusal can carry."""

from __future__ import annotations

import re
from pathlib import Path

from controller.process_image.modes import Mode
from controller.process_image.requests import Verb

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
VERBS, CODES = PAGE.split("## Verbs", 1)[1].split("## Codes", 1)
SPEAKING = (
    "control/answers.py",
    "control/modes.py",
    "protection/authority.py",
    "section.py",
    "operator_requests.py",
    "command_line_protocol.py",
    "command_socket.py",
)
_REFUSAL = re.compile(r'(?:refuse\(request, |False, |CommandError\(|_refusal\()"([a-z_]+)"[,)]')
_YES = {"accepted", "status", "already_armed", "already_lower", "no_answer"}


def first_column(text: str) -> list[str]:
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]


def test_every_verb_is_explained() -> None:
    words = {word.split()[0] for cell in first_column(VERBS) for word in re.findall(r"`([^`]+)`", cell)}
    assert words == {verb.value for verb in Verb} | {"status"}
    assert {mode.value for mode in Mode} <= set(re.findall(r"`mode ([A-Z]+)`", VERBS))


def test_every_code_is_explained_and_none_is_invented() -> None:
    said = {code for file in SPEAKING for code in _REFUSAL.findall((ROOT / "controller" / file).read_text("utf-8"))}
    assert {"not_armed", "shadow", "permissives_unmet", "busy", "unknown_mode", "no_feedback"} <= said
    explained = {code for cell in first_column(CODES) for code in re.findall(r"`([a-z_]+)`", cell)}
    assert explained == said | _YES
