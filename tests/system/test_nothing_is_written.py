"""Every Modbus request is written down on its way: what reaches the field, and above all what does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.rectifier_panel import FULL_SCALE, RATED_A
from tests.support.section_processes import SectionProcesses, link_of, no_traceback, until, with_link
from tests.support.wire_tap import Request, WireTap

CELLS = ("ce1", "prnd1")
SETPOINT, HEARTBEAT = 100, 101
"""Registers of the shipped rectifier map."""
HOLD_A = 18_000.0


@contextmanager
def tapped(folder: Path, *, serial: bool, broker_port: int | None = None) -> Iterator[tuple[SectionProcesses, WireTap]]:
    """A simulator is running; the daemon, once started, finds every Modbus device behind the tap. ``serial``: the
    RS-485 line as well, which a simulator must then not leave."""
    tap = WireTap()
    ports: dict[str, int] = {}

    def detour(text: str) -> str:
        for cell in CELLS:
            for device in ("rectifier", "feeder", "anodes", "contacts"):
                link = link_of(text, cell, device)
                scheme, _, address = link.partition("://")
                if scheme in ("tcp", "rtu+tcp"):
                    port = tap.tcp(f"{cell}/{device}", int(address.rsplit(":", 1)[1]), rtu=scheme != "tcp")
                    text = with_link(text, cell, device, f"{scheme}://127.0.0.1:{port}")
                    ports[f"{cell}/{device}"] = port
        return text.replace("prnd1-instruments", "prnd1-tapped") if serial else text

    processes = SectionProcesses(folder, edit=detour, scan_period_s=0.25)
    try:
        processes.start_simulator()
        if serial:
            tap.rtu_serial("prnd1/instruments", folder / "prnd1-instruments", folder / "prnd1-tapped")
        tap.start()
        yield processes, tap
    finally:
        processes.close()
        tap.close()


def setpoints_a(requests: list[Request]) -> list[float]:
    """The value of a single register follows its address directly."""
    return [
        int.from_bytes(request.body[:2], "big") * RATED_A / FULL_SCALE
        for request in requests
        if request.link.endswith("rectifier") and request.address == SETPOINT
    ]


def scans_go_by(processes: SectionProcesses, count: int = 6) -> None:
    due = {cell: processes.status(cell)["scan"] + count for cell in CELLS}
    until(lambda: all(processes.status(cell)["scan"] >= due[cell] for cell in CELLS), 20.0, "scans go by")


def test_standby_reads_and_writes_nothing_and_arming_begins_with_what_is_there(tmp_path: Path) -> None:
    with tapped(tmp_path, serial=True) as (processes, tap):
        processes.start_daemon()
        for cell in CELLS:
            processes.wait_ready(cell)
        scans_go_by(processes)
        assert len({request.link for request in tap.requests}) == 8, "every Modbus link is watched"
        assert not tap.writes()

        processes.run_automatically("prnd1")
        until(
            lambda: any(request.address == HEARTBEAT for request in tap.writes("prnd1/rectifier")), 5.0, "a heartbeat"
        )
        assert not tap.writes("ce1/rectifier")
        for value_a in setpoints_a(tap.writes("prnd1/rectifier")):
            assert abs(value_a - 25_000.0) < 500.0

        reply = processes.command("prnd1", "disarm")
        assert reply["accepted"]
        until(lambda: not processes.status("prnd1")["armed"], 3.0, "the cell is disarmed")
        before = len(tap.writes())
        scans_go_by(processes)
        assert len(tap.writes()) == before, "a disarmed cell is left alone: no heartbeat, no pulse"
        assert processes.daemon.terminate() == 0
        assert len(tap.writes()) == before, "nor is there a last word"
        no_traceback(processes.daemon)


def test_shadow_mode_publishes_everything_and_writes_nothing(tmp_path: Path) -> None:
    with tapped(tmp_path, serial=True) as (processes, tap):
        processes.start_daemon("--shadow")
        for cell in CELLS:
            processes.wait_ready(cell)
            reply = processes.command(cell, "arm")
            assert (reply["accepted"], reply["code"]) == (False, "shadow")
            for verb, value, text in (("mode", None, "AUTOMATIC"), ("current", 20_000.0, ""), ("dose", 0.5, "")):
                assert not processes.command(cell, verb, value, text)["accepted"]
            # What would lower energy is refused too, for nothing would come of it; the answer says where to go.
            for verb in ("hold", "stop"):
                reply = processes.command(cell, verb)
                assert not reply["accepted"]
                assert "panel" in reply["message"]
        scans_go_by(processes)
        for cell in CELLS:
            status = processes.status(cell)
            assert (status["mode"], status["armed"]) == ("STANDBY", False), "no screen says OFF over a cell that runs"
            assert status["tags"]["line_current_a"]["q"] == "good"
            assert status["tags"]["cell_power_kw"]["v"] > 100.0
            assert status["missed"] == 0
        assert tap.requests
        assert not tap.writes()
        assert [event.payload["shadow"] for event in processes.events() if event.kind == "started"] == [True]
        assert processes.daemon.terminate() == 0
        assert not tap.writes()


def test_after_a_loss_nothing_queued_is_sent_and_nothing_rises(tmp_path: Path) -> None:
    with tapped(tmp_path, serial=False) as (processes, tap):
        processes.start_daemon()
        for cell in CELLS:
            processes.wait_ready(cell)
        processes.run_automatically(*CELLS)
        assert processes.command("ce1", "current", 24_000.0)["accepted"]
        until(lambda: abs(processes.tag("ce1", "current_setpoint_readback_a")["v"] - 24_000.0) < 3.0, 5.0, "24 kA")

        processes.simulator.kill()
        until(lambda: len(processes.not_ready("ce1")) == 6, 5.0, "everything is lost")
        # Orders given into the void: they are refused, and none of them may be kept for later.
        for verb, value in (
            ("current", 26_000.0),
            ("current", 20_000.0),
            ("dose", 0.5),
            ("stop", None),
            ("hold", None),
        ):
            reply = processes.command("ce1", verb, value)
            assert not reply["accepted"], (verb, reply)
        until(lambda: all(processes.status(cell)["mode"] == "HOLD" for cell in CELLS), 6.0, "the cells are held")
        scans_go_by(processes, 2)
        lost = len(tap.requests)

        processes.start_simulator()
        for cell in CELLS:
            processes.wait_ready(cell)
        scans_go_by(processes)
        after = [request for request in tap.requests[lost:] if request.writes]
        assert all(value_a <= HOLD_A + 3.0 for value_a in setpoints_a(after)), setpoints_a(after)
        assert min(setpoints_a(after), default=HOLD_A) > 15_000.0, "the stop of before is not carried out now"
        assert not [r for r in after if r.link.endswith("rectifier") and r.address not in (SETPOINT, HEARTBEAT)]
        assert not [request for request in after if request.link.endswith("feeder")], "no dose of before"
        for cell in CELLS:
            status = processes.status(cell)
            assert status["mode"] == "HOLD" or not status["armed"]
            assert status["missed"] == 0
        no_traceback(processes.daemon)
