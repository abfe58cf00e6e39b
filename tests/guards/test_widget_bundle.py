"""The committed widget is what its sources build, and small enough."""

import hashlib
import re
import shutil
import subprocess

import pytest

from tests.guards.sources import PACKAGE, ROOT

BUNDLE = PACKAGE / "web/widget/static/widget.js"


def test_the_bundle_names_the_digest_of_its_sources() -> None:
    """Needs no Node.js; see digest() in widget/build.mjs."""
    digest = hashlib.sha256()
    folder = ROOT / "widget"
    sources = {
        path.relative_to(folder).as_posix(): path
        for path in folder.glob("src/**/*")
        if path.is_file()
    }
    for name, path in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    named = re.search(r"sha256:([0-9a-f]{64})", BUNDLE.read_text(encoding="utf-8")[:200])
    assert named is not None
    assert named[1] == digest.hexdigest(), "run `make widget` and commit the bundle"


@pytest.mark.slow
def test_the_bundle_is_what_the_sources_build_and_inside_its_budget() -> None:
    node = shutil.which("node")
    assert node is not None, "the tests need Node.js: run them with `make test`"
    check = subprocess.run(
        [node, "widget/build.mjs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr
