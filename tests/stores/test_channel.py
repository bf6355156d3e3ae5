"""Producer and consumer, line by line of the tables in spec store-protocol.md sections 3.1 and 3.2."""

from __future__ import annotations

import pytest

from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import (
    AckClone,
    AttachWriter,
    CumulativeAck,
    Erase,
    Keepalive,
    Nack,
    RetransmitFailed,
)
from broker_core.model import EndpointId, EntityId
from broker_core.stores.channel import ChannelSettings, Consumer, Producer

MASTER = EntityId(EndpointId(b"m" * 16), 7)
CLONE, OTHER, STRANGER = (EntityId(EndpointId(bytes([n]) * 16), n) for n in (1, 2, 3))
SETTINGS = ChannelSettings(buffer=8)


def action(number):
    return Erase(f"key {number}", MASTER)


def snapshot(offset, heartbeat=5):
    return AckClone(offset, heartbeat, [("k", offset)])


# -- producer -------------------------------------------------------------------------------------------------------


class Sent:
    """A producer that notes down what it sends."""

    def __init__(self, *consumers, settings=SETTINGS):
        self.out = []
        self.producer = Producer(lambda *what: self.out.append(what), settings)
        for consumer in consumers:
            self.producer.add(consumer, snapshot(self.producer.seq))
            assert self.producer.ack(consumer, self.producer.seq)
        self.out.clear()

    def publish(self, count):
        for _ in range(count):
            self.producer.publish(action(self.producer.seq + 1))

    def tick(self, count=1):
        for _ in range(count):
            self.producer.tick()

    def drain(self):
        out, self.out[:] = self.out[:], []
        return out


def test_without_consumers_nothing_is_numbered_kept_or_sent():
    sent = Sent()
    assert sent.producer.publish(action(2)) == 0
    assert sent.producer.seq == 1
    assert sent.drain() == []
    assert sent.producer.idle


def test_the_first_action_has_number_2_and_goes_to_everyone():
    sent = Sent(CLONE, OTHER)
    assert [sent.producer.publish(action(2)), sent.producer.publish(action(3))] == [2, 3]
    assert sent.drain() == [(None, 2, action(2)), (None, 3, action(3))]


def test_a_new_consumer_gets_the_handshake_with_the_number_in_front():
    sent = Sent()
    sent.producer.add(CLONE, snapshot(1))
    assert sent.drain() == [(CLONE, 1, snapshot(1))]
    sent.producer.add(OTHER, AttachWriter(1, 5))
    assert sent.drain() == [(OTHER, 0, AttachWriter(1, 5))]
    assert sent.producer.consumers == (CLONE, OTHER)
    assert CLONE in sent.producer
    assert STRANGER not in sent.producer


def test_idle_means_that_everyone_acknowledged_handshake_and_last_action():
    sent = Sent(CLONE)
    sent.producer.add(OTHER, snapshot(1))
    assert not sent.producer.idle
    sent.producer.ack(OTHER, 1)
    assert sent.producer.idle
    sent.publish(2)
    sent.producer.ack(CLONE, 3)
    sent.producer.ack(OTHER, 2)
    assert not sent.producer.idle
    sent.producer.ack(OTHER, 3)
    assert sent.producer.idle


def test_an_older_acknowledgement_changes_nothing():
    sent = Sent(CLONE)
    sent.publish(3)
    sent.producer.ack(CLONE, 4)
    sent.tick(3)
    sent.producer.ack(CLONE, 2)
    assert sent.producer.idle
    assert sent.producer.silence(CLONE) == 3


def test_the_same_acknowledgement_shows_that_the_consumer_lives():
    sent = Sent(CLONE)
    sent.tick(3)
    sent.producer.ack(CLONE, 1)
    assert sent.producer.silence(CLONE) == 0


def test_acknowledgements_of_strangers_and_of_the_future_are_not_heeded():
    sent = Sent(CLONE)
    assert not sent.producer.ack(STRANGER, 1)
    assert not sent.producer.ack(CLONE, 2)
    sent.publish(1)
    assert not sent.producer.idle


