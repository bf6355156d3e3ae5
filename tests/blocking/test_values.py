"""The single values of the bindings; rows without a remark are what the C++ bindings 1.4.0 gave."""

from __future__ import annotations

import copy
import pickle
import time
from ipaddress import IPv4Address, IPv6Address

import pytest

from broker_core.blocking.values import Address, Enum, Port, Subnet, Timespan, Timestamp, Wrapper, WrongType, now
from broker_core.errors import InvalidValue
from broker_core.model import scalars

ONE_FOUR = Address(b"\1\2\3\4", 4)
WIDE = Address(IPv6Address("2001:db8:1::").packed, 6)
EXAMPLES = [
    Enum("A::B"),
    Port(22, Port.TCP),
    ONE_FOUR,
    Subnet(ONE_FOUR, 16),
    Timespan(5),
    Timestamp(5.0),
]


# -- what all share -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Enum("A::B"), "A::B"),
        (Port(22, Port.TCP), "22/tcp"),
        (Port(22, Port.UDP), "22/udp"),
        (Port(8, Port.ICMP), "8/icmp"),
        (Port(22, Port.Unknown), "22/?"),
        (Port(), "0/?"),
        (ONE_FOUR, "1.2.3.4"),
        (WIDE, "2001:db8:1::"),
        (Address(IPv6Address("::ffff:1.2.3.4").packed, 6), "1.2.3.4"),
        (Address(), "::"),
        (Subnet(ONE_FOUR, 16), "1.2.0.0/16"),
        (Subnet(ONE_FOUR, 0), "0.0.0.0/0"),
        (Subnet(WIDE, 32), "2001:db8::/32"),
        (Subnet(), "::/0"),
        (Timespan(), "0ns"),
        (Timespan(-5), "-5ns"),
        (Timespan(5.0), "5000000000ns"),
        (Timestamp(), "0ns"),
        (Timestamp(5), "5000000000ns"),
        (Timestamp(Timespan(7)), "7ns"),
    ],
)
def test_texts(value, text):
    assert str(value) == repr(value) == text


def test_a_text_that_is_not_utf8_is_shown_escaped():
    assert str(Enum(b"a\xff")) == r"a\xff"  # the bindings raise UnicodeDecodeError


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
def test_an_equal_one(value):
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert twin == value
        assert hash(twin) == hash(value)
        assert twin <= value
        assert twin >= value
        assert not twin < value
        assert not twin > value


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
def test_other_classes_and_plain_python_are_not_equal(value):
    assert value != value.to_broker()
    assert value != str(value)
    assert [other for other in EXAMPLES if other == value] == [value]
    with pytest.raises(TypeError, match="not supported between"):
        sorted([value.to_broker(), value])
    with pytest.raises(TypeError, match="not supported between"):
        sorted([str(value), value])


def test_a_class_derived_from_one_is_of_its_kind():
    class Mine(Port):
        pass

    assert Mine(22, Port.TCP) == Port(22, Port.TCP) == Mine(22, Port.TCP)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (Enum("a"), Enum("b")),
        (Port(22, Port.TCP), Port(22, Port.UDP)),
        (Port(22, Port.UDP), Port(23, Port.TCP)),
        (ONE_FOUR, Address(b"\1\2\3\5", 4)),
        (Address(IPv6Address("::1").packed, 6), ONE_FOUR),
        (Subnet(ONE_FOUR, 24), Subnet(Address(b"\1\3\0\0", 4), 16)),
        (Subnet(ONE_FOUR, 16), Subnet(ONE_FOUR, 17)),  # equal in the bindings, which therefore lose one in a set
        (Timespan(5), Timespan(6)),
        (Timestamp(5), Timestamp(6)),
    ],
)
def test_order(less, more):
    assert less < more
    assert less <= more
    assert more > less
    assert more >= less
    assert less != more


