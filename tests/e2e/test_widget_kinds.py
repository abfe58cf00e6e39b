"""Every way to ask: more questions, pictures, dialog, bar, inline, a link at the end."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import fake_surveys
from tests.e2e.conftest import Visit
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.test_widget_access import FOCUS, violations
from tests.e2e.test_widget_alone import point
from tests.e2e.waiting import eventually

pytestmark = pytest.mark.browser


def test_questions_of_every_kind_are_one_answer(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.get_by_role("radio", name="3 of 10").click()
    page.get_by_role("radiogroup", name="How did you find us?").get_by_label("Friend").check()
    used = page.get_by_role("group", name="What did you use?")
    used.get_by_label("Search").check()
    used.get_by_label("Chat").check()
    page.get_by_label("Your role").fill("Buyer")
    page.get_by_role("radiogroup", name="How fast were we?").get_by_label("0", exact=True).check()
    assert violations(page) == []
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["answers"] == {
        "via": "friend",
        "used": ["search", "chat"],
        "role": "Buyer",
        "speed": 0,
    }
    assert fake.saves[1]["score"] == 3


def test_a_question_for_one_band_goes_when_the_score_changes(
    visit: Visit, fake: FakeFeedback
) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.get_by_role("radio", name="3 of 10").click()
    speed = page.get_by_role("radiogroup", name="How fast were we?")
    speed.get_by_label("7").check()
    page.get_by_role("radio", name="9 of 10").click()
    expect(speed).to_be_hidden()
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 3)
    assert "speed" not in fake.saves[-1].get("answers", {})


def test_ticks_not_yet_sent_leave_with_the_page(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.get_by_role("radio", name="3 of 10").click()
    page.get_by_label("Friend", exact=True).check()
    page.evaluate("location.href = '/next'")
    eventually(lambda: len(fake.saves) >= 2)
    assert fake.saves[-1]["answers"] == {"via": "friend"}


def test_thanks_may_lead_on_and_then_stay(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.get_by_role("radio", name="9 of 10").click()
    page.clock.install()
    page.get_by_role("button", name="Send").click()
    link = page.get_by_role("link", name="Write a review (opens in a new tab)")
    expect(link).to_have_attribute("href", "https://reviews.example/shop")
    page.clock.fast_forward(60_000)
    expect(link).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("stars", ["1 of 5, Very dissatisfied", "5 of 5, Very satisfied"]),
        ("faces", ["1 of 3, Very dissatisfied", "3 of 3, Very satisfied"]),
        ("effort", ["1 of 5, Very low effort", "5 of 5, Very high effort"]),
    ],
)
def test_pictures_and_numbers_have_names_for_readers(
    visit: Visit, fake: FakeFeedback, kind: str, names: list[str]
) -> None:
    fake.surveys = [getattr(fake_surveys, kind)()]
    page = visit()
    radios = page.get_by_role("radio")
    expect(radios.first).to_have_accessible_name(names[0])
    expect(radios.last).to_have_accessible_name(names[1])


def test_stars_fill_up_to_the_chosen_one(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.stars()]
    page = visit()
    point(page, 4).click()
    fills = page.locator("svg").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    assert [fill != "none" for fill in fills] == [True, True, True, True, False]


def test_a_dialog_takes_the_focus_and_gives_it_back(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.nps(position="center", trigger="manual")]
    page = visit()
    page.locator("#buy").focus()
    page.evaluate("Feedback.show()")
    expect(page.get_by_role("dialog", name="Feedback")).to_be_visible()
    assert page.evaluate(FOCUS) == "0"
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") != "buy"
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "buy"
    eventually(lambda: fake.saves)
    assert fake.saves[0]["dismissed"] is True


def test_a_bar_lies_along_the_bottom(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.bar()]
    page = visit()
    box = page.locator(".card").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 1100, 720)


def test_an_inline_survey_waits_for_its_place(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.csat(position="inline", element="#late")]
    page = visit()
    page.wait_for_load_state("networkidle")
    assert fake.tokens == []
    page.evaluate("document.querySelector('#here').id = 'late'; history.pushState(0, '', '/b')")
    expect(page.locator("#late .card")).to_be_visible()


def assert_no_overflow(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card = page.locator(".card")
    assert card.evaluate("card => card.scrollWidth <= card.clientWidth")


@pytest.mark.parametrize("kind", ["nps", "csat", "ces", "stars", "with_more", "bar", "dialog"])
def test_every_kind_fits_a_phone_of_320_px(visit: Visit, fake: FakeFeedback, kind: str) -> None:
    fake.surveys = [getattr(fake_surveys, kind)()]
    page = visit()
    page.set_viewport_size({"width": 320, "height": 568})
    points = page.locator(".main .point")
    expect(points.first).to_be_visible()
    sizes = points.evaluate_all("all => all.map(p => [p.offsetWidth, p.offsetHeight])")
    assert min(min(size) for size in sizes) >= 44
    points.first.click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert_no_overflow(page, 320)


def test_at_200_per_cent_everything_can_be_reached(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.with_more()]
    page = visit()
    page.set_viewport_size({"width": 640, "height": 360})  # 1280 by 720, zoomed
    page.get_by_role("radio", name="3 of 10").click()
    assert_no_overflow(page, 640)
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
