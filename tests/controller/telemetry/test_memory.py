from __future__ import annotations

from controller.telemetry.memory import MemoryMessages
from controller.telemetry.message import Message
from controller.telemetry.seam import Messages
from sim.virtual_time import run_virtual


def test_a_late_subscriber_gets_what_is_retained_and_then_all() -> None:
    messages = MemoryMessages()
    messages.publish("a", b"1", 0, True)
    messages.publish("a", b"2", 0, True)
    messages.publish("b", b"1", 1, True)
    messages.publish("b", b"", 1, True)
    messages.publish("c", b"1")
    heard: list[Message] = []
    messages.subscribe(heard.append)
    messages.publish("c", b"2")
    assert heard == [Message("a", b"2", 0, True), Message("c", b"2")]
    assert len(messages.log) == messages.counters.published == 6
    assert messages.retained.keys() == {"a"}


def test_it_needs_no_socket_and_no_task() -> None:
    async def main() -> list[bool]:
        messages: Messages = MemoryMessages()
        states = [messages.status.connected]
        messages.start()
        states.append(messages.status.connected)
        await messages.close()
        states.append(messages.status.connected)
        return states

    assert run_virtual(main()) == [False, True, False]
