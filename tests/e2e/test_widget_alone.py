"""The widget in a real browser, against a fake service: what is asked, sent and told the page."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from feedback_service import __version__
from tests.e2e import fake_surveys
from tests.e2e.conftest import Visit
from tests.e2e.fake_feedback import FakeFeedback
from tests.e2e.host_pages import page_html
from tests.e2e.waiting import eventually

pytestmark = pytest.mark.browser

LISTEN = """<script>window.heard = [];
for (const name of ["shown", "scored", "completed", "dismissed"])
  document.addEventListener("feedback:" + name, e => heard.push([name, e.detail]))</script>"""


QUEUE = "Object.keys(localStorage).filter(name => name.startsWith('feedback:queue:'))"


def point(page: Page, number: int) -> Any:
    return page.locator(f".main [value='{number}']")


def card(page: Page) -> Any:
    return page.get_by_role("region", name="Feedback")


def test_a_survey_is_shown_once_and_counted_as_one_impression(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit(path="/cart?secret=1", lang="fr", attributes='data-touchpoint="cart"')
    expect(page.locator(".card")).to_contain_text("vous recommandiez Shop")
    [request] = fake.tokens
    assert fake.configs == [{"key": "fbp_test", "survey": "nps", "version": "1", "locale": "fr"}]
    assert re.fullmatch(r"(\d+-){3}\d+", request.pop("visitor"))
    assert request == {
        "key": "fbp_test",
        "survey": "nps",
        "context": {
            "page_url": page.url.partition("?")[0],
            "touchpoint": "cart",
            "traits": {},
        },
    }


def test_nothing_else_is_requested_and_no_cookie_is_set(
    visit: Visit, fake: FakeFeedback, context: BrowserContext
) -> None:
    page = visit()
    point(page, 9).click()
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
    assert fake.paths == [
        "GET /widget.js",
        "GET /v1/widget/rules",
        f"GET /w/{__version__}/panel.js",
        "OPTIONS /v1/widget/tokens",
        "POST /v1/widget/tokens",
        "GET /v1/widget",
        "POST /v1/responses",
        "POST /v1/responses",
    ]
    assert context.cookies() == []


def test_a_score_is_saved_at_the_first_click_and_the_words_after(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 2).click()
    [first] = eventually(lambda: fake.saves)
    context = {"page_url": page.url, "locale": "en"}
    assert first == {"token": "token-1", "score": 2, "context": context}
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.get_by_label("What went wrong, and what should we fix first?").fill(" Too slow ")
    page.get_by_role("button", name="Send").click()
    expect(card(page)).to_contain_text("Thank you for being frank.")
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1] == {**first, "comment": "Too slow", "complete": True}


def test_words_are_not_demanded(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    point(page, 9).click()
    page.get_by_role("button", name="Send").click()
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1]["complete"] is True
    assert "comment" not in fake.saves[1]


def test_ask_me_later_sends_nothing_and_rests_a_day(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(head=LISTEN)
    page.get_by_role("button", name="Ask me later").click()
    expect(card(page)).to_have_count(0)
    hours = page.evaluate(
        "(JSON.parse(localStorage['feedback:seen:nps']).until - Date.now()) / 36e5"
    )
    assert 23 < hours <= 24
    page.reload(wait_until="networkidle")
    assert (len(fake.tokens), fake.saves) == (1, [])


def test_a_changed_choice_is_saved_again_with_its_own_question(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    point(page, 2).click()
    point(page, 10).click()
    expect(page.get_by_label("What did you like most?")).to_be_visible()
    eventually(lambda: len(fake.saves) == 2)
    assert [save["score"] for save in fake.saves] == [2, 10]


def test_closing_unanswered_is_a_dismissal_and_the_visitor_is_left_alone(
    visit: Visit, fake: FakeFeedback
) -> None:
    page = visit()
    page.get_by_role("button", name="Close").click()
    [save] = eventually(lambda: fake.saves)
    assert save["dismissed"] is True
    assert "score" not in save
    page.reload(wait_until="networkidle")
    expect(card(page)).to_have_count(0)
    assert len(fake.tokens) == 1


def test_closing_after_a_score_keeps_score_and_words(visit: Visit, fake: FakeFeedback) -> None:
    page = visit()
    point(page, 4).click()
    page.get_by_role("textbox").fill("half a thought")
    page.get_by_role("button", name="Close").click()
    eventually(lambda: len(fake.saves) == 2)
    assert fake.saves[1] == {
        **fake.saves[0],
        "comment": "half a thought",
        "dismissed": True,
    }


def test_the_page_hears_what_happened(visit: Visit, fake: FakeFeedback) -> None:
    page = visit(head=LISTEN)
    point(page, 9).click()
    expect(card(page)).to_contain_text("Your answer is saved.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("heard.length === 3")
    scored = {"survey": "nps", "score": 9, "band": "promoter"}
    assert page.evaluate("heard") == [
        ["shown", {"survey": "nps"}],
        ["scored", scored],
        ["completed", scored],
    ]


def test_calls_made_before_the_script_are_kept(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.csat(trigger="manual")]
    stub = """<script>window.Feedback = window.Feedback || {q: []};
      Feedback.q.push(["identify", "jwt-1"], ["traits", {plan: "pro", seats: 3}],
                      ["show", "csat", {touchpoint: "checkout"}])</script>"""
    page = visit(head=stub)
    expect(card(page)).to_contain_text("How satisfied were you")
    assert fake.tokens[0]["identity"] == "jwt-1"
    assert fake.tokens[0]["context"]["traits"] == {"plan": "pro", "seats": 3}
    assert fake.tokens[0]["context"]["touchpoint"] == "checkout"


def test_a_manual_survey_waits_for_its_call_and_never_joins_another(
    visit: Visit, fake: FakeFeedback
) -> None:
    fake.surveys = [fake_surveys.csat(trigger="manual"), fake_surveys.nps()]
    page = visit()
    expect(card(page)).to_contain_text("How likely")
    assert page.evaluate("Feedback.show('csat')") is False
    page.evaluate("Feedback.close()")
    assert page.evaluate("Feedback.show('csat')") is True
    expect(card(page)).to_have_count(1)


def test_a_survey_may_wait_for_an_event_of_the_page(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.ces(trigger="event", event="returned")]
    page = visit()
    page.evaluate("Feedback.track('bought')")
    page.evaluate("Feedback.track('returned')")
    expect(card(page)).to_contain_text("made it easy")


def test_the_tag_names_survey_language_and_person(visit: Visit, fake: FakeFeedback) -> None:
    fake.surveys = [fake_surveys.nps(), fake_surveys.csat()]
    page = visit(attributes='data-survey="csat" data-locale="de" data-identity="jwt-2"')
    expect(page.locator(".card")).to_contain_text("Wie zufrieden")
    assert fake.configs[0]["locale"] == "de"
    assert fake.tokens[0]["identity"] == "jwt-2"


@pytest.mark.parametrize("script", ["/some/prefix/widget.js?v=1", "/some/prefix/w/0.1.0/widget.js"])
def test_the_service_may_live_under_a_prefix(visit: Visit, fake: FakeFeedback, script: str) -> None:
    page = visit(script=script)
    point(page, 9).click()
    eventually(lambda: fake.saves)
    assert fake.paths[1] == "GET /some/prefix/v1/widget/rules"
    assert fake.paths[2] == f"GET /some/prefix/w/{__version__}/panel.js"
    assert fake.paths[-1] == "POST /some/prefix/v1/responses"


@pytest.mark.parametrize("policy", ["no-referrer", "unsafe-url"])
def test_the_service_learns_the_origin_even_on_its_own_pages(
    context: BrowserContext, fake: FakeFeedback, policy: str
) -> None:
    head = f'<meta name="referrer" content="{policy}">'
    fake.own_page = page_html("/widget.js", head=head)
    page = context.new_page()
    page.goto(f"{fake.url}/own-page")
    point(page, 9).click()
    eventually(lambda: fake.saves)
    assert fake.origins == [fake.url, fake.url]


@pytest.mark.parametrize("status", [403, 409, 500, 0])
def test_without_a_token_nothing_is_shown(visit: Visit, fake: FakeFeedback, status: int) -> None:
    fake.token_status = status
    page = visit()
    eventually(lambda: fake.tokens)
    assert page.evaluate("Feedback.show('nps')") is False
    expect(card(page)).to_have_count(0)


def test_a_person_not_to_be_asked_is_not_asked_for_again_that_day(
    visit: Visit, fake: FakeFeedback
) -> None:
    fake.token_status = 409
    page = visit()
    eventually(lambda: page.evaluate("localStorage['feedback:seen:nps']"))
    page.reload(wait_until="networkidle")
    assert len(fake.tokens) == 1


def test_an_answer_the_service_refuses_is_said_so(visit: Visit, fake: FakeFeedback) -> None:
    fake.save_status = 410
    page = visit()
    point(page, 9).click()
    expect(card(page)).to_contain_text("can no longer be accepted")
    assert page.evaluate(QUEUE) == []
