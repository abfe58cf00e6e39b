"""Bands: which scores are bad, middling and good in one survey version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_service.domain.errors import InvalidValue
from feedback_service.domain.measures.scales import BANDS, Scale

Edges = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Bands:
    """A partition of a scale into three bands, bad to good.

    names: the metric's band names from bad to good.
    of_score: score -> band name, one entry for every score on the scale.
    """

    names: tuple[str, str, str]
    of_score: Mapping[int, str]

    @property
    def bad(self) -> str:
        """The band that alerts."""
        return self.names[0]

    @property
    def good(self) -> str:
        return self.names[2]

    def edges(self) -> dict[str, list[int]]:
        """Return band name -> [lowest, highest] score; a band without scores is left out."""
        found: dict[str, list[int]] = {}
        for score, name in sorted(self.of_score.items()):
            found.setdefault(name, [score, score])[1] = score
        return {name: found[name] for name in self.names if name in found}


def default_bands(scale: Scale) -> Bands:
    """Return the bands DOMAIN's table gives this scale."""
    bad, middle, good = BANDS[scale.metric]
    of_score = {
        score: bad if score in scale.bad else good if score in scale.good else middle
        for score in scale.points
    }
    return Bands(BANDS[scale.metric], of_score)


def bands_from_edges(scale: Scale, edges: Edges) -> Bands:
    """Return the bands a survey sets itself: band name -> [lowest, highest], both inside.

    The bad and the good band must be given and lie at their ends of the scale; every score falls
    in exactly one band. Raises InvalidValue otherwise.
    """
    names = BANDS[scale.metric]
    of_score: dict[int, str] = {}
    for name, edge in edges.items():
        if name not in names:
            # The name is the caller's own here, so it may hold what RFC 6901 has escaped.
            raise InvalidValue(
                f"{scale.metric} has no band {name!r}: use {', '.join(names)}",
                f"/bands/{name.replace('~', '~0').replace('/', '~1')}",
            )
        if len(edge) != 2 or edge[0] > edge[1]:
            raise InvalidValue(
                f"band {name!r} needs two numbers, [lowest, highest]", f"/bands/{name}"
            )
        for score in range(edge[0], edge[1] + 1):
            if score not in scale.points:
                raise InvalidValue(
                    f"band {name!r} goes off the scale {scale.low}..{scale.high}", f"/bands/{name}"
                )
            if score in of_score:
                raise InvalidValue(
                    f"score {score} lies in two bands, {of_score[score]!r} and {name!r}",
                    f"/bands/{name}",
                )
            of_score[score] = name
    _refuse_gaps_and_disorder(scale, names, of_score)
    return Bands(names, of_score)


def _refuse_gaps_and_disorder(
    scale: Scale, names: tuple[str, str, str], of_score: Mapping[int, str]
) -> None:
    missing = [str(score) for score in scale.points if score not in of_score]
    if missing:
        raise InvalidValue(f"no band holds the score {', '.join(missing)}", "/bands")
    if names[0] not in of_score.values() or names[2] not in of_score.values():
        raise InvalidValue(
            f"the bands {names[0]!r} and {names[2]!r} need at least one score each", "/bands"
        )
    ranks = [names.index(of_score[score]) for score in scale.points]
    if scale.direction == "low_is_good":
        ranks.reverse()
    if ranks != sorted(ranks):
        raise InvalidValue(
            f"the bands are out of order: on {scale.name} "
            f"{'low' if scale.direction == 'low_is_good' else 'high'} scores are good",
            "/bands",
        )
