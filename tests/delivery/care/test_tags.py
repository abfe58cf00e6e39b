"""Comments get their tags as they arrive, news carries them, and people have the last word."""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from feedback_service.delivery.care import comment_tags
from feedback_service.delivery.care.comment_tags import CommentTags
from feedback_service.delivery.care.low_answers import CaseOpener
from feedback_service.delivery.care.plugged_taggers import GROUP, PluggedTagger, installed
from feedback_service.domain.responses import Response
from feedback_service.domain.surveys import Survey
from feedback_service.storage import schema
from feedback_service.usecases.forget import forget_respondent
from feedback_service.usecases.mark import mark_response
from feedback_service.usecases.service import Service
from feedback_service.usecases.tagging.set_rules import put_rules, remove_rule, run_again
from tests.delivery.dispatching import answered, dispatching, now, received, until
from tests.delivery.receivers import Receiver, status
from tests.factories import (
    answer,
    collect,
    link_token,
    make_project,
    make_survey,
    make_webhook,
    rows,
    stored_response,
)

RULES = {
    "delivery": {"en": ["deliver*", "parcel"], "de": ["liefer*"]},
    "price": {"*": ["expensive", "teuer"]},
}


@pytest.fixture
def survey(service: Service) -> Survey:
    return make_survey(service, make_project(service), settle_s=0)


@pytest.fixture
def ruled(service: Service, survey: Survey) -> Survey:
    put_rules(service, survey.project_id, RULES, now())
    return survey


def tags(service: Service, like: Response) -> tuple[str, ...]:
    return stored_response(service, like).tags


def swept(service: Service, *plugged: PluggedTagger) -> CommentTags:
    sweep = CommentTags(service, plugged)
    while sweep.run():
        pass
    return sweep


def test_a_comment_gets_the_tags_of_its_words(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="The PARCEL was expensive").response
    silent = answered(service, ruled, 3).response
    swept(service)
    assert tags(service, said) == ("delivery", "price")
    assert tags(service, silent) == ()
    assert stored_response(service, said).updated_at > said.updated_at


