import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.projects import Project, check_timezone, normal_origin, slug_of
from tests.factories import NOW


def project(*origins: str) -> Project:
    return Project(1, "shop", "Shop", "UTC", origins, NOW)


@pytest.mark.parametrize(
    ("allowed", "origin", "admitted"),
    [
        pytest.param([], "https://anywhere.example", True, id="no list admits all"),
        pytest.param([], None, True, id="no list admits the unknown"),
        pytest.param(["https://shop.example"], "https://shop.example", True, id="the same"),
        pytest.param(["https://shop.example"], "http://shop.example", False, id="another scheme"),
        pytest.param(
            ["https://shop.example"], "https://shop.example:8443", False, id="another port"
        ),
        pytest.param(["https://shop.example"], "https://a.shop.example", False, id="a subdomain"),
        pytest.param(
            ["https://shop.example"],
            "https://shop.example.evil.example",
            False,
            id="the same at the start",
        ),
        pytest.param(["https://shop.example"], None, False, id="unknown"),
        pytest.param(["https://shop.example"], "null", False, id="a sandboxed frame"),
        pytest.param(
            ["https://*.shop.example"], "https://a.b.shop.example", True, id="any subdomain"
        ),
        pytest.param(
            ["https://*.shop.example"], "https://shop.example", False, id="not the domain"
        ),
        pytest.param(
            ["https://*.shop.example"], "https://evilshop.example", False, id="the same at the end"
        ),
        pytest.param(
            ["https://*.shop.example"], "https://.shop.example", False, id="an empty name"
        ),
        pytest.param(["https://*.shop.example"], "http://a.shop.example", False, id="http"),
        pytest.param(
            ["https://a.example", "https://b.example"], "https://b.example", True, id="the second"
        ),
    ],
)
def test_pages_that_may_use_a_site_key(
    allowed: list[str], origin: str | None, admitted: bool
) -> None:
    assert project(*allowed).admits(origin) is admitted


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example/ ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://*.shop.example", "https://*.shop.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(text: str, origin: str) -> None:
    assert normal_origin(text) == origin
    assert project(origin).admits(origin)


@pytest.mark.parametrize(
    "text",
    ["", "shop.example", "ftp://shop.example", "https://", "https://shop.example/path",
     "https://shop.example?x", "https://shop.example#x", "https://user@shop.example", "null", "*",
     "https://*", "https://a.*.example", "https://shop.example:99999", "https://sh op.example",
     "https://[::1", "https://shop..example"],
)  # fmt: skip
def test_anything_else_is_no_origin(text: str) -> None:
    with pytest.raises(InvalidValue, match="scheme and host") as refused:
        normal_origin(text)
    assert refused.value.field == "/origin"


@given(scheme=st.sampled_from(["", "http://", "https://"]), rest=st.text())
def test_no_text_breaks_the_check_of_an_origin(scheme: str, rest: str) -> None:
    try:
        origin = normal_origin(scheme + rest)
    except InvalidValue:
        return
    assert normal_origin(origin) == origin


@pytest.mark.parametrize(
    ("name", "slug"),
    [("My Shop", "my-shop"), ("  Öko & Co.  ", "ko-co"), ("x" * 60, "x" * 48), ("A--b", "a-b")],
)
def test_a_slug_is_short_and_plain(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["", "---", "商店"])
def test_a_name_without_a_latin_letter_makes_no_slug(name: str) -> None:
    with pytest.raises(InvalidValue, match="Latin"):
        slug_of(name)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_an_iana_time_zone_is_taken(name: str) -> None:
    check_timezone(name)


@pytest.mark.parametrize("name", ["", "Berlin", "../../etc/passwd", "/etc/passwd", "Europe", "\0"])
def test_any_other_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="IANA") as refused:
        check_timezone(name)
    assert refused.value.field == "/timezone"
