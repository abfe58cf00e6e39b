"""From a token's text to the right to answer, or to one of three refusals."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from feedback_service.domain.access.keys import KeyState
from feedback_service.domain.access.tokens import Token, seal_link, seal_widget
from feedback_service.domain.errors import TokenExpired, TokenInvalid, TokenRevoked
from feedback_service.domain.surveys import Survey
from feedback_service.storage import catalog, projects, respondents
from feedback_service.storage.revocations import Scope
from feedback_service.usecases.recognise import recognise_token
from feedback_service.usecases.service import Service
from tests.factories import (
    DAY,
    NOW,
    jwt_token,
    link_token,
    make_project,
    make_signing_key,
    make_survey,
    revoke,
    widget_token,
)

SECOND = timedelta(seconds=1)


def recognised(service: Service, text: str, now: datetime = NOW, **options: bool) -> Token:
    return recognise_token(service, service.catalog.current(), text, now, **options)


def test_a_link_brings_along_what_its_mailing_has_in_common(
    service: Service, survey: Survey
) -> None:
    text = link_token(
        service,
        survey,
        respondent="cust_1",
        channel="sms",
        touchpoint="checkout",
        campaign="may",
        locale="de",
        traits={"plan": "pro"},
        test=True,
    )
    token = recognised(service, text)
    assert (token.project_id, token.survey, token.version_id) == (survey.project_id, "nps", None)
    assert (token.respondent, token.channel, token.touchpoint) == ("cust_1", "sms", "checkout")
    assert (token.campaign, token.locale, token.traits) == ("may", "de", {"plan": "pro"})
    assert token.test


def test_a_long_reference_rides_as_the_number_of_its_row(service: Service, survey: Survey) -> None:
    with service.database.write() as connection:
        person = respondents.ensure(connection, survey.project_id, "jo@example.com", NOW)
    text = link_token(service, survey, respondent=person.id)
    assert "jo" not in text
    assert recognised(service, text).respondent == "jo@example.com"


def test_the_link_of_an_erased_person_is_withdrawn(service: Service, survey: Survey) -> None:
    with service.database.write() as connection:
        person = respondents.ensure(connection, survey.project_id, "jo@example.com", NOW)
    text = link_token(service, survey, respondent=person.id)
    with service.database.write() as connection:
        respondents.remove(connection, survey.project_id, "jo@example.com")
    with pytest.raises(TokenRevoked):
        recognised(service, text)


def test_a_row_number_of_another_project_names_nobody(service: Service, survey: Survey) -> None:
    elsewhere = make_project(service, "other")
    with service.database.write() as connection:
        stranger = respondents.ensure(connection, elsewhere, "stranger", NOW)
    with pytest.raises(TokenRevoked):
        recognised(service, link_token(service, survey, respondent=stranger.id))


def test_a_widget_token_keeps_to_the_version_it_showed(service: Service, survey: Survey) -> None:
    text = widget_token(service, survey, sub="cust_1", tp="home", loc="fr", tr={"a": "b"}, tst=True)
    newer = make_survey(service, survey.project_id, subject="something else")
    token = recognised(service, text)
    assert token.version_id == survey.version_id != newer.version_id
    assert (token.channel, token.respondent, token.touchpoint) == ("widget", "cust_1", "home")
    assert (token.locale, token.traits, token.test) == ("fr", {"a": "b"}, True)


def test_a_customers_jwt_names_its_survey_by_key(service: Service, survey: Survey) -> None:
    key = make_signing_key(service, survey.project_id)
    token = recognised(service, jwt_token(key, "nps", jti="order-7"))
    assert (token.project_id, token.survey, token.channel) == (survey.project_id, "nps", "api")
    assert (token.token_id, token.key_id) == ("jwt:order-7", key.kid)


def test_a_jwt_speaks_for_its_keys_project_only(service: Service, survey: Survey) -> None:
    key = make_signing_key(service, make_project(service, "other"))
    assert recognised(service, jwt_token(key)).project_id != survey.project_id


def test_an_identity_is_no_right_to_answer(service: Service, survey: Survey) -> None:
    key = make_signing_key(service, survey.project_id)
    with pytest.raises(TokenInvalid):
        recognised(service, jwt_token(key, srv=None))


Mint = Callable[[Service, Survey], str]
KINDS = [
    pytest.param(lambda service, survey: link_token(service, survey, lifetime=DAY), id="link"),
    pytest.param(widget_token, id="widget"),
    pytest.param(
        lambda service, survey: jwt_token(make_signing_key(service, survey.project_id)), id="jwt"
    ),
]


@pytest.mark.parametrize("mint", KINDS)
def test_every_kind_lives_until_its_second(service: Service, survey: Survey, mint: Mint) -> None:
    text = mint(service, survey)
    token = recognised(service, text, NOW + DAY - SECOND)
    assert token.expires_at == NOW + DAY
    for late in (timedelta(0), SECOND, 400 * DAY):
        with pytest.raises(TokenExpired):
            recognised(service, text, NOW + DAY + late)


def test_an_expired_link_still_unsubscribes(service: Service, survey: Survey) -> None:
    text = link_token(service, survey, respondent="cust_1")
    late = recognised(service, text, NOW + 400 * DAY, expired_too=True)
    assert late.respondent == "cust_1"


@pytest.mark.parametrize("mint", KINDS)
def test_a_token_signed_by_somebody_else_is_refused(
    service: Service, survey: Survey, mint: Mint
) -> None:
    body, _, signature = mint(service, survey).rpartition(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(TokenInvalid):
        recognised(service, f"{body}.{changed}")


def test_a_link_of_a_mailing_we_do_not_know_is_refused(service: Service, survey: Survey) -> None:
    with pytest.raises(TokenInvalid):
        recognised(service, seal_link(service.signer, 999_999, None, NOW, DAY)[0])


def test_a_widget_token_of_a_version_we_do_not_know_is_refused(service: Service) -> None:
    with pytest.raises(TokenInvalid):
        recognised(service, seal_widget(service.signer, 999_999, {}, NOW)[0])


@pytest.mark.parametrize(
    ("scope", "value"), [("campaign", "may"), ("respondent", "cust_1"), ("token", None)]
)
def test_what_was_withdrawn_is_refused(
    service: Service, survey: Survey, scope: Scope, value: str | None
) -> None:
    text = link_token(service, survey, respondent="cust_1", campaign="may")
    token = recognised(service, text)
    revoke(service, survey.project_id, scope, value or token.token_id)
    with pytest.raises(TokenRevoked):
        recognised(service, text)


def test_what_another_project_withdrew_stays_good(service: Service, survey: Survey) -> None:
    text = link_token(service, survey, respondent="cust_1", campaign="may")
    revoke(service, make_project(service, "other"), "campaign", "may")
    assert recognised(service, text).campaign == "may"


def test_withdrawing_a_campaign_spares_links_without_one(service: Service, survey: Survey) -> None:
    text = link_token(service, survey)
    revoke(service, survey.project_id, "campaign", "None")
    assert recognised(service, text).campaign is None


@pytest.mark.parametrize(("state", "passes"), [("verify_only", True), ("retired", False)])
def test_a_signing_key_is_rotated_out(
    service: Service, survey: Survey, state: KeyState, passes: bool
) -> None:
    key = make_signing_key(service, survey.project_id)
    text = jwt_token(key)
    with service.database.write() as connection:
        assert projects.set_signing_key_state(connection, survey.project_id, key.kid, state)
        catalog.bump(connection)
    if passes:
        assert recognised(service, text).key_id == key.kid
    else:
        with pytest.raises(TokenInvalid):
            recognised(service, text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "x" * 5000, "\0", "é", "ey.ey.", "../../"]
)
def test_nonsense_is_refused(service: Service, survey: Survey, text: str) -> None:
    with pytest.raises(TokenInvalid):
        recognised(service, text)
