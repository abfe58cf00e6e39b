"""Rules as the loader follows them: addresses become regular expressions, shares thresholds."""

import re

import pytest

from feedback_service.web.widget.rules import where

SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("pages", "except_pages", "address", "fits"),
    [
        pytest.param([], [], f"{SHOP}/any?x#y", True, id="everywhere"),
        pytest.param(["/cart"], [], f"{SHOP}/cart", True, id="a path"),
        pytest.param(["/cart"], [], f"{SHOP}/cart?step=2#pay", True, id="whatever follows"),
        pytest.param(["/cart"], [], f"{SHOP}/cart/more", False, id="not a longer path"),
        pytest.param(["/cart"], [], f"{SHOP}/a?next=/cart", False, id="not in the query"),
        pytest.param(["/help/*"], [], f"{SHOP}/help/faq/1", True, id="below a path"),
        pytest.param(["/help/*"], [], f"{SHOP}/help", False, id="not the path above"),
        pytest.param(["/*/pay"], [], f"{SHOP}/de/pay", True, id="in the middle"),
        pytest.param(["/a.b"], [], f"{SHOP}/axb", False, id="a dot is a dot"),
        pytest.param(["/a+(b)"], [], f"{SHOP}/a+(b)", True, id="signs are signs"),
        pytest.param(["*#/cart"], [], f"{SHOP}/app#/cart", True, id="a whole address"),
        pytest.param(["https://*.shop.example/*"], [], f"{SHOP}/", False, id="another host"),
        pytest.param(["/a", "/b"], [], f"{SHOP}/b", True, id="one of several"),
        pytest.param([], ["/cart*"], f"{SHOP}/cart", False, id="except"),
        pytest.param([], ["/cart*"], f"{SHOP}/", True, id="all but"),
        pytest.param(["/shop/*"], ["/shop/pay"], f"{SHOP}/shop/pay", False, id="except wins"),
        pytest.param(["/\u00fcber"], [], f"{SHOP}/%C3%BCber", True, id="as browsers write it"),
    ],
)
def test_an_address_fits(
    pages: list[str], except_pages: list[str], address: str, fits: bool
) -> None:
    assert bool(re.search(where(pages, except_pages), address)) is fits
