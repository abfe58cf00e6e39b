"""The direction of imports: what each part may know of the others. ARCHITECTURE.md tells why."""

from pathlib import Path
from typing import Final

import pytest

from tests.guards.sources import PACKAGE, called, imports, python_files, shown

# Part -> the parts it may import. A name with a dot is one module or folder only; one that has a
# rule of its own here is a part of its own.
MAY_IMPORT: Final[dict[str, set[str]]] = {
    "domain": set(),
    "locales": {"domain"},
    "mailing": {"domain", "locales"},
    "config": set(),
    "telemetry": set(),
    "storage": {"domain"},
    # Pure: what a webhook will send is tried out before it is saved, and shown on request.
    "delivery.formats": {"domain"},
    "usecases": {"domain", "storage", "delivery.formats"},
    "delivery": {"domain", "storage", "usecases.service", "telemetry", "delivery.formats"},
    "web": {"domain", "storage", "usecases", "locales", "mailing", "telemetry", "config"},
    "app": {"domain", "usecases", "web", "config", "telemetry"},
    "demo": {"domain", "storage", "usecases", "config", "locales"},
    "cli": {"domain", "storage", "usecases", "delivery", "app", "config", "telemetry", "demo"}
    | {"web", "locales", "mailing"},
}
# Package -> where it may be imported, because one place knows it.
AT_HOME: Final = {
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "psycopg": {"storage"},
    "sqlite3": {"storage"},
    "flask": {"web", "app", "cli", "demo"},
    "flask_smorest": {"web"},
    "marshmallow": {"web", "cli"},
    "limits": {"web"},
    "segno": {"web"},
    "jinja2": {"mailing", "delivery.formats"},
    "markupsafe": {"mailing", "web"},
    "gunicorn": {"cli"},
    "click": {"cli"},
    "prometheus_client": {"telemetry", "cli"},
    "joserfc": {"domain"},
    "itsdangerous": {"domain"},
    "argon2": {"usecases"},
    "cryptography": {"storage"},
}
NOT_PURE: Final = {"os", "socket", "time", "threading", "subprocess", "logging", "pathlib"}


def part_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    inner = ".".join(parts[:2])
    return inner if inner in MAY_IMPORT else parts[0].removesuffix(".py")


def modules() -> list[Path]:
    return [path for path in python_files("feedback_service") if path.parent != PACKAGE
            or path.name != "__init__.py"]  # fmt: skip


def test_every_part_of_the_package_has_its_rule() -> None:
    assert {part_of(path) for path in modules()} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    wrong = []
    for path in modules():
        if part_of(path) != part:
            continue
        for name in imports(path):
            top, _, rest = name.partition(".")
            inside = rest.split(".")
            inner = ".".join(inside[:2])
            home = inner if inner in MAY_IMPORT else inside[0]
            if top != "feedback_service" or not rest or home in {part, "__version__"}:
                continue
            if not {home, inner} & MAY_IMPORT[part]:
                wrong.append(f"{shown(path)} imports {name}")
    assert wrong == []


def test_the_rules_allow_no_circle() -> None:
    below: set[str] = set()
    waiting = {
        part: {name if name in MAY_IMPORT else name.partition(".")[0] for name in may}
        for part, may in MAY_IMPORT.items()
    }
    while waiting:
        free = {part for part, may in waiting.items() if may <= below}
        assert free, f"a circle among {sorted(waiting)}"
        below |= free
        waiting = {part: may for part, may in waiting.items() if part not in free}


def test_a_foreign_package_is_imported_only_where_it_is_at_home() -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in modules()
        for name in imports(path)
        if part_of(path) not in AT_HOME.get(name.partition(".")[0], {part_of(path)})
    ]
    assert wrong == []


def test_the_domain_is_pure() -> None:
    wrong = [
        f"{shown(path)} uses {name}"
        for path in python_files("feedback_service/domain")
        for name in [*imports(path), *called(path)]
        if name.partition(".")[0] in NOT_PURE
        or name in {"datetime.now", "datetime.utcnow", "date.today", "open", "print"}
    ]
    assert wrong == []


def test_tests_import_only_what_is_there_to_be_imported() -> None:
    """The suite is no library: the package does not know it."""
    assert [
        shown(path)
        for path in python_files("feedback_service", "migrations")
        for name in imports(path)
        if name.partition(".")[0] == "tests"
    ] == []
