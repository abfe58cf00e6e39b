"""What callers and operators rely on is documented, and the documents say what is so."""

import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_service.config import load_settings
from feedback_service.domain import errors
from feedback_service.domain.errors import FeedbackError
from feedback_service.web.errors import STATUS
from feedback_service.web.problems import WIRE_CODES
from tests.guards.sources import PACKAGE, ROOT, python_files

SETTING = re.compile(r"read\.(?:text|parsed)\(\s*\"([A-Z_]+)\"")


def table(page: str) -> dict[str, list[str]]:
    """Return the rows of a page's tables: first cell without backticks -> all cells."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:3] == "| `"
    ]
    found = {row[0].strip("`"): row for row in rows}
    assert len(found) == len(rows), "a row stands there twice"
    return found


def every_error() -> Iterator[type[FeedbackError]]:
    """Yield the errors a caller can cause, wherever they are defined."""
    for path in python_files("feedback_service/domain"):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    waiting = FeedbackError.__subclasses__()
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        yield error


def settings() -> list[str]:
    config = (PACKAGE / "config.py").read_text(encoding="utf-8")
    return [f"FEEDBACK_{name}" for name in SETTING.findall(config)]


def test_every_setting_is_documented_once_and_no_other() -> None:
    assert len(settings()) >= 14
    assert Counter(table("settings.md").keys()) == Counter(settings())


def test_every_setting_named_anywhere_exists() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *python_files("feedback_service")]
    named = {
        name
        for page in pages
        for name in re.findall(r"\bFEEDBACK_[A-Z_]+[A-Z]\b", page.read_text(encoding="utf-8"))
    }
    assert named <= set(settings())


@pytest.mark.parametrize("name", sorted(settings()))
def test_a_documented_example_is_accepted(name: str, tmp_path: Path) -> None:
    row = table("settings.md")[name]
    example = row[3].strip("`").replace("secret…", "secret" + 32 * "x")
    data_dir = str(tmp_path / "data")
    environ = {"FEEDBACK_DATA_DIR": data_dir, name: example}
    if name == "FEEDBACK_DATA_DIR":
        environ[name] = str(tmp_path) + example
    changed, plain = load_settings(environ), load_settings({"FEEDBACK_DATA_DIR": data_dir})
    assert changed != plain, "an example should show something else than the default"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("FEEDBACK_BIND", "bind"),
        ("FEEDBACK_WORKERS", "workers"),
        ("FEEDBACK_THREADS", "threads"),
        ("FEEDBACK_TRUSTED_PROXIES", "trusted_proxies"),
        ("FEEDBACK_LOG_LEVEL", "log_level"),
        ("FEEDBACK_WEBHOOK_ALLOW_HTTP", "webhook_allow_http"),
        ("FEEDBACK_RETRY_SCALE", "retry_scale"),
    ],
)
def test_a_documented_default_is_the_default(name: str, field: str, tmp_path: Path) -> None:
    default = table("settings.md")[name][1].strip("`")
    environ = {"FEEDBACK_DATA_DIR": str(tmp_path)}
    assert load_settings(environ) == load_settings({**environ, name: default})
    assert hasattr(load_settings(environ), field)


def test_every_error_of_the_domain_has_a_status() -> None:
    assert set(every_error()) == STATUS.keys()


def test_no_code_is_used_twice() -> None:
    codes = [error.code for error in every_error()] + list(WIRE_CODES)
    assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_every_error_is_documented_with_its_status_and_no_other() -> None:
    known = {error.code: status for error, (status, _title) in STATUS.items()}
    known |= {code: status for code, (status, _title) in WIRE_CODES.items()}
    documented = {code: int(row[1]) for code, row in table("errors.md").items()}
    assert documented == known


def test_every_error_tells_what_to_do() -> None:
    for code, row in table("errors.md").items():
        assert all(len(cell) > 2 for cell in row), code
        assert len(row) == 4, code


def test_errors_live_in_one_file() -> None:
    assert {error.__module__ for error in every_error()} == {errors.__name__}
