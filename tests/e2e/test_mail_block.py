"""The mail block as a browser draws it: on a phone, on a desktop, from right to left."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from feedback_service.domain.measures.scales import SCALES
from tests.mailing.rendering import rendered

PHONE: Final = 320
DESKTOP: Final = 600
# A mail of somebody's own, with the margin most have on a phone.
HOST: Final = '<body style="margin:0;padding:20px">{}</body>'

Boxes = list[dict[str, float]]
Draw = Callable[[str, int], Boxes]

pytestmark = pytest.mark.browser


@pytest.fixture
def draw(browser: Browser) -> Iterator[Draw]:
    """Draw a mail and return where its scores are; nothing may stick out to the side."""
    page = browser.new_page()

    def drawn(html: str, width: int) -> Boxes:
        page.set_viewport_size({"width": width, "height": 640})
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes: Boxes = page.evaluate(
            """() => [...document.querySelectorAll("a[aria-label]")].map((link) => {
              const { x, y, width, height } = link.parentElement.getBoundingClientRect()
              return { x, y, width, height }
            })"""
        )
        return boxes

    yield drawn
    page.close()


def rows(boxes: Boxes) -> list[int]:
    """Return how many scores lie in each row, from above."""
    return [sum(box["y"] == y for box in boxes) for y in sorted({box["y"] for box in boxes})]


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_every_scale_fits_a_phone_with_room_for_a_finger(draw: Draw, locale: str) -> None:
    for scale in SCALES:
        boxes = draw(HOST.format(rendered(scale, locale=locale)), PHONE)
        assert min(box["height"] for box in boxes) >= 44
        assert min(box["width"] for box in boxes) >= 40
        assert round(nearest(boxes)) >= 44, (scale, locale)


def nearest(boxes: Boxes) -> float:
    """Return how far apart the two nearest scores' middles are."""
    return min(
        max(abs(one["x"] - other["x"]), abs(one["y"] - other["y"]))
        for number, one in enumerate(boxes)
        for other in boxes[:number]
    )


@pytest.mark.parametrize(
    ("scale", "phone", "desktop"),
    [
        ("likelihood-11", [6, 5], [11]),
        ("ease-7", [4, 3], [7]),
        ("effort-5", [5], [5]),
        ("satisfaction-3", [3], [3]),
        ("agreement-7", [1] * 7, [1] * 7),
    ],
)
def test_strips_wrap_on_a_phone_only(
    draw: Draw, scale: str, phone: list[int], desktop: list[int]
) -> None:
    html = rendered(scale, full=True)
    assert rows(draw(html, PHONE)) == phone
    assert rows(draw(html, DESKTOP)) == desktop


def test_from_right_to_left_the_first_score_is_rightmost(draw: Draw) -> None:
    for locale, rightmost in (("ar", 0), ("en", 10)):
        boxes: list[Any] = draw(rendered(locale=locale, full=True), DESKTOP)
        assert max(range(11), key=lambda score: boxes[score]["x"]) == rightmost
