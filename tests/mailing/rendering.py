"""Mails of made-up surveys, and what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from feedback_service.domain.measures.scales import SCALES, Scale
from feedback_service.domain.surveys import Texts
from feedback_service.mailing.mail import Wish, mail
from tests.factories import definition

PROJECT: Final = "Kettle & Co"
OWN_LINK: Final = "https://feedback.example/s/" + "x" * 82
# What never has an end tag.
_VOID: Final = {"meta", "br", "hr", "img", "link"}


def rendered(
    scale: str | Scale = "likelihood-11", of: dict[str, Any] | None = None, **wish: Any
) -> str:
    """Return the mail of a survey; of: changes of its definition; wish: fields of Wish."""
    chosen = SCALES[scale] if isinstance(scale, str) else scale
    made = definition(chosen.metric, chosen.name, **(of or {}))
    return mail(made, PROJECT, Wish(**wish))


def asking(question: str) -> dict[str, Any]:
    """Return the change of a definition that asks this in English."""
    return {"texts": Texts(questions={"en": question})}


@dataclass
class Read(HTMLParser):
    """What a mail program reads; fails on tags that are not closed in order.

    links: (href, accessible name, visible text). text: all that can be seen.
    """

    links: list[tuple[str, str, str]] = field(default_factory=list)
    text: str = ""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert len(named) == len(attrs), f"an attribute of {tag} stands there twice"
        self.tags.append((tag, named))
        if tag == "a":
            self.links.append((named["href"] or "", named.get("aria-label") or "", ""))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "a" in self._open:
            href, name, seen = self.links[-1]
            self.links[-1] = (href, name, seen + data)

    def close(self) -> None:
        super().close()
        assert self._open == []


def read(source: str) -> Read:
    """Read a mail to its end."""
    reader = Read()
    reader.feed(source)
    reader.close()
    return reader
