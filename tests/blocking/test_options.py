"""Options and configurations: the defaults of the bindings, copies, and what is refused."""

from __future__ import annotations

import pytest
import trustme

from broker_core import DEFAULT_LIMITS, ConfigurationError, EndpointOptions
from broker_core.blocking.endpoint import Endpoint
from broker_core.blocking.options import BrokerOptions, Configuration


def test_the_defaults_are_those_of_the_bindings():
    options, configuration = BrokerOptions(), Configuration()
    assert (options.disable_ssl, options.forward, options.ttl) == (False, True, 20)
    assert (options.ignore_broker_conf, options.use_real_time) == (False, True)
    assert configuration.max_threads == 0
    files = ("cafile", "capath", "certificate", "key", "passphrase")
    assert {getattr(configuration, f"openssl_{name}") for name in files} == {""}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, EndpointOptions()),
        ({"disable_ssl": True}, EndpointOptions(tls="off")),
        ({"forward": False, "ttl": 3}, EndpointOptions(forward=False, ttl=3)),
        ({"peer_overflow": "drop_oldest"}, EndpointOptions(peer_overflow="drop_oldest")),
        ({"limits": DEFAULT_LIMITS}, EndpointOptions(limits=DEFAULT_LIMITS)),
    ],
)
def test_what_they_mean_for_the_endpoint(options, wanted):
    assert Configuration(BrokerOptions(**options)).endpoint_options() == wanted


def test_a_configuration_keeps_the_options_of_its_time():
    options = BrokerOptions()
    configuration = Configuration(options)
    options.ttl = 5
    assert configuration.options.ttl == 20


@pytest.fixture
def certified(tmp_path):
    """A configuration with a certificate of an authority that others of the same one trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    mine = authority.issue_cert("127.0.0.1")
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    configuration = Configuration()
    configuration.openssl_cafile = str(tmp_path / "ca.pem")
    configuration.openssl_certificate = str(tmp_path / "cert.pem")
    configuration.openssl_key = str(tmp_path / "key.pem")
    return configuration


def test_certificates_are_for_both_sides(certified):
    with Endpoint(certified) as a, Endpoint(certified) as b, Endpoint() as stranger:
        port = a.listen("127.0.0.1", 0)
        assert b.peer("127.0.0.1", port, 0.0)
        assert not stranger.peer("127.0.0.1", port, 0.0)
        with a.make_subscriber("/t") as subscriber:
            assert b.await_peer(a.node_id())
            b.publish("/other", 5)
            assert subscriber.poll() == []
        assert len(a.peers()) == 1


@pytest.mark.parametrize("name", ["cafile", "capath", "certificate", "key", "passphrase"])
def test_a_part_of_what_certificates_need_is_not_enough(name):
    configuration = Configuration()
    setattr(configuration, f"openssl_{name}", "file.pem")
    with Endpoint(configuration) as endpoint, pytest.raises(ConfigurationError):
        endpoint.listen("127.0.0.1", 0)


def test_a_passphrase_does_not_show():
    configuration = Configuration()
    configuration.openssl_passphrase = "s3cret"
    assert "s3cret" not in repr(configuration) + repr(configuration.endpoint_options())


@pytest.mark.parametrize("options", [{"ttl": 0}, {"ttl": 65536}, {"peer_overflow": "wait"}, {"api_version": 3}])
def test_a_bad_option_is_refused_when_the_endpoint_is_made(options):
    with pytest.raises(ConfigurationError):
        Endpoint(Configuration(BrokerOptions(**options)))


def test_a_misspelt_option_is_an_error():
    with pytest.raises(AttributeError):
        BrokerOptions().disable_tls = True


@pytest.mark.parametrize("wrong", [EndpointOptions(), {"ttl": 3}, 5])
def test_a_configuration_of_something_else_is_an_error(wrong):
    with pytest.raises(TypeError):
        Configuration(wrong)
    with pytest.raises(TypeError):
        Endpoint(wrong)
