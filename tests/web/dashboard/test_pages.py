"""What one does on the pages, and what they say before there is anything to do."""

import re

import pytest

from feedback_service.domain.access.keys import looks_like_key
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import cases, deliveries, staff_deeds
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_webhook, rows
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\"'"


def low_answer(service: Service, survey: Survey, comment: str = "late") -> str:
    """Collect a low answer; returns its id."""
    token = link_token(service, survey, respondent="cust-1", now=now())
    return collect(service, token, answer(2, comment), now()).response.id


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("", "Make the first survey"),
        ("responses", "No responses yet"),
        ("cases", "Nobody waits"),
        ("journey", "No answers on the journey"),
        ("segments", "No survey yet"),
        ("surveys", "No survey yet"),
        ("webhooks", "Tell your tools"),
        ("settings", "Make a key"),
        ("users", "Add somebody"),
        ("audit", "logged in by link"),
        ("account", "Set a password"),
    ],
)
def test_an_empty_page_says_what_to_do_next(log_in: LogIn, path: str, hint: str) -> None:
    assert hint in words_of(log_in().see(HOME + path))


def test_what_people_write_is_never_markup(service: Service, nps: Survey, log_in: LogIn) -> None:
    found = low_answer(service, nps, HOSTILE)
    visitor = log_in()
    visitor.send(f"{HOME}responses/{found}/tags", tags=HOSTILE)
    visitor.send(f"{HOME}responses/{found}/case", note=HOSTILE, owner=HOSTILE)
    for path in ("", "responses", f"responses/{found}", "cases?when=all", "audit"):
        page = visitor.see(HOME + path)
        assert "<img src=x" not in page
        assert path == "audit" or HOSTILE in words_of(page)


def test_words_filters_and_pages_find_answers(service: Service, nps: Survey, log_in: LogIn) -> None:
    low_answer(service, nps, "the parcel came late")
    for number in range(40):
        token = link_token(service, nps, respondent=f"other-{number}", now=now())
        collect(service, token, answer(10, f"fine {number}"), now())
    visitor = log_in("agent")
    assert "the parcel came late" in visitor.see(f"{HOME}responses?q=PARCEL")
    assert "the parcel came late" in visitor.see(f"{HOME}responses?band=detractor")
    assert "Nothing fits" in visitor.see(f"{HOME}responses?band=detractor&q=fine")
    first = visitor.see(f"{HOME}responses")
    assert "the parcel came late" not in first
    older = re.search(r'href="(/dashboard/p/shop/responses\?cursor=[^"]+)">Older', first)
    assert older is not None
    assert "the parcel came late" in visitor.see(older.group(1))
    visitor.see(f"{HOME}responses?cursor=forged", 422)


def test_a_case_is_moved_on_from_the_list(service: Service, nps: Survey, log_in: LogIn) -> None:
    found = low_answer(service, nps)
    visitor = log_in("agent")
    follow = f"{HOME}responses/{found}/case"
    assert visitor.send(follow, status="open", take="1", owner="").status_code == 303
    assert "late" in visitor.see(f"{HOME}cases?when=all&whose=mine")
    stale = visitor.send(follow, status="resolved", revision="0")
    assert stale.status_code == 412  # somebody else was quicker
    done = visitor.send(follow, **{"status": "resolved", "note": "called back", "from": "list"})
    assert done.headers["Location"].startswith("/dashboard/p/shop/cases")
    (case,) = rows(service, cases)
    assert (case["status"], case["owner"]) == ("resolved", "one agent")
    assert "called back" in visitor.see(f"{HOME}responses/{found}")


def test_an_open_page_hears_of_an_answer_and_of_nothing_else(
    service: Service, nps: Survey, log_in: LogIn
) -> None:
    visitor = log_in("agent")
    live = f"{HOME}live/overview"
    first = visitor.client.get(live)
    seen = {"If-None-Match": first.headers["ETag"]}
    again = visitor.client.get(live, headers=seen)
    assert (again.status_code, again.data) == (304, b"")
    low_answer(service, nps, "just now")
    fresh = visitor.client.get(live, headers=seen)
    assert fresh.status_code == 200
    assert "just now" in fresh.text


def test_a_survey_is_written_previewed_and_saved(
    service: Service, project_id: int, log_in: LogIn
) -> None:
    visitor = log_in("analyst")
    form = {"key": "after-call", "metric": "ces", "task": "reach us", "rest": "{}"}
    draft = visitor.send(f"{HOME}survey-preview", **form)
    assert draft.status_code == 200, draft.text
    assert 'data-survey="after-call"' in visitor.see(draft.text)
    asked = visitor.client.get(f"{draft.text}v1/widget?locale=en").get_json()
    assert "reach us" in asked["surveys"][0]["question"]
    assert service.catalog.current().surveys(project_id) == []  # a preview stores nothing
    assert visitor.client.get(f"{draft.text[:-5]}xxxx/").status_code == 401
    assert visitor.send(f"{HOME}surveys/new", **form).status_code == 303
    page = visitor.see(f"{HOME}surveys/after-call")
    assert "<table role=" in words_of(page)  # the mail block
    wrong = visitor.send(f"{HOME}surveys/after-call", **{**form, "rest": '{"settle_s": "x"}'})
    assert wrong.status_code == 422
    assert "settle_s" in wrong.text
    assert visitor.send(f"{HOME}surveys/new", **form).status_code == 409


