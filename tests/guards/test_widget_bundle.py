"""The committed widget is what its sources build, and small enough."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from feedback_service.domain.measures.scales import SCALES
from feedback_service.domain.projects import Project
from feedback_service.domain.surveys import Survey
from feedback_service.locales.languages import available_locales
from feedback_service.usecases.setup.configure_survey import definition_of
from feedback_service.web.widget import asked
from feedback_service.web.widget.rules import rule
from tests.guards.sources import PACKAGE, ROOT

STATIC = PACKAGE / "web/widget/static"
BUDGET_BYTES = 8 * 1024
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["widget.js", "panel.js"])
def test_the_bundle_names_the_digest_of_its_sources(name: str) -> None:
    """Needs no Node.js; see digest() in widget/build.mjs."""
    digest = hashlib.sha256()
    folder = ROOT / "widget"
    sources = {
        path.relative_to(folder).as_posix(): path
        for path in folder.glob("src/**/*")
        if path.is_file()
    }
    for path in [path for _, path in sorted(sources.items())]:
        shown = path.relative_to(folder).as_posix().encode()
        digest.update(shown + b"\0" + path.read_bytes() + b"\0")
    named = re.search(r"MIT ([0-9a-f]{16}) ", (STATIC / name).read_text(encoding="utf-8")[:100])
    assert named is not None
    assert named[1] == digest.hexdigest()[:16], "run `make widget` and commit the files"


@pytest.mark.parametrize("name", ["widget.js", "panel.js"])
def test_what_is_served_by_gzip_is_the_same_file(name: str) -> None:
    packed = (STATIC / f"{name}.gz").read_bytes()
    assert gzip.decompress(packed) == (STATIC / name).read_bytes()


@pytest.mark.slow
def test_the_bundle_is_what_the_sources_build_and_inside_its_budget() -> None:
    node = shutil.which("node")
    assert node is not None, "the tests need Node.js: run them with `make test`"
    check = subprocess.run(
        [node, "widget/build.mjs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize("locale", available_locales())
def test_all_a_page_pays_for_a_survey_stays_under_8_kib_gzip(locale: str) -> None:
    files = sum(len((STATIC / f"{name}.gz").read_bytes()) for name in ("widget.js", "panel.js"))
    shop = Project(1, "shop", "Acme Shop", "UTC", (), NOW)
    paid = {}
    for scale in SCALES:
        document = {"metric": SCALES[scale].metric, "scale": scale}
        survey = Survey(1, 1, 1, "feedback", 1, "active", definition_of(document), NOW, NOW)
        told = [{"surveys": [rule(survey)]}, asked.config(shop, [survey], locale)]
        parts = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in told]
        paid[scale] = files + sum(len(gzip.compress(part.encode(), 9)) for part in parts)
    assert max(paid.values()) <= BUDGET_BYTES, paid