def test_whoever_runs_the_dispatcher_gets_them_by_itself(
    service: Service, ruled: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = answered(service, ruled, 3, comment="The parcel").response
    monkeypatch.setattr("feedback_service.delivery.worker.TAG_EVERY_S", 0.05)
    with dispatching(service):
        until(lambda: tags(service, said) == ("delivery",))


def test_news_that_leaves_at_once_carries_them(service: Service, ruled: Survey) -> None:
    with Receiver(status(200)) as receiver:
        make_webhook(service, ruled.project_id, url=receiver.url, events=("response.completed",))
        answered(service, ruled, 9, comment="Never a late delivery", complete=True)
        with dispatching(service):
            until(lambda: received(receiver))
        (request,) = received(receiver)
    assert request.json["data"]["response"]["tags"] == ["delivery"]


def test_a_changed_comment_changes_them(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="expensive").response
    sweep = swept(service)
    with service.database.write() as connection:
        connection.execute(schema.responses.update().values(comment="The parcel", updated_at=now()))
    sweep.run()
    assert tags(service, said) == ("delivery",)


def test_what_people_did_stays(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="An expensive parcel").response
    swept(service)
    mark_response(service, ruled.project_id, said.id, {"tags": ["price", "vip"]}, now())
    run_again(service, ruled.project_id)
    swept(service)
    assert tags(service, said) == ("vip", "price")


def test_old_comments_get_them_when_the_rules_are_run_again(
    service: Service, survey: Survey
) -> None:
    said = answered(service, survey, 3, comment="The parcel").response
    with service.database.write() as connection:
        connection.execute(schema.responses.update().values(updated_at=now().replace(year=2020)))
    put_rules(service, survey.project_id, RULES, now())
    sweep = swept(service)
    assert tags(service, said) == ()
    run_again(service, survey.project_id)
    while sweep.run():
        pass
    assert tags(service, said) == ("delivery",)
    remove_rule(service, survey.project_id, "delivery")
    run_again(service, survey.project_id)
    while sweep.run():
        pass
    assert tags(service, said) == ()
    assert rows(service, schema.response_tags) == []


def test_another_projects_comments_are_left_alone(service: Service, ruled: Survey) -> None:
    theirs = make_survey(service, make_project(service, "rival"))
    said = answered(service, theirs, 3, comment="The parcel").response
    swept(service)
    assert tags(service, said) == ()


def test_who_is_erased_leaves_no_tag_of_their_words(service: Service, ruled: Survey) -> None:
    said = collect(
        service,
        link_token(service, ruled, respondent="ann", now=now()),
        answer(3, "The parcel"),
        now(),
    ).response
    swept(service)
    mark_response(service, ruled.project_id, said.id, {"tags": ["delivery", "vip"]}, now())
    forget_respondent(service, ruled.project_id, "ann", now())
    assert tags(service, said) == ("vip",)
    assert rows(service, schema.response_tags) == []


def test_more_than_a_portion_is_gone_through(
    service: Service, ruled: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comment_tags, "PORTION", 3)
    said = [answered(service, ruled, 3, comment=f"parcel {n}").response for n in range(8)]
    swept(service)
    assert {tags(service, one) for one in said} == {("delivery",)}


def loud(comment: str, _locale: str | None) -> Iterable[str]:
    if "boom" in comment:
        raise RuntimeError("a tagger of somebody else")
    return ["loud"] if comment.isupper() else []


def test_a_plugged_tagger_tags_too(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="THE PARCEL").response
    quiet = answered(service, ruled, 3, comment="the parcel, boom").response
    swept(service, PluggedTagger("loud", loud))
    assert tags(service, said) == ("delivery", "loud")
    assert tags(service, quiet) == ("delivery",)


def test_a_project_without_rules_has_plugged_taggers(service: Service, survey: Survey) -> None:
    said = answered(service, survey, 3, comment="SO LOUD").response
    swept(service, PluggedTagger("loud", loud))
    assert tags(service, said) == ("loud",)


def test_a_tagger_that_hangs_is_given_up(service: Service, ruled: Survey) -> None:
    calls = []

    def hangs(comment: str, _locale: str | None) -> Iterable[str]:
        calls.append(comment)
        time.sleep(30)
        return ["never"]

    said = answered(service, ruled, 3, comment="the parcel").response
    sweep = swept(service, PluggedTagger("hangs", hangs, patience_s=0.05))
    assert tags(service, said) == ("delivery",)
    sweep.run()
    assert len(calls) == 1


def test_a_tagger_that_returns_a_text_is_refused(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="the parcel").response
    swept(service, PluggedTagger("text", lambda _comment, _locale: "late"))
    assert tags(service, said) == ("delivery",)


def test_a_failing_tagger_keeps_no_tag_of_a_rule(service: Service, ruled: Survey) -> None:
    said = answered(service, ruled, 3, comment="the parcel").response
    swept(service, PluggedTagger("loud", loud))
    with service.database.write() as connection:
        connection.execute(schema.responses.update().values(comment="boom", updated_at=now()))
    swept(service, PluggedTagger("loud", loud))
    assert tags(service, said) == ()


def test_removing_the_last_rule_and_running_takes_its_tags_away(
    service: Service, survey: Survey
) -> None:
    put_rules(service, survey.project_id, {"delivery": {"*": ["parcel"]}}, now())
    said = answered(service, survey, 3, comment="the parcel").response
    swept(service)
    assert tags(service, said) == ("delivery",)
    remove_rule(service, survey.project_id, " delivery ")
    run_again(service, survey.project_id)
    swept(service)
    assert tags(service, said) == ()


def test_tagging_an_old_low_answer_opens_no_case(service: Service, ruled: Survey) -> None:
    answered(service, ruled, 1, comment="the parcel")
    long_ago = now() - timedelta(days=90)
    with service.database.write() as connection:
        connection.execute(
            schema.responses.update().values(scored_at=long_ago, updated_at=long_ago)
        )
    run_again(service, ruled.project_id)
    swept(service)
    CaseOpener(service.database).run()
    assert rows(service, schema.case_candidates) == rows(service, schema.cases) == []


def test_taggers_are_found_by_their_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def __init__(self, name: str, loaded: Any) -> None:
            self.name, self._loaded = name, loaded

        def load(self) -> Any:
            if self._loaded is None:
                raise ImportError(self.name)
            return self._loaded

    asked: list[str] = []

    def points(group: str) -> list[Point]:
        asked.append(group)
        return [Point("broken", None), Point("loud", loud)]

    monkeypatch.setattr("feedback_service.delivery.care.plugged_taggers.entry_points", points)
    (found,) = installed()
    assert asked == [GROUP]
    assert isinstance(found, PluggedTagger)
