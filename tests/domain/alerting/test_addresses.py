"""Where webhooks may go: what is refused at save, and which addresses may be dialled."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.alerting.addresses import (
    NAT64,
    REFUSED_V4,
    OutboundPolicy,
    WebhookTarget,
    check_url,
    is_allowed,
    permitted,
)
from feedback_service.domain.errors import AddressBlocked, InvalidValue
from tests.domain.alerting.hostile_urls import BLOCKED, MALFORMED

STRICT = OutboundPolicy()
HTTP = OutboundPolicy(allow_http=True)


def opened(*nets: str) -> OutboundPolicy:
    return OutboundPolicy(tuple(ip_network(net) for net in nets), allow_http=True)


LOOPBACK_OPEN = opened("127.0.0.0/8")


def within(net: IPv4Network | IPv6Network) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    return st.integers(int(net[0]), int(net[-1])).map(
        IPv4Address if net.version == 4 else IPv6Address
    )


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "https://hooks.example.com/a?b=c",
            WebhookTarget("https://hooks.example.com/a?b=c", "https", "hooks.example.com", 443),
        ),
        (
            "HTTPS://Hooks.Example.COM:8443",
            WebhookTarget("https://hooks.example.com:8443/", "https", "hooks.example.com", 8443),
        ),
        (
            "https://bücher.example/straße",
            WebhookTarget(
                "https://xn--bcher-kva.example/stra%C3%9Fe", "https", "xn--bcher-kva.example", 443
            ),
        ),
        ("https://8.8.8.8/", WebhookTarget("https://8.8.8.8/", "https", "8.8.8.8", 443)),
        (
            "https://[2606:4700::1111]:443/x",
            WebhookTarget("https://[2606:4700::1111]:443/x", "https", "2606:4700::1111", 443),
        ),
        (
            "https://a_b.example.com./",
            WebhookTarget("https://a_b.example.com./", "https", "a_b.example.com.", 443),
        ),
    ],
)
def test_an_honest_url_is_returned_as_it_will_be_sent(url: str, target: WebhookTarget) -> None:
    assert check_url(url, STRICT) == target
    assert check_url(target.url, STRICT) == target


@pytest.mark.parametrize("url", MALFORMED, ids=ascii)
def test_a_malformed_url_is_refused_at_save_even_where_loopback_is_open(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_url(url, LOOPBACK_OPEN)
    assert caught.value.field == "/url"


@pytest.mark.parametrize("url", BLOCKED)
def test_a_url_that_leads_inside_is_refused_at_save(url: str) -> None:
    with pytest.raises(AddressBlocked) as caught:
        check_url(url, STRICT)
    assert caught.value.field == "/url"


@pytest.mark.parametrize(
    ("url", "policy"),
    [
        pytest.param("http://example.com/", HTTP, id="http when allowed"),
        pytest.param("http://127.0.0.1:39999/", LOOPBACK_OPEN, id="any port of an opened net"),
        pytest.param("http://localhost:39999/", LOOPBACK_OPEN, id="localhost when v4 is opened"),
        pytest.param("http://[::1]:39999/", opened("::1/128"), id="v6 loopback"),
        pytest.param("http://[::ffff:127.0.0.1]:39999/", LOOPBACK_OPEN, id="mapped"),
        pytest.param(
            "http://crm.intranet:8080/", opened("10.0.0.0/8"), id="judged when it resolves"
        ),
        pytest.param("http://169.254.10.1/", opened("169.254.10.0/24"), id="spelled out"),
        pytest.param(
            "https://example.com:9443/", OutboundPolicy(ports=frozenset({9443})), id="port"
        ),
    ],
)
def test_the_operator_opens_networks(url: str, policy: OutboundPolicy) -> None:
    check_url(url, policy)


@pytest.mark.parametrize(
    ("url", "policy"),
    [
        pytest.param("http://10.0.0.1/", LOOPBACK_OPEN, id="another net"),
        pytest.param("http://8.8.8.8:39999/", LOOPBACK_OPEN, id="another port outside the net"),
        pytest.param("http://169.254.169.254/", opened("0.0.0.0/0"), id="metadata by accident"),
        pytest.param("http://169.254.169.254/", opened("169.0.0.0/8"), id="metadata by a wide net"),
        pytest.param("http://[::ffff:169.254.169.254]/", opened("::/0"), id="metadata, mapped"),
        pytest.param("http://168.63.129.16/", opened("0.0.0.0/0"), id="Azure"),
        pytest.param("http://100.100.100.200/", opened("100.64.0.0/10"), id="Alibaba"),
        pytest.param("http://[fd00:ec2::254]/", opened("fc00::/7"), id="AWS over IPv6"),
    ],
)
def test_an_opened_network_opens_nothing_else(url: str, policy: OutboundPolicy) -> None:
    with pytest.raises(AddressBlocked):
        check_url(url, policy)


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00::1"]
)
def test_the_public_internet_is_allowed(text: str) -> None:
    assert is_allowed(ip_address(text), STRICT)


def test_one_refused_answer_refuses_all() -> None:
    target = check_url("https://hooks.example.com/", STRICT)
    good, bad = IPv4Address("8.8.8.8"), IPv4Address("10.0.0.1")
    assert permitted(target, [good, good], STRICT) == (good, good)
    for answers in ([good, bad], [bad, good], []):
        with pytest.raises(AddressBlocked):
            permitted(target, answers, STRICT)


@pytest.mark.parametrize("net", REFUSED_V4, ids=str)
def test_both_ends_of_every_special_ipv4_block_are_refused(net: IPv4Network) -> None:
    assert not is_allowed(net[0], STRICT)
    assert not is_allowed(net[-1], STRICT)


@given(st.ip_addresses(v=4) | st.sampled_from(REFUSED_V4).flatmap(within))
def test_ipv4_is_allowed_exactly_outside_the_special_blocks(address: IPv4Address) -> None:
    special = any(address in net for net in REFUSED_V4)
    assert is_allowed(address, STRICT) is not special


@given(st.ip_addresses(v=4) | st.sampled_from(REFUSED_V4).flatmap(within), st.booleans())
def test_an_embedded_ipv4_address_has_the_verdict_of_the_address(
    address: IPv4Address, is_open: bool
) -> None:
    policy = opened("10.0.0.0/8", "127.0.0.0/8") if is_open else STRICT
    verdict = is_allowed(address, policy)
    assert is_allowed(IPv6Address(int(NAT64[0]) + int(address)), policy) is verdict
    assert is_allowed(IPv6Address(f"::ffff:{address}"), policy) is verdict


@pytest.mark.parametrize(
    "net",
    [
        *("::/96", "::/16", "::/8", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
        *("4000::/3", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    ],
)
@given(data=st.data())
def test_special_ipv6_space_is_refused(net: str, data: st.DataObject) -> None:
    address = data.draw(within(IPv6Network(net)))
    if address not in NAT64 and IPv6Address(address).ipv4_mapped is None:
        assert not is_allowed(address, STRICT)


@given(st.ip_addresses(v=6))
def test_nothing_outside_2000_3_is_allowed_but_embedded_ipv4(address: IPv6Address) -> None:
    if is_allowed(address, STRICT):
        embedded = address in NAT64 or address.ipv4_mapped is not None
        assert embedded or address in IPv6Network("2000::/3")


@given(st.ip_addresses(v=6), st.sampled_from(["1", "eth0"]))
def test_a_scope_is_always_refused(address: IPv6Address, scope: str) -> None:
    assert not is_allowed(IPv6Address(f"{address}%{scope}"), opened("::/0"))


@settings(deadline=None)  # the first name in another script loads the tables of IDNA
@given(
    st.text(max_size=40), st.sampled_from(["", "http://", "https://", "https://a.b:", "https://["])
)
def test_no_text_does_anything_but_pass_or_be_refused(text: str, start: str) -> None:
    try:
        target = check_url(start + text, LOOPBACK_OPEN)
    except (InvalidValue, AddressBlocked):
        return
    assert check_url(target.url, LOOPBACK_OPEN) == target
