"""The short way through the door takes nothing that the schema would not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from feedback_service.domain.responses import MAX_COMMENT_LENGTH
from feedback_service.web.widget.capture import MAX_TOKEN_LENGTH, AnswerRequest, is_plain

SCHEMA = AnswerRequest()
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["x" * MAX_TOKEN_LENGTH, "x" * (MAX_TOKEN_LENGTH + 1)]),
    st.sampled_from(["y" * MAX_COMMENT_LENGTH, "y" * (MAX_COMMENT_LENGTH + 1)]),
    st.lists(st.integers(), max_size=1),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1),
)
NAMES = st.sampled_from(["token", "score", "comment", "complete", "dismissed", "context", "x"])


@given(st.dictionaries(NAMES, VALUES), st.text(min_size=1, max_size=9), st.booleans())
def test_what_is_plain_is_what_the_schema_takes_unchanged(
    document: dict[str, Any], token: str, with_token: bool
) -> None:
    if with_token:
        document |= {"token": token}
    if not is_plain(document):
        return
    try:
        loaded = SCHEMA.load(document)
    except ValidationError as error:
        raise AssertionError(error.messages) from error
    assert loaded == document


def test_the_usual_answers_are_plain() -> None:
    assert is_plain({"token": "t", "score": 3})
    assert is_plain({"token": "t", "score": 3, "comment": "slow", "complete": True})


def test_what_only_looks_like_one_is_not() -> None:
    assert not is_plain({"token": "t", "score": True})
    assert not is_plain({"token": "t", "score": None})
    assert not is_plain({"score": 3})
    assert not is_plain(["token"])
    assert not is_plain({"token": "t", "extra": 1})
