"""The mail block: a survey's question with one link per score, for a mail somebody else sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedback_service.domain.colours import hex_of, palette, scheme_of
from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.surveys import Definition
from feedback_service.locales.matching import FALLBACK, matched
from feedback_service.locales.wording import Wording, available_locales, wording_for
from feedback_service.mailing.layout import cells_of, strips_of
from feedback_service.mailing.links import Links, links_for
from feedback_service.mailing.words import as_href, as_html, as_text

Format = Literal["html", "mjml", "text"]
FORMATS: Final[tuple[Format, ...]] = ("html", "mjml", "text")
SUFFIXES: Final[Mapping[Format, str]] = {"html": "html", "mjml": "mjml", "text": "txt"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to send.

    sender, link, unsubscribe: see links.links_for. full: a whole mail instead of the block that
    goes into one's own.
    """

    format: Format = "html"
    locale: str | None = None
    sender: str | None = None
    link: str | None = None
    unsubscribe: str | None = None
    full: bool = False


def mail(definition: Definition, project_name: str, wish: Wish) -> str:
    """Return a survey as a mail.

    Raises InvalidValue naming the languages there are, and for links no mail may have.
    """
    links = links_for(wish.sender, wish.link, wish.unsubscribe)
    wording = wording_for(definition, project_name, served(wish.locale))
    if wish.format == "text":
        return _plain(wording, project_name, links, full=wish.full)
    cells = cells_of(wording, links)
    template = f"{'mail' if wish.full else 'block'}.{wish.format}"
    return (
        _templates()
        .get_template(template)
        .render(
            wording=wording,
            lang=Markup(wording.locale),  # noqa: S704  # the name of a file of ours
            project=project_name,
            start="right" if wording.dir == "rtl" else "left",
            end="left" if wording.dir == "rtl" else "right",
            cells=cells,
            strips=strips_of(wording, cells),
            survey_href=as_href(links.survey),
            unsubscribe_href=None if links.unsubscribe is None else as_href(links.unsubscribe),
            **_colours(definition.theme),
        )
    )


def served(locale: str | None) -> str:
    """Return our language for a locale. Raises InvalidValue naming those there are."""
    found = matched(locale or FALLBACK, available_locales())
    if found is None:
        known = ", ".join(available_locales())
        raise InvalidValue(f"no language {locale!r} here: use one of {known}", "/locale")
    return locale or FALLBACK


def _plain(wording: Wording, project_name: str, links: Links, *, full: bool) -> str:
    lines = [as_text(project_name), ""] if full else []
    lines += [as_text(wording.question), "", as_text(wording.mail["text_hint"]), ""]
    lines += [f"{as_text(point.label)}: {links.of_score(point.score)}" for point in wording.points]
    lines += ["", f"{as_text(wording.mail['open'])}: {links.survey}"]
    if links.unsubscribe is not None:
        lines.append(f"{as_text(wording.mail['unsubscribe'])}: {links.unsubscribe}")
    return "\n".join(lines) + "\n"


def _colours(theme: Mapping[str, Any]) -> dict[str, Any]:
    """Return the palette of a theme, always a colour with the ground it stands on.

    A mail cannot ask for the reader's scheme everywhere, and programs that darken mails do so to
    a text and its ground alike: what is set in pairs stays readable.
    """
    own = {name: theme[name] for name in ("accent", "background", "text") if theme.get(name)}
    scheme = theme.get("scheme")
    if scheme not in {"light", "dark"}:
        scheme = "light"
    if "background" in own:
        scheme = scheme_of(own["background"])
    colours = {name: hex_of(colour) for name, colour in palette(own, scheme).items()}
    return {"colour": colours, "scheme": scheme}


@cache
def _templates() -> Environment:
    """Return the templates; every word that enters one is made harmless on its way."""
    return Environment(
        loader=PackageLoader("feedback_service.mailing"),
        autoescape=True,
        finalize=lambda value: value if isinstance(value, Markup) else as_html(str(value)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
