"""Sizes and habits that reviewers would otherwise have to look for."""

import re
from collections import Counter
from typing import Final

from tests.guards.sources import PACKAGE, ROOT, called, python_files, shown

MAX_LINES: Final = 300
MAX_FILES: Final = 12

# Code of ours that runs elsewhere than in Python.
WIDGET: Final = [
    path
    for pattern in ("src/**/*.js", "test/**/*.js", "testing/**/*.js", "*.mjs")
    for path in (ROOT / "widget").glob(pattern)
]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        shown(path): lines
        for path in [*python_files(), *WIDGET]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}, "split it by noun"


def test_no_folder_has_more_than_12_python_files() -> None:
    sizes = Counter(shown(path.parent) for path in python_files() if path.name != "__init__.py")
    full = {folder: files for folder, files in sizes.items() if files > MAX_FILES}
    assert full == {}, "find the name of the second idea in it"


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\s*\(?#\d)")
    here = shown(python_files("tests/guards")[0].parent) + "/test_sources.py"
    found = [
        f"{shown(path)}:{number}"
        for path in [*python_files(), *WIDGET]
        if shown(path) != here
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if later.search(line)
    ]
    assert found == [], "do it now, or open an issue and name its number"


def test_no_merge_or_editor_leaves_its_copies_behind() -> None:
    """A copy inside the package would be in the wheel."""
    copies = [
        shown(path)
        for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks", ROOT / "docs")
        for path in folder.rglob("*")
        if path.suffix in {".orig", ".rej", ".bak", ".swp"} and "node_modules" not in path.parts
    ]
    assert copies == []


def test_the_package_does_not_print() -> None:
    assert [
        shown(path) for path in python_files("feedback_service") if "print" in called(path)
    ] == []


def test_the_environment_is_read_through_the_settings_only() -> None:
    """cli hands it over; telemetry asks for a variable of prometheus_client's, none of ours."""
    readers = {
        path.relative_to(PACKAGE).parts[0]
        for path in python_files("feedback_service")
        if {"os.environ", "os.getenv"} & set(called(path))
    }
    assert readers <= {"config.py", "cli", "telemetry.py"}


def test_settings_have_one_reader() -> None:
    read = re.compile(r"(?:environ(?:\.get)?|getenv)\W{1,2}[\"']FEEDBACK_")
    assert [
        shown(path)
        for path in python_files("feedback_service")
        if read.search(path.read_text(encoding="utf-8"))
    ] == []


def test_init_files_are_empty_but_for_the_version_and_the_installers() -> None:
    """An __init__ with code runs for whoever imports a neighbour."""
    allowed = {
        "feedback_service/__init__.py",
        *(
            f"feedback_service/web/{audience}/__init__.py"
            for audience in ("api", "widget", "page", "ops")
        ),
    }
    assert [
        shown(path)
        for path in python_files()
        if path.name == "__init__.py"
        and path.read_text(encoding="utf-8").strip()
        and shown(path) not in allowed
    ] == []
