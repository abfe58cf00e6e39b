"""What a survey says: defaults of the language, the survey's own sentences over them."""

import pytest

from feedback_service.domain.measures.scales import SCALES
from feedback_service.domain.surveys import Texts
from feedback_service.locales.languages import available_locales
from feedback_service.locales.wording import Wording, wording_for
from tests.factories import definition


def labels(wording: Wording) -> list[str]:
    return [point.label for point in wording.points]


@pytest.mark.parametrize(
    ("metric", "scale", "question", "anchors"),
    [
        (
            "nps",
            "likelihood-11",
            "How likely are you to recommend Acme to a friend or colleague?",
            ("Not at all likely", "Extremely likely"),
        ),
        (
            "csat",
            "satisfaction-5",
            "How satisfied were you with Acme?",
            ("Very dissatisfied", "Very satisfied"),
        ),
        (
            "csat",
            "satisfaction-3",
            "How satisfied were you with Acme?",
            ("Very dissatisfied", "Very satisfied"),
        ),
        (
            "ces",
            "agreement-7",
            "Acme made it easy for me to handle my request.",
            ("Strongly disagree", "Strongly agree"),
        ),
        (
            "ces",
            "agreement-5",
            "Acme made it easy for me to handle my request.",
            ("Strongly disagree", "Strongly agree"),
        ),
        (
            "ces",
            "ease-7",
            "How easy was it to handle your request?",
            ("Very difficult", "Very easy"),
        ),
        (
            "ces",
            "ease-5",
            "How easy was it to handle your request?",
            ("Very difficult", "Very easy"),
        ),
        (
            "ces",
            "effort-5",
            "How much effort did you personally have to put forth to handle your request?",
            ("Very low effort", "Very high effort"),
        ),
        (
            "ces",
            "difficulty-7",
            "How easy was it to handle your request?",
            ("Extremely easy", "Extremely difficult"),
        ),
    ],
)
def test_each_scale_has_its_question_and_anchors(
    metric: str, scale: str, question: str, anchors: tuple[str, str]
) -> None:
    asked = wording_for(definition(SCALES[scale].metric, scale), "Acme", "en")
    assert SCALES[scale].metric == metric
    assert asked.question == question
    assert (asked.low_label, asked.high_label) == anchors


def test_employees_are_asked_about_working_there() -> None:
    asked = wording_for(definition("nps", audience="employee"), "Acme", "en")
    assert "recommend working at Acme" in asked.question


def test_every_number_is_named_to_a_screen_reader() -> None:
    spoken = labels(wording_for(definition("nps"), "Acme", "en"))
    assert spoken[0] == "0 of 10, Not at all likely"
    assert spoken[3] == "3 of 10"
    assert spoken[10] == "10 of 10, Extremely likely"


def test_named_points_say_their_name_and_show_it() -> None:
    points = wording_for(definition("csat"), "Acme", "en").points
    assert points[1].label == "2 of 5, Somewhat dissatisfied"
    assert points[1].text == "Somewhat dissatisfied"
    assert wording_for(definition("nps"), "Acme", "en").points[3].text is None


@pytest.mark.parametrize(
    ("score", "follow_up"),
    [
        (2, "What went wrong, and what should we fix first?"),
        (7, "What is missing for a better score?"),
        (9, "What did you like most?"),
    ],
)
def test_the_follow_up_fits_the_band(score: int, follow_up: str) -> None:
    assert wording_for(definition("nps"), "Acme", "en").points[score].follow_up == follow_up


def test_on_a_scale_where_low_is_good_the_follow_up_turns_with_it() -> None:
    points = wording_for(definition("ces", "effort-5"), "Acme", "en").points
    assert points[0].follow_up == "What did you like most?"
    assert points[4].follow_up == "What went wrong, and what should we fix first?"


def test_without_a_score_the_follow_up_is_neutral() -> None:
    asked = wording_for(definition("nps"), "Acme", "en")
    assert asked.follow_up(None) == "What is the main reason for your score?"
    assert asked.ui["comment_label"] == asked.follow_up(None)


def test_subject_and_task_fill_the_question() -> None:
    asked = definition("ces", subject="Our shop", task="return my order")
    assert wording_for(asked, "Acme", "en").question == (
        "Our shop made it easy for me to return my order."
    )


def test_a_value_is_never_read_as_a_pattern() -> None:
    odd = definition("ces", subject="{task} {0.__class__}", task="{subject}")
    assert wording_for(odd, "Acme", "en").question == (
        "{task} {0.__class__} made it easy for me to {subject}."
    )


OWN = Texts(
    questions={"de": "Wie war {subject}?", "en": "How was {subject}?"},
    follow_up={"de": {"detractor": "Warum?", "default": "Und warum?"}, "en": {"promoter": "Why?"}},
    thanks={"en": {"default": "Thanks from {subject}!", "detractor": "Sorry!"}},
)


@pytest.mark.parametrize(
    ("locale", "question"),
    [
        pytest.param("de-AT", "Wie war Acme?", id="of its language"),
        pytest.param("fr", "How was Acme?", id="in English when it has none of that language"),
    ],
)
def test_a_survey_s_own_question_wins(locale: str, question: str) -> None:
    assert wording_for(definition(texts=OWN), "Acme", locale).question == question


def test_own_follow_ups_go_from_the_band_to_its_default_to_ours() -> None:
    german = wording_for(definition(texts=OWN), "Acme", "de")
    english = wording_for(definition(texts=OWN), "Acme", "en")
    assert german.follow_up("detractor") == "Warum?"
    assert german.follow_up("passive") == german.follow_up(None) == "Und warum?"
    assert english.follow_up("promoter") == "Why?"
    assert english.follow_up("passive") == "What is missing for a better score?"


def test_own_thanks_go_from_the_band_to_its_default() -> None:
    english = wording_for(definition(texts=OWN), "Acme", "en")
    assert english.thanks("detractor") == "Sorry!"
    assert english.thanks("promoter") == english.thanks(None) == "Thanks from Acme!"


def test_a_changed_definition_is_not_served_from_memory() -> None:
    assert wording_for(definition(subject="A"), "Acme", "en").question.startswith("How likely")
    assert " recommend A to" in wording_for(definition(subject="A"), "Acme", "en").question
    assert " recommend B to" in wording_for(definition(subject="B"), "Acme", "en").question


@pytest.mark.parametrize("locale", available_locales())
@pytest.mark.parametrize("scale", SCALES)
def test_every_survey_can_be_asked_in_every_language(scale: str, locale: str) -> None:
    asked = wording_for(definition(SCALES[scale].metric, scale), "Acme", locale)
    assert asked.locale == locale
    assert "Acme" in asked.question or "{subject}" not in asked.question
    assert "{" not in asked.question
    assert len(set(labels(asked))) == len(SCALES[scale].points)
    assert not any("{" in label for label in labels(asked))
