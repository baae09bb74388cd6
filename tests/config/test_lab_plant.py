"""The shipped laboratory cell at work: a supply without heartbeat and status bits of a PLC is armed and follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.lab_section import LabSection
from tests.support.section_processes import no_traceback, until


def test_a_bench_supply_is_armed_driven_and_held(tmp_path: Path) -> None:
    with LabSection(tmp_path) as lab:
        simulator = lab.start_simulator()
        daemon = lab.start_daemon()

        def tag(name: str) -> Any:
            return lab.status()["tags"][name]["v"]

        def accepted(verb: str, value: float | None = None, text: str = "") -> str:
            reply = lab.command(verb, value, text)
            assert reply["accepted"], reply
            return str(reply["message"])

        accepted("arm")
        accepted("mode", text="MANUAL")
        accepted("current", 380.0)
        until(lambda: tag("current_setpoint_readback_a") == 380.0, 10.0, "the supply reads back 380 A")
        until(lambda: abs(tag("line_current_a") - 380.0) < 5.0, 10.0, "the current follows")
        assert lab.command("current", 450.0)["code"] == "outside_envelope"

        assert "no watchdog" in accepted("mode", text="STANDBY"), "no hold current is promised that no device sees to"
        assert tag("current_setpoint_readback_a") == 380.0

        accepted("hold")
        until(lambda: tag("current_setpoint_readback_a") == 150.0, 10.0, "the supply is at its hold current")
        assert lab.status()["armed"]
        no_traceback(simulator, daemon)
