"""Settings: all faults at once, secrets never shown, one secret kept by whoever comes first."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feedback_service.config import Settings, SettingsError, load_settings

LONG_SECRET = "a-secret-key-of-more-than-32-characters"


def load(folder: Path, **variables: str) -> Settings:
    environ = {f"FEEDBACK_{name}": value for name, value in variables.items()}
    return load_settings({"FEEDBACK_DATA_DIR": str(folder), **environ})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'feedback.db'}"
    assert settings.bind == "127.0.0.1:8000"
    assert len(settings.secret_keys) == 1


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, BIND="nowhere", WORKERS="0", RETRY_SCALE="fast", LOG_LEVEL="loud")
    faults = str(caught.value).splitlines()
    assert [fault.split(" ")[0] for fault in faults] == [
        "FEEDBACK_BIND",
        "FEEDBACK_WORKERS",
        "FEEDBACK_RETRY_SCALE",
        "FEEDBACK_LOG_LEVEL",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIND", "localhost"),
        ("BIND", "localhost:http"),
        ("BIND", "localhost:65536"),
        ("DATABASE_URL", "mysql://host/name"),
        ("PUBLIC_URL", "feedback.example"),
        ("PUBLIC_URL", "https://feedback.example/?a=b"),
        ("RETRY_SCALE", "nan"),
        ("RETRY_SCALE", "inf"),
        ("RETRY_SCALE", "0"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", f"{LONG_SECRET},"),
        ("THREADS", "1e3"),
        ("TRUSTED_PROXIES", "-1"),
        ("WEBHOOK_ALLOW_HTTP", "perhaps"),
        ("WEBHOOK_ALLOW_NETS", "10.0.0.1/8"),
        ("RATE_LIMIT_URL", "https://host"),
    ],
)
def test_a_fault_names_its_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^FEEDBACK_{name} is "):
        load(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "RATE_LIMIT_URL"])
def test_a_value_that_may_hold_a_secret_is_never_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **{name: "x://canary:pw"})
    assert "canary" not in str(caught.value)


def test_a_secret_key_is_kept_for_the_next_start(tmp_path: Path) -> None:
    assert load(tmp_path).secret_keys == load(tmp_path).secret_keys


def test_only_our_user_may_read_the_secret_key_and_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    load(folder)
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_first_starts_at_the_same_time_keep_one_secret_key(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        with ThreadPoolExecutor(4) as starts:
            found = [starts.submit(load, folder).result for _ in range(4)]
            assert len({keys().secret_keys for keys in found}) == 1
        assert [file.name for file in folder.iterdir()] == ["secret_key"]


def test_a_secret_key_of_the_environment_leaves_no_file(tmp_path: Path) -> None:
    assert load(tmp_path, SECRET_KEY=LONG_SECRET).secret_keys == (LONG_SECRET,)
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_several_secret_keys_is_the_newest(tmp_path: Path) -> None:
    keys = load(tmp_path, SECRET_KEY=f"{LONG_SECRET}-new, {LONG_SECRET}-old").secret_keys
    assert keys == (f"{LONG_SECRET}-new", f"{LONG_SECRET}-old")


def test_a_data_dir_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="FEEDBACK_DATA_DIR"):
        load(tmp_path / "file")


def test_a_torn_secret_key_file_is_a_fault_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("canary")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_urls_get_their_driver(tmp_path: Path, scheme: str) -> None:
    url = load(tmp_path, DATABASE_URL=f"{scheme}://user@host/name").database_url
    assert url == "postgresql+psycopg://user@host/name"