def test_wrong_types_are_both_errors():
    assert issubclass(WrongType, InvalidValue)
    assert issubclass(WrongType, TypeError)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Enum(1),
        lambda: Port(22),
        lambda: Port(22, 1),
        lambda: Port(22, "tcp"),
        lambda: Port(1.5, Port.TCP),
        lambda: Port("22/tcp"),
        lambda: Address("1.2.3.4"),
        lambda: Address("1.2.3.4", 4),
        lambda: Address(b"\1\2\3\4"),
        lambda: Address(b"\1\2\3\4", 5),  # the bindings read 16 bytes, wherever they are
        lambda: Address(ONE_FOUR),
        lambda: Address().mask(-1),
        lambda: Address().mask(1.5),
        lambda: Subnet("1.2.3.4/16"),
        lambda: Subnet("1.2.3.4", 16),
        lambda: Subnet(ONE_FOUR, 16.0),
        lambda: Timespan("5"),
        lambda: Timestamp("5"),
    ],
)
def test_wrong_types(make):
    with pytest.raises(WrongType):
        make()


# -- one by one ---------------------------------------------------------------------------------------------------


def test_enum_values():
    assert Enum("A::B").name == Enum(b"A::B").name == "A::B"
    assert Enum(b"\xff").name.encode("utf-8", "surrogateescape") == b"\xff"
    assert Enum("A::B").to_broker() == scalars.EnumValue("A::B")


def test_ports():
    port = Port(22, Port.UDP)
    assert (port.number(), port.get_type()) == (22, Port.UDP)
    assert port.to_broker() == scalars.Port(22, "udp")
    assert (Port().number(), Port().get_type()) == (0, Port.Unknown)
    for number in (-1, 65536):
        with pytest.raises(InvalidValue, match="port number"):
            Port(number, Port.TCP)
    assert Port(65535, Port.TCP).number() == 65535


def test_the_transport_of_a_port():
    assert [int(kind) for kind in (Port.Unknown, Port.TCP, Port.UDP, Port.ICMP)] == [0, 1, 2, 3]
    assert Port.Protocol.TCP is Port.TCP
    assert Port.Protocol(1) is Port.TCP
    assert (str(Port.TCP), repr(Port.TCP), Port.TCP.name) == ("Protocol.TCP", "<Protocol.TCP: 1>", "TCP")
    assert Port.TCP != 1


def test_addresses():
    assert (ONE_FOUR.is_v4(), ONE_FOUR.is_v6()) == (True, False)
    assert (WIDE.is_v4(), WIDE.is_v6()) == (False, True)
    assert ONE_FOUR.bytes() == bytes(10) + b"\xff\xff\1\2\3\4"
    assert Address(ONE_FOUR.bytes(), 6) == ONE_FOUR
    assert Address(b"\1\2\3\4", Address.Family.IPv4) == ONE_FOUR  # the bindings take any family but 4 for 6
    assert Address(bytes(16), Address.Family.IPv6) == Address()
    assert [int(family) for family in Address.Family] == [0, 1]
    assert [int(order) for order in (Address.ByteOrder.Host, Address.ByteOrder.Network)] == [0, 1]


@pytest.mark.parametrize(("data", "family"), [(b"\1\2\3", 4), (bytes(16), 4), (b"\1\2\3\4", 6), (bytes(17), 6)])
def test_addresses_of_another_length(data, family):
    # The bindings read as many bytes as they want, from beyond the end if need be.
    with pytest.raises(InvalidValue, match=r"an address has (4|16) bytes"):
        Address(data, family)


@pytest.mark.parametrize(
    ("bits", "masked"), [(128, "1.2.3.4"), (112, "1.2.0.0"), (96, "0.0.0.0"), (16, "::"), (0, "::")]
)
def test_masking_an_address(bits, masked):
    address = Address(b"\1\2\3\4", 4)
    assert address.mask(bits) is True
    assert str(address) == masked


def test_masking_more_bits_than_there_are():
    address = Address(b"\1\2\3\4", 4)
    assert address.mask(129) is False
    assert address == ONE_FOUR