def test_what_everyone_acknowledged_cannot_be_asked_for():
    sent = Sent(CLONE, OTHER)
    sent.publish(4)
    sent.producer.ack(CLONE, 5)
    sent.producer.ack(OTHER, 3)
    sent.tick()
    sent.drain()
    sent.producer.nack(OTHER, (3, 4, 5))
    assert sent.drain() == [(OTHER, 0, RetransmitFailed(3)), (OTHER, 4, action(4)), (OTHER, 5, action(5))]


def test_a_consumer_that_has_not_acknowledged_its_handshake_can_still_ask_for_all_that_followed_it():
    sent = Sent(CLONE)
    sent.producer.add(OTHER, snapshot(1))
    sent.publish(2)
    sent.producer.ack(CLONE, 3)
    sent.tick()
    sent.drain()
    sent.producer.nack(OTHER, (2, 3))
    assert sent.drain() == [(OTHER, 2, action(2)), (OTHER, 3, action(3))]


def test_more_than_the_bound_is_not_kept():
    sent = Sent(CLONE)
    sent.publish(SETTINGS.buffer + 1)
    sent.drain()
    assert sent.producer.unacknowledged == SETTINGS.buffer
    sent.producer.nack(CLONE, (2, 3))
    assert sent.drain() == [(CLONE, 0, RetransmitFailed(2)), (CLONE, 3, action(3))]
    assert ChannelSettings().buffer == DEFAULT_LIMITS.store_buffer


def test_a_nack_acknowledges_what_is_before_it():
    sent = Sent(CLONE)
    sent.publish(4)
    assert sent.producer.nack(CLONE, (4, 5))
    sent.tick()
    sent.drain()
    sent.producer.nack(CLONE, (3,))
    assert sent.drain() == [(CLONE, 0, RetransmitFailed(3))]


def test_an_empty_nack_does_nothing():
    sent = Sent(CLONE)
    sent.tick(2)
    assert sent.producer.nack(CLONE, ())
    assert sent.drain() == []
    assert sent.producer.silence(CLONE) == 2


@pytest.mark.parametrize("missing", [(0,), (2,), (), (3, 2)])
def test_a_nack_of_a_stranger_asks_for_a_handshake_or_nothing(missing):
    sent = Sent(CLONE)
    assert not sent.producer.nack(STRANGER, missing)
    assert sent.drain() == []


@pytest.mark.parametrize("missing", [(3, 2), (2, 2), (0, 0)])
def test_who_does_not_count_upwards_is_removed(missing):
    sent = Sent(CLONE, OTHER)
    sent.publish(3)
    sent.drain()
    assert not sent.producer.nack(CLONE, missing)
    assert sent.drain() == []
    assert sent.producer.consumers == (OTHER,)


def test_numbers_that_do_not_exist_are_not_answered():
    sent = Sent(CLONE)
    sent.publish(1)
    sent.drain()
    sent.producer.nack(CLONE, (2, 3, 2**64 - 1))
    assert sent.drain() == [(CLONE, 2, action(2))]


def test_no_more_numbers_are_answered_at_once_than_are_kept():
    sent = Sent(CLONE)
    sent.publish(20)
    sent.drain()
    sent.producer.nack(CLONE, tuple(range(2, 22)))
    assert [what for _, _, what in sent.drain()] == [RetransmitFailed(n) for n in range(2, 2 + SETTINGS.buffer)]


def test_a_handshake_is_repeated_on_request_with_growing_pauses():
    sent = Sent(CLONE)
    sent.publish(1)
    sent.producer.add(OTHER, snapshot(2))
    sent.publish(1)
    sent.drain()
    answered = []
    for tick in range(1, 200):
        sent.tick()
        assert sent.producer.nack(OTHER, (0,))
        answered += [tick for what in sent.drain() if what == (OTHER, 2, snapshot(2))]
    assert answered == [2, 6, 14, 30, 62, 112, 162]


def test_who_asks_for_a_handshake_after_taking_it_is_new():
    sent = Sent(CLONE)
    sent.publish(1)
    sent.drain()
    assert not sent.producer.nack(CLONE, (0,))
    assert sent.producer.consumers == ()
    assert sent.drain() == []


