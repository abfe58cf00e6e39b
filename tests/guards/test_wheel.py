"""What is shipped: all that the package needs at run time, and nothing else."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.guards.sources import PACKAGE, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return frozenset(ZipFile(built).namelist())


def shipped(folder: Path, pattern: str) -> set[str]:
    """Return the names in the wheel of what lies in a folder of the package."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found, f"there is no {pattern} in {folder}"
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        pytest.param(".", "*.py", id="code"),
        pytest.param(".", "py.typed", id="mark of types"),
        pytest.param("locales", "*.json", id="words"),
        pytest.param("delivery/formats/vendors", "*.json", id="words of formats"),
        pytest.param("mailing/templates", "*", id="templates of the mail"),
        pytest.param("web/widget/static", "*", id="widget"),
        pytest.param("web/page", "*.html", id="templates of the page"),
        pytest.param("web/page/static", "*", id="files of the page"),
        pytest.param("web/ops", "*.html", id="templates of the reference"),
    ],
)
def test_the_wheel_holds(wheel: frozenset[str], folder: str, pattern: str) -> None:
    assert shipped(PACKAGE / folder, pattern) - wheel == set()


@pytest.mark.slow
def test_the_wheel_holds_the_migrations(wheel: frozenset[str]) -> None:
    versions = ROOT / "migrations/versions"
    scripts = {path.relative_to(versions).as_posix() for path in versions.rglob("*.py")}
    inside = "feedback_service/migrations/"
    assert {f"{inside}versions/{name}" for name in scripts} | {f"{inside}env.py"} <= wheel


@pytest.mark.slow
def test_the_wheel_holds_nothing_else(wheel: frozenset[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"feedback_service"}
    odd = {name for name in wheel if any(
        part in name for part in ("test", "node_modules", "__pycache__", ".db", "feedback-data")
    )}  # fmt: skip
    assert {name for name in odd if not name.endswith("/test.py")} == set()
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
