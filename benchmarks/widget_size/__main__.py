"""What a page pays for the widget, beside what others publish on npm.

Needs Node.js and the npm registry. Everything is packed by gzip 9 and brotli 11, but for the files
the service has packed: those count as they are served (zopfli, brotli 11).
"""

import json
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.languages import available_locales
from feedback_service.usecases.setup.configure_survey import definition_of
from feedback_service.web.widget import asked
from feedback_service.web.widget.rules import rule

ROOT: Final = Path(__file__).parents[2]
STATIC: Final = ROOT / "feedback_service/web/widget/static"
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Peer:
    """name: for the table. files: package -> files that a page loads. minified: as published."""

    name: str
    files: dict[str, tuple[str, ...]]
    minified: bool = True


PEERS: Final = (
    Peer("PostHog: core and surveys", {"posthog-js": ("dist/array.js", "dist/surveys.js")}),
    Peer("PostHog: surveys alone", {"posthog-js": ("dist/surveys.js",)}),
    Peer(
        "SurveyJS: core, form, style",
        {
            "survey-core@2": ("survey.core.min.js", "survey-core.min.css"),
            "survey-js-ui@2": ("survey-js-ui.min.js",),
        },
    ),
    Peer(
        "Sentry's feedback form (without @sentry/core, which it needs)",
        {"@sentry-internal/feedback": ("build/npm/esm/index.js",)},
        minified=False,
    ),
    Peer(
        "Typeform's launcher (the form is a frame on top)", {"@typeform/embed": ("build/embed.js",)}
    ),
    Peer(
        "Formbricks' npm package (loads the rest from its server)",
        {"@formbricks/js": ("dist/index.js",)},
    ),
)


def main() -> None:
    rows = [("loader", weight([STATIC / "widget.js"])), ("panel", weight([STATIC / "panel.js"]))]
    with tempfile.TemporaryDirectory() as folder:
        for metric, locale in (("nps", "en"), ("ces", "en"), heaviest(Path(folder))):
            told = words(Path(folder), metric, locale)
            name = f"all of it for one {metric.upper()}, words in {locale} included"
            rows.append((name, weight([STATIC / "widget.js", STATIC / "panel.js", *told])))
        for peer in PEERS:
            files = [
                path
                for package, names in peer.files.items()
                for path in unpacked(Path(folder), package, names)
            ]
            rows.append((peer.name, weight(files, minified=peer.minified)))
    print("| | raw | gzip | brotli |\n|---|---|---|---|")
    for name, size in rows:
        print(f"| {name} | {size['raw']:,} | {size['gzip']:,} | {size['brotli']:,} |")


def weight(files: Sequence[Path], *, minified: bool = True) -> dict[str, int]:
    """Return the bytes of files, each packed by itself, as they travel."""
    flag = [] if minified else ["--minify"]
    command = ["node", str(ROOT / "widget/measure.mjs"), *flag, *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(ran.stdout)
    return found


def words(folder: Path, metric: str, locale: str) -> list[Path]:
    """Write what the service tells the loader and the panel of a survey; return the files."""
    survey = Survey(1, 1, 1, metric, 1, "active", definition_of({"metric": metric}), NOW, NOW)
    shop = Project(1, "shop", "Acme Shop", "UTC", (), NOW)
    told = {"rules": {"surveys": [rule(survey)]}, "words": asked.config(shop, [survey], locale)}
    files = []
    for name, document in told.items():
        path = folder / f"{name}-{metric}-{locale}.json"
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        path.write_text(text, encoding="utf-8")
        files.append(path)
    return files


def heaviest(folder: Path) -> tuple[str, str]:
    """Return metric and language of the survey whose words weigh most."""
    gzipped = {
        (metric, locale): weight(words(folder, metric, locale))["gzip"]
        for metric in ("nps", "csat", "ces")
        for locale in available_locales()
    }
    return max(gzipped, key=lambda one: gzipped[one])


def unpacked(folder: Path, package: str, names: Sequence[str]) -> list[Path]:
    """Download a package as npm publishes it; return the paths of some of its files."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    home = folder / package.replace("/", "-")
    with tarfile.open(folder / ran.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(home, filter="data")
    return [home / "package" / name for name in names]


if __name__ == "__main__":
    main()