def test_handshakes_are_repeated_until_acknowledged():
    sent = Sent(CLONE)
    sent.producer.add(OTHER, AttachWriter(1, 5))
    sent.drain()
    sent.producer.repeat_handshakes()
    assert sent.drain() == [(OTHER, 0, AttachWriter(1, 5))]
    sent.producer.ack(OTHER, 1)
    sent.producer.repeat_handshakes()
    assert sent.drain() == []


@pytest.mark.parametrize("consumers", [(), (CLONE,)])
def test_a_keepalive_after_each_heartbeat_of_silence(consumers):
    sent = Sent(*consumers)
    kept_alive = []
    for tick in range(1, 21):
        if tick == 8 and consumers:
            sent.publish(1)
            sent.drain()
        sent.tick()
        kept_alive += [(tick, what) for what in sent.drain()]
    times = [5, 12, 17] if consumers else [5, 10, 15, 20]
    assert kept_alive == [(tick, (None, 0, Keepalive(2 if consumers and tick > 8 else 1))) for tick in times]


def test_a_consumer_that_is_silent_for_50_s_is_removed():
    sent = Sent(CLONE, OTHER, settings=ChannelSettings())
    sent.publish(2)
    sent.tick(400)
    sent.producer.nack(OTHER, (2, 3))
    sent.tick(99)
    assert sent.producer.consumers == (CLONE, OTHER)
    sent.tick()
    assert sent.producer.consumers == (OTHER,)
    sent.tick(400)
    assert sent.producer.consumers == ()
    assert sent.producer.publish(action(4)) == 0


def test_nothing_is_kept_when_nobody_is_left():
    sent = Sent(CLONE)
    sent.publish(3)
    sent.producer.nack(CLONE, (3, 2))
    sent.tick()
    sent.producer.add(OTHER, snapshot(4))
    sent.drain()
    sent.producer.nack(OTHER, (3,))
    assert sent.drain() == [(OTHER, 0, RetransmitFailed(3))]
    sent.publish(1)
    assert sent.drain() == [(None, 5, action(5))]
    sent.producer.nack(OTHER, (5,))
    assert sent.drain() == [(OTHER, 5, action(5))]


# -- consumer -------------------------------------------------------------------------------------------------------


class Taking:
    """A consumer that notes down what it sends; it has taken the handshake with *offset*."""

    def __init__(self, offset=1, heartbeat=5, settings=SETTINGS):
        self.out = []
        self.consumer = Consumer(lambda *what: self.out.append(what), MASTER, snapshot(offset, heartbeat), settings)

    def receive(self, *numbers):
        return [taken for number in numbers for taken in self.consumer.receive(number, action(number))]

    def tick(self, count=1):
        for _ in range(count):
            self.consumer.tick()

    def drain(self):
        assert all(to == MASTER for to, _ in self.out)
        out, self.out[:] = [what for _, what in self.out], []
        return out


def test_a_handshake_is_acknowledged_at_once():
    taking = Taking(offset=41)
    assert taking.drain() == [CumulativeAck(41)]
    assert taking.consumer.next == 42


def test_actions_are_taken_in_order():
    taking = Taking()
    assert taking.receive(2, 3) == [action(2), action(3)]
    assert taking.receive(5, 6) == []
    assert taking.consumer.gap
    assert taking.consumer.early == 2
    assert taking.receive(4) == [action(4), action(5), action(6)]
    assert not taking.consumer.gap
    assert taking.consumer.early == 0
    assert taking.consumer.next == 7


def test_each_action_is_taken_once():
    taking = Taking()
    assert taking.receive(2, 2, 1, 0, 4, 4, 3, 3, 4) == [action(2), action(3), action(4)]


def test_the_first_of_two_early_actions_with_one_number_counts():
    taking = Taking()
    taking.consumer.receive(3, action("first"))
    taking.consumer.receive(3, action("second"))
    assert taking.consumer.receive(2, action(2)) == [action(2), action("first")]