def test_subnets():
    subnet = Subnet(ONE_FOUR, 16)
    assert (str(subnet.network()), subnet.length()) == ("1.2.0.0", 16)
    assert subnet.contains(Address(b"\1\2\x63\4", 4))
    assert not subnet.contains(Address(b"\1\3\3\4", 4))
    assert not subnet.contains(WIDE)
    assert subnet.contains(IPv4Address("1.2.9.9"))
    assert Subnet(WIDE, 32).length() == 32
    assert Subnet(ONE_FOUR, 32).network() == ONE_FOUR


@pytest.mark.parametrize(("address", "length"), [(ONE_FOUR, 33), (WIDE, 129), (WIDE, -1)])
def test_subnets_of_a_length_that_there_is_not(address, length):
    with pytest.raises(InvalidValue, match=f"subnet prefix of {length} bits"):  # ::/0 in the bindings
        Subnet(address, length)


# -- times --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "ns"),
    [
        (5, 5),
        (True, 1),
        (0.1, 100_000_000),
        (-0.1, -100_000_000),
        (0.7e-9, 0),
        (1.9e-9, 1),
        (-1.9e-9, -1),
        (-(2**63), -(2**63)),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_time_spans(length, ns):
    assert Timespan(length).count() == ns
    assert Timespan(length).to_broker() == scalars.Timespan(ns)


@pytest.mark.parametrize(
    ("seconds", "ns"),
    [(5, 5_000_000_000), (True, 1_000_000_000), (1585735234.783242, 1585735234783241984), (-1.9e-9, -1)],
)
def test_time_stamps(seconds, ns):
    assert Timestamp(seconds).time_since_epoch() == Timespan(ns)
    assert Timestamp(Timespan(ns)).to_broker() == scalars.Timestamp(ns)


@pytest.mark.parametrize("kind", [Timespan, Timestamp])
@pytest.mark.parametrize("number", [2**63, 1e300, -1e300, float("nan"), float("inf")])
def test_times_that_do_not_fit(kind, number):
    with pytest.raises(InvalidValue, match=r"does not fit|cannot be made"):  # -2**63 ns in the bindings
        kind(number)


def test_arithmetic_of_time_spans():
    assert Timespan(5) + Timespan(6) == Timespan(11)
    assert Timespan(5) - Timespan(6) == Timespan(-1)
    assert Timespan(5) * 3 == 3 * Timespan(5) == Timespan(15)
    assert (Timespan(5) / 2, Timespan(-5) / 2) == (Timespan(2), Timespan(-2))
    assert (Timespan(17) / Timespan(5), Timespan(-17) / Timespan(5), Timespan(17) / Timespan(-5)) == (3, -3, -3)
    assert (Timespan(17) % 5, Timespan(-17) % 5, Timespan(17) % -5) == (Timespan(2), Timespan(-2), Timespan(2))
    assert (Timespan(17) % Timespan(5), Timespan(-17) % Timespan(5)) == (Timespan(2), Timespan(-2))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Timespan(5) + 6,
        lambda: Timespan(5) - 6,
        lambda: Timespan(5) * 1.5,
        lambda: Timespan(5) / 0.5,
        lambda: Timespan(5) % 0.5,
        lambda: Timestamp(5) + Timespan(1),
    ],
)
def test_arithmetic_that_there_is_not(make):
    with pytest.raises(TypeError, match="unsupported operand"):
        make()


def test_arithmetic_that_ends_outside():
    with pytest.raises(InvalidValue, match="does not fit"):  # the bindings go on at the other end
        Timespan(2**63 - 1) + Timespan(1)
    with pytest.raises(ZeroDivisionError):  # ends the process in the bindings
        Timespan(1) / 0


def test_now():
    before, moment, after = time.time_ns(), now().time_since_epoch().count(), time.time_ns()
    assert before <= moment <= after
    assert isinstance(now(), Wrapper)
