"""Tags by rule: a list of words for each tag, by language. No model, and no surprise."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.words.text import LETTER, MARKS, UNSPACED, WORD, language_of, plain

# Whatever the language of the answer.
EVERY_LANGUAGE: Final = "*"
MAX_RULES: Final = 200
MAX_PHRASES: Final = 500
# Of all rules together: all of them are looked for in every comment.
MAX_PHRASES_IN_ALL: Final = 5_000
MAX_PHRASE: Final = 100
MAX_TAG: Final = 50
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TOKEN: Final = re.compile(rf"{WORD.pattern}\*?")


@dataclass(frozen=True, slots=True)
class TagRule:
    """words: language -> phrases; the tag is set when a comment holds one of them.

    A phrase is one or more words; a word that ends in * stands for all that begin so.
    """

    tag: str
    words: Mapping[str, Sequence[str]]


def check_tag(tag: str) -> str:
    """Return a tag as it is kept. Raises InvalidValue."""
    kept = " ".join(tag.split())
    if not kept or len(kept) > MAX_TAG or set(kept) & set(",/") or not kept.isprintable():
        raise InvalidValue(
            f"a tag is a text of 1 to {MAX_TAG} characters, without commas and slashes", "/tag"
        )
    return kept


def rule_of(tag: str, words: Mapping[str, Sequence[str]]) -> TagRule:
    """Return a rule as it is kept: phrases trimmed, each once. Raises InvalidValue."""
    if not words or not any(words.values()):
        raise InvalidValue(
            'give words by language: {"en": ["late", "deliver*"]}, or by "*" for every language',
            "/words",
        )
    kept = {}
    for language, phrases in words.items():
        if language != EVERY_LANGUAGE and not _LANGUAGE.fullmatch(language):
            raise InvalidValue(
                f"{language[:35]!r} is no language such as en or pt-BR, nor *", "/words"
            )
        place = f"/words/{language}"
        listed = tuple(dict.fromkeys(_checked(phrase, place) for phrase in phrases))
        if len(listed) > MAX_PHRASES:
            raise InvalidValue(f"at most {MAX_PHRASES} words for one language", place)
        if listed:
            kept[language] = listed
    return TagRule(check_tag(tag), kept)


class Tagger:
    """Says which tags a comment has by the rules of a project. names: all it may say."""

    def __init__(self, rules: Iterable[TagRule]) -> None:
        rules = sorted(rules, key=lambda rule: rule.tag)
        self.names = frozenset(rule.tag for rule in rules)
        self._lists = [
            (rule.tag, language, _pattern(tuple(phrases)))
            for rule in rules
            for language, phrases in rule.words.items()
        ]

    def __bool__(self) -> bool:
        return bool(self._lists)

    def tags(self, comment: str, locale: str | None) -> tuple[str, ...]:
        """Return the tags of a comment, in the order of the alphabet.

        locale: of the answer; without one the words of all languages are looked for.

        >>> tagger = Tagger([rule_of("delivery", {"en": ["too late", "deliver*"]})])
        >>> tagger.tags("It was delivered TOO  LATE.", "en-GB")
        ('delivery',)
        >>> tagger.tags("Translated well", "en")
        ()
        """
        if not self._lists:
            return ()
        text = plain(comment)
        found = (
            tag
            for tag, language, pattern in self._lists
            if _speaks(language, locale) and pattern.search(text)
        )
        return tuple(dict.fromkeys(found))


def _checked(phrase: str, place: str) -> str:
    kept = " ".join(phrase.split())
    if len(kept) > MAX_PHRASE or not WORD.search(kept):
        raise InvalidValue(
            f"{kept[:MAX_PHRASE]!r}: a phrase has a letter or a digit, "
            f"and at most {MAX_PHRASE} characters",
            place,
        )
    return kept


def _speaks(language: str, locale: str | None) -> bool:
    """Tell whether a list is meant for answers in a locale: pt for pt-BR, not pt-PT for pt-BR."""
    if language == EVERY_LANGUAGE or locale is None:
        return True
    wanted, given = language.lower(), locale.lower().replace("_", "-")
    if "-" not in wanted or "-" not in given:
        return language_of(wanted) == language_of(given)
    return given == wanted or given.startswith(f"{wanted}-")


@lru_cache(maxsize=1_000)  # rules are read anew whenever a project's settings change
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds one of the phrases, in time that grows with the text and no faster."""
    spaced, parts = [], []
    for phrase in phrases:
        tokens = _TOKEN.findall(plain(phrase))
        if UNSPACED.search(phrase):
            # Found anywhere: nothing tells where a word ends, so a star says nothing.
            parts.append(r"[\W_]*".join(re.escape(token.rstrip("*")) for token in tokens))
        else:
            spaced.append(
                r"[\W_]+".join(
                    re.escape(token.rstrip("*")) + (f"{LETTER}*" if token.endswith("*") else "")
                    for token in tokens
                )
            )
    if spaced:
        parts.append(rf"(?<![^\W_])(?<![{MARKS}])(?:{'|'.join(spaced)})(?![^\W_])(?![{MARKS}])")
    return re.compile("|".join(parts))