def test_a_disabled_webhook_is_told_of_and_enabled_again(
    service: Service, project_id: int, nps: Survey, log_in: LogIn
) -> None:
    hook = make_webhook(service, project_id, status="disabled")
    low_answer(service, nps)
    assert {row["status"] for row in rows(service, deliveries)} == {"held"}
    visitor = log_in()
    assert "1 webhook disabled" in words_of(visitor.see(HOME))
    assert "Enable and send them" in visitor.see(f"{HOME}webhooks")
    visitor.send(f"{HOME}webhooks/{hook.id}/status", status="active")
    assert {row["status"] for row in rows(service, deliveries)} == {"pending"}
    listed = visitor.see(f"{HOME}webhooks/{hook.id}")
    one = re.search(r'href="(/dashboard/p/shop/deliveries/[^"]+)"', listed)
    assert one is not None
    assert "Not tried yet" in visitor.see(one.group(1))


def test_a_key_is_shown_once_and_revoked(service: Service, project_id: int, log_in: LogIn) -> None:
    visitor = log_in()
    made = visitor.send(f"{HOME}settings/keys", kind="secret", name="crm", scopes="reports:read")
    text = next(word for word in words_of(made.text).split() if word.startswith("fbk_"))
    assert looks_like_key(text)
    header = {"Authorization": f"Bearer {text}"}
    assert visitor.client.get("/v1/surveys", headers=header).status_code == 403
    page = visitor.see(f"{HOME}settings")
    assert text not in page
    revoke = re.search(r'action="([^"]+/revoke)"', page)
    assert revoke is not None
    visitor.send(revoke.group(1))
    assert visitor.client.get("/v1/surveys", headers=header).status_code == 401


def test_settings_are_checked_saved_and_written_down(
    service: Service, project_id: int, log_in: LogIn
) -> None:
    visitor = log_in()
    wrong = visitor.send(f"{HOME}settings/origins", origins="shop.example")
    assert wrong.status_code == 422
    assert "is no origin" in wrong.text
    visitor.send(f"{HOME}settings/origins", origins="https://shop.example\nhttps://b.example")
    policy = {"after_answer_days": 60, "after_decline_days": 10, "cap": 2, "cap_days": 30}
    visitor.send(f"{HOME}settings/policy", **policy)
    visitor.send(f"{HOME}settings/care", case_due_hours="24", delivery_days="7")
    project = service.catalog.current().project(project_id)
    assert project is not None
    assert project.origins == ("https://shop.example", "https://b.example")
    assert project.contact_policy.after_answer_days == 60
    actions = [row["action"] for row in rows(service, staff_deeds, actor="one admin")]
    assert actions == [
        "logged in by link",
        "set origins",
        "set contact policy",
        "set follow-up and retention",
    ]


def test_a_password_of_ones_own_is_set_and_asked_for(log_in: LogIn) -> None:
    visitor = log_in("agent")
    new = "five quiet green umbrellas"
    unequal = visitor.send(f"{HOME}account", password=new, again=new + "!")
    assert unequal.status_code == 422
    assert visitor.send(f"{HOME}account", password=new, again=new).status_code == 303
    assert visitor.client.get(HOME).status_code == 303  # logged out everywhere
    visitor.see("/dashboard/login")
    entered = visitor.send("/dashboard/login", name="one agent", password=new)
    assert entered.headers["Location"] == "/dashboard/"
    visitor.see(HOME)
    wrong = visitor.send(f"{HOME}account", current="wrong", password=new, again=new)
    assert "not your password" in words_of(wrong.text)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("?survey=none", 404, "no survey 'none'"),
        ("?from=2025-11-20&to=2025-11-01", 422, "swap them, or choose another day"),
        ("responses?from=2025-11-20&to=2025-11-01", 422, "That does not fit"),
        ("?from=yesterday", 422, "a day such as"),
        ("?from=2999-01-01", 200, "1 Jan 2999 (still to come)"),
        ("journey?from=2999-01-01", 200, "(still to come)"),
    ],
)
def test_days_and_surveys_that_are_not_there_are_told_kindly(
    nps: Survey, log_in: LogIn, path: str, status: int, says: str
) -> None:
    assert says in words_of(log_in("agent").see(HOME + path, status))