def test_a_lost_action_is_taken_as_lost():
    taking = Taking()
    assert taking.consumer.receive(4, None) == ()
    assert taking.receive(3) == []
    assert list(taking.consumer.receive(2, None)) == [None, action(3), None]
    assert taking.consumer.receive(2, None) == ()


def test_early_actions_beyond_the_bound_are_asked_for_later():
    taking = Taking()
    beyond = 2 + SETTINGS.buffer
    assert taking.receive(beyond - 1, beyond) == []
    assert len(taking.receive(*range(2, beyond - 1))) == SETTINGS.buffer
    assert taking.consumer.next == beyond
    assert taking.consumer.gap
    assert taking.receive(beyond) == [action(beyond)]


def test_a_keepalive_tells_that_the_last_action_was_lost():
    taking = Taking()
    taking.drain()
    taking.consumer.keepalive(1)
    assert not taking.consumer.gap
    taking.consumer.keepalive(3)
    assert taking.consumer.gap
    assert taking.consumer.known == 3
    taking.tick(2)
    assert taking.drain() == [Nack((2, 3))]


def test_missing_actions_are_asked_for_every_200_ms_while_nothing_comes():
    taking = Taking(heartbeat=0)
    taking.receive(4, 7)
    taking.drain()
    sent = []
    for tick in range(1, 9):
        if tick == 4:
            taking.receive(2)
        taking.tick()
        sent += [(tick, what) for what in taking.drain()]
    assert sent == [(2, Nack((2, 3, 5, 6))), (6, Nack((3, 5, 6))), (8, Nack((3, 5, 6)))]


def test_no_more_is_asked_for_than_can_be_kept():
    taking = Taking()
    taking.drain()
    taking.consumer.keepalive(2**64 - 1)
    taking.tick(2)
    assert taking.drain() == [Nack(tuple(range(2, 2 + SETTINGS.buffer)))]


@pytest.mark.parametrize(("heartbeat", "times"), [(5, [5, 10, 15, 20]), (7, [7, 14]), (0, [])])
def test_acknowledgements_come_with_the_heartbeat_that_the_producer_asked_for(heartbeat, times):
    taking = Taking(heartbeat=heartbeat)
    taking.drain()
    sent = []
    for tick in range(1, 21):
        taking.receive(tick + 1)
        taking.tick()
        sent += [(tick, what) for what in taking.drain()]
    assert sent == [(tick, CumulativeAck(tick + 1)) for tick in times]


def test_only_what_is_done_is_confirmed():
    taking = Taking()
    taking.receive(2, 3)
    taking.consumer.awaited = 3
    taking.drain()
    assert taking.consumer.busy
    taking.consumer.acknowledge()
    taking.consumer.confirm(2)
    taking.consumer.acknowledge()
    taking.consumer.confirm(3)
    taking.consumer.acknowledge()
    assert taking.drain() == [CumulativeAck(1), CumulativeAck(2), CumulativeAck(3)]
    assert not taking.consumer.busy


def test_what_nobody_works_on_is_confirmed_with_what_is_done():
    taking = Taking()
    taking.receive(2)
    taking.consumer.awaited = 2
    taking.consumer.receive(3, None)
    taking.consumer.confirm(2)
    taking.drain()
    taking.consumer.acknowledge()
    assert taking.drain() == [CumulativeAck(3)]


def test_what_was_never_taken_cannot_be_confirmed():
    taking = Taking()
    taking.receive(2)
    taking.consumer.awaited = 2
    taking.consumer.confirm(9)
    taking.drain()
    taking.consumer.acknowledge()
    assert taking.drain() == [CumulativeAck(1)]


def test_the_silence_of_a_producer():
    taking = Taking()
    taking.tick(3)
    assert taking.consumer.silence == 3
    taking.receive(1)
    assert taking.consumer.silence == 0
    taking.tick(2)
    taking.consumer.keepalive(1)
    assert taking.consumer.silence == 0


def test_the_timers_are_those_of_cpp():
    settings = ChannelSettings()
    assert (settings.heartbeat, settings.nack_timeout, settings.silence) == (5, 2, 500)
