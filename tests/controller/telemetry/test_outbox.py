from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from controller.telemetry.message import Message
from controller.telemetry.outbox import MOST_DELETIONS, Outbox


class AgainstABroker(RuleBasedStateMachine):
    """Connections come and go; a broker without persistence forgets all at each new one. The model knows what a
    subscriber must end up with."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox(most_telemetry=3, most_events=20)
        self.online = False
        self.broker: dict[str, bytes] = {}
        self.wanted: dict[str, bytes] = {}
        self.in_flight: list[Message] = []
        self.events_put: list[bytes] = []
        self.events_heard: list[bytes] = []
        self.telemetry_heard: list[int] = []
        self.number = 0

    @rule(topic=st.sampled_from("abc"), qos=st.integers(0, 1), empty=st.booleans())
    def state(self, topic: str, qos: int, empty: bool) -> None:
        self.number += 1
        payload = b"" if empty else b"%d" % self.number
        self.outbox.put(Message(topic, payload, qos, True))
        if empty:
            self.wanted.pop(topic, None)
        else:
            self.wanted[topic] = payload
        assert self.outbox.holds(topic) is not empty

    @rule()
    def event(self) -> None:
        self.number += 1
        before = self.outbox.events_refused
        self.outbox.put(Message("event", b"%d" % self.number, 1, False))
        if self.outbox.events_refused == before:
            self.events_put.append(b"%d" % self.number)

    @rule()
    def telemetry(self) -> None:
        self.number += 1
        self.outbox.put(Message("snapshot", b"%d" % self.number, 0, False))

    @rule(forgetful=st.booleans())
    def connect(self, forgetful: bool) -> None:
        if not self.online:
            self.online = True
            if forgetful:
                self.broker.clear()
            self.outbox.connected()

    @rule(acknowledged=st.integers(0, 5))
    def lose_the_connection(self, acknowledged: int) -> None:
        if self.online:
            self.online = False
            self.outbox.disconnected(self.in_flight[acknowledged:])
            self.in_flight = []

    @rule(most=st.integers(0, 5), most_qos1=st.integers(0, 3))
    def send(self, most: int, most_qos1: int) -> None:
        if self.online:
            self.deliver(self.outbox.take(most, most_qos1), most, most_qos1)

    def deliver(self, batch: list[Message], most: int, most_qos1: int) -> None:
        assert len(batch) <= most
        assert sum(message.qos for message in batch) <= most_qos1
        for message in batch:
            if message.qos:
                self.in_flight.append(message)
            if message.retain:
                if message.payload:
                    self.broker[message.topic] = message.payload
                else:
                    self.broker.pop(message.topic, None)
            elif message.qos:
                self.events_heard.append(message.payload)
            else:
                self.telemetry_heard.append(int(message.payload))

    @invariant()
    def is_bounded(self) -> None:
        assert len(self.outbox) <= 3 + 3 + 20 + len(self.in_flight)

    def teardown(self) -> None:
        self.connect(forgetful=True)
        while len(self.outbox):
            self.deliver(self.outbox.take(100, 100), 100, 100)
        assert self.broker == self.wanted
        first_heard = list(dict.fromkeys(self.events_heard))
        assert first_heard == self.events_put, "every event, in order; repetitions are allowed"
        assert self.telemetry_heard == sorted(set(self.telemetry_heard))


TestAgainstABroker = AgainstABroker.TestCase


def test_telemetry_drops_the_oldest_and_counts() -> None:
    outbox = Outbox(most_telemetry=2)
    outbox.put(Message("s", b"before any connection"))
    outbox.connected()
    for number in range(5):
        outbox.put(Message("s", b"%d" % number))
    assert [message.payload for message in outbox.take(10, 10)] == [b"3", b"4"]
    assert outbox.dropped == 4


def test_telemetry_of_before_an_outage_is_not_sent_after_it() -> None:
    outbox = Outbox()
    outbox.connected()
    outbox.put(Message("s", b"old"))
    outbox.disconnected()
    outbox.connected()
    assert outbox.take(10, 10) == []
    assert outbox.dropped == 1


def test_events_are_refused_only_when_the_queue_is_full() -> None:
    outbox = Outbox(most_events=2)
    for number in range(3):
        outbox.put(Message("e", b"%d" % number, 1))
    outbox.connected()
    assert [message.payload for message in outbox.take(10, 10)] == [b"0", b"1"]
    assert outbox.events_refused == 1


def test_states_coalesce_by_topic() -> None:
    outbox = Outbox()
    outbox.connected()
    for number in range(5):
        outbox.put(Message("a", b"%d" % number, 0, True))
    assert [message.payload for message in outbox.take(10, 10)] == [b"4"]
    assert outbox.coalesced == 4


def test_remembered_deletions_are_bounded() -> None:
    outbox = Outbox()
    for number in range(MOST_DELETIONS + 50):
        outbox.put(Message(f"prompt/{number}", b"x", 1, True))
        outbox.put(Message(f"prompt/{number}", b"", 1, True))
    outbox.connected()
    assert len(outbox) == MOST_DELETIONS
