"""The page of words: what each band talks about, and the rules that tag."""

import re

from feedback_service.delivery.care.comment_tags import CommentTags
from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, rows
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn


def said(service: Service, survey: Survey, comment: str) -> None:
    token = link_token(service, survey, now=now())
    collect(service, token, answer(2, comment), now())


def test_an_empty_page_says_what_it_waits_for(log_in: LogIn, nps: Survey) -> None:
    page = words_of(log_in("agent").see(f"{HOME}words"))
    assert "Nobody has written anything in these days" in page
    assert "Tags by rule" not in page


def test_words_and_tags_lead_to_their_answers(log_in: LogIn, service: Service, nps: Survey) -> None:
    visitor = log_in("analyst")
    visitor.see(f"{HOME}words")
    rule = {"tag": "delivery", "language": "", "words": "parcel*, too late"}
    assert visitor.send(f"{HOME}words/rules", **rule).status_code == 303
    said(service, nps, "Parcels <b>always</b> lost")
    said(service, nps, "Parcels again")
    sweep = CommentTags(service)
    while sweep.run():
        pass
    page = visitor.see(f"{HOME}words")
    assert "<b>always" not in page
    shown = words_of(page)
    assert "Detractor 2 comments" in shown
    assert "delivery 2 100 % (34\N{EN DASH}100)" in shown
    assert "parcels 2 100 %" in shown
    assert re.search(
        r"/responses\?survey=nps&amp;band=detractor&amp;from=[\d-]{10}&amp;to=[\d-]{10}"
        r"&amp;word=parcels",
        page,
    )
    assert "Parcels again" in visitor.see(f"{HOME}responses?tag=delivery&band=detractor")
    assert "Nothing fits" in visitor.see(f"{HOME}responses?tag=other")


def test_a_rule_is_changed_language_by_language_and_removed(
    log_in: LogIn, service: Service, nps: Survey
) -> None:
    visitor = log_in("admin")
    visitor.see(f"{HOME}words")

    def send(language: str, words: str) -> None:
        rule = {"tag": "late", "language": language, "words": words}
        assert visitor.send(f"{HOME}words/rules", **rule).status_code == 303

    def kept() -> list[dict[str, list[str]]]:
        return [row["words"] for row in rows(service, schema.tag_rules)]

    send("en", "late")
    send("de", "spät, verspätet")
    assert kept() == [{"en": ["late"], "de": ["spät", "verspätet"]}]
    send("en", "")
    assert kept() == [{"de": ["spät", "verspätet"]}]
    assert visitor.send(f"{HOME}words/run").status_code == 303
    send("de", "")
    assert kept() == []
    assert {row["action"] for row in rows(service, schema.staff_deeds)} >= {
        "set tag rule",
        "ran tag rules",
    }


def test_a_faulty_rule_is_said_and_what_was_typed_stays(log_in: LogIn, nps: Survey) -> None:
    visitor = log_in("analyst")
    visitor.see(f"{HOME}words")
    reply = visitor.send(f"{HOME}words/rules", tag="late", language="english", words="late!")
    assert reply.status_code == 422
    assert "is no language such as en" in reply.text
    assert ">late!</textarea>" in reply.text
