"""Where the links lead: merge tags as their senders write them, or one person's URL."""

import pytest

from feedback_service.domain.errors import InvalidValue
from feedback_service.mailing.links import SENDERS, Links, links_for


@pytest.mark.parametrize(
    ("sender", "survey"),
    [
        ("mailchimp", "*|SURVEY_URL|*?score=9"),
        ("sendgrid", "{{{survey_url}}}?score=9"),
        ("sendgrid-legacy", "-survey_url-?score=9"),
        ("brevo", "{{ contact.SURVEY_URL }}?score=9"),
        ("hubspot", "{{ contact.survey_url }}?score=9"),
        ("klaviyo", "{{ person|lookup:'survey_url' }}?score=9"),
        ("mustache", "{{{url}}}?score=9"),
        (None, "{{{url}}}?score=9"),
    ],
)
def test_each_sender_has_its_tags(sender: str | None, survey: str) -> None:
    assert links_for(sender, None, None).of_score(9) == survey


def test_mailchimp_takes_tags_of_ten_letters() -> None:
    links = SENDERS["mailchimp"]
    assert links.unsubscribe is not None
    assert max(len(tag.strip("*|")) for tag in (links.survey, links.unsubscribe)) <= 10


@pytest.mark.parametrize(
    ("link", "unsubscribe"),
    [
        ("https://f.example/s/abc", "https://f.example/u/abc"),
        ("https://f.example/deep/s/abc", "https://f.example/deep/u/abc"),
        ("https://f.example/s/{{token}}", "https://f.example/u/{{token}}"),
        ("https://other.example/abc", None),
        ("%%survey%%", None),
    ],
)
def test_the_unsubscribe_link_follows_from_one_of_ours(link: str, unsubscribe: str | None) -> None:
    assert links_for(None, link, None) == Links(link, unsubscribe)


def test_a_link_with_a_query_gets_the_score_as_one_more() -> None:
    assert links_for(None, "https://f.example/?t=1", None).of_score(0).endswith("?t=1&score=0")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://f.example/s/x",
        "//f.example/s/x",
        "https://",
        "https://f.example/s/x#y",
        'https://f.example/"onclick=x',
        "https://f.example/<script>",
        "{{ two\nlines }}",
        "survey_url",
        "{}",
        "https://f.example/" + "x" * 2_000,
    ],
)
def test_what_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        links_for(None, link, None)
    assert refused.value.field == "/link"
    with pytest.raises(InvalidValue) as refused:
        links_for(None, "https://f.example/s/x", link)
    assert refused.value.field == "/unsubscribe"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("brevo", "https://f.example/s/x", None), "/sender"),
        (("brevo", None, "https://f.example/u/x"), "/sender"),
        ((None, None, "https://f.example/u/x"), "/link"),
        (("pigeon", None, None), "/sender"),
    ],
    ids=["both", "sender and unsubscribe", "unsubscribe alone", "unknown sender"],
)
def test_wishes_that_do_not_go_together(
    given: tuple[str | None, str | None, str | None], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        links_for(*given)
    assert refused.value.field == field
