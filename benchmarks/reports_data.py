"""Made-up answers by the million: one arithmetic, written by each engine itself."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import psycopg

from feedback_service.domain.surveys import Survey

START: Final = datetime(2023, 11, 25, tzinfo=UTC)
DAYS: Final = 3 * 365
_BLOCK: Final = 250_000

# n counts from 0. Multiplied modulo a prime it looks like chance, the same in every dialect.
_CHANCE: Final = "((n * {} % 2147483647) % {})"
_SCORES: Final = (2, 3, 4, 6, 8, 13, 19, 32, 52, 74)  # per cent that give 0 or less, 1 or less, …
_SCORE: Final = "CASE {} ELSE 10 END".format(
    " ".join(
        f"WHEN {_CHANCE.format(48271, 100)} < {percent} THEN {score}"
        for score, percent in enumerate(_SCORES)
    )
)
_PLAN: Final = (
    f"CASE {_CHANCE.format(69621, 6)} WHEN 0 THEN 'pro' WHEN 1 THEN 'plus' ELSE 'free' END"
)
_REGION: Final = f"'r' || {_CHANCE.format(39373, 20)}"
_AGENT: Final = f"'agent-' || {_CHANCE.format(16807, 300)}"
_STORE: Final = f"'store-' || {_CHANCE.format(630360, 2_000)}"
_ACCOUNT: Final = f"'account-' || {_CHANCE.format(397204, 50_000)}"
_ORDER: Final = "'order-' || n"
_CHANNEL: Final = (
    f"CASE {_CHANCE.format(65539, 4)} WHEN 0 THEN 'email' WHEN 1 THEN 'sms' ELSE 'widget' END"
)
_TOUCHPOINT: Final = f"'place-' || {_CHANCE.format(742938, 5)}"
_SQLITE_EXTRAS: Final = (
    "SELECT type, name, sql FROM sqlite_master "
    "WHERE tbl_name = 'responses' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
)
_POSTGRES_INDEXES: Final = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'responses' AND indexname "
    "NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = 'responses'::regclass)"
)
_TRAITS: Final = (
    f"""'{{"plan": "' || {_PLAN} || '", "region": "' || {_REGION} """
    f"""|| '", "agent": "' || {_AGENT} || '", "store": "' || {_STORE} """
    f"""|| '", "account": "' || {_ACCOUNT} || '", "order": "' || {_ORDER} || '"}}'"""
)


def fill(url: str, survey: Survey, many: int) -> None:
    """Write the answers to a database, oldest first, spread over three years.

    Triggers and indexes are made anew afterwards: the words of these answers cannot be searched.
    """
    if url.startswith("sqlite"):
        _fill_sqlite(url.removeprefix("sqlite:///"), survey, many)
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        indexes = connection.execute(_POSTGRES_INDEXES).fetchall()
        connection.execute("ALTER TABLE responses DISABLE TRIGGER USER")
        for name, _definition in indexes:
            connection.execute(f"DROP INDEX {name}")
        for first in range(0, many, _BLOCK):
            last = min(first + _BLOCK, many) - 1
            at = f"to_timestamp({START.timestamp():.0f}) + n * interval '{_step_ms(many)} ms'"
            values = {**_columns(survey, at), "traits": f"CAST({_TRAITS} AS jsonb)"}
            values |= {"id": "'rsp_' || lpad(CAST(n AS text), 26, '0')"}
            numbers = f"generate_series(CAST({first} AS bigint), {last}) AS numbers(n)"
            connection.execute(_insert(values, numbers))
        for _name, definition in indexes:
            connection.execute(definition)
        connection.execute("ALTER TABLE responses ENABLE TRIGGER USER")
        connection.execute("VACUUM ANALYZE responses")


def write_parquet(path: Path, survey: Survey, many: int) -> None:
    """Write what a report looks at; traits as JSON text, and each as a column of its own."""
    at = f"TIMESTAMP '{START:%Y-%m-%d}' + to_milliseconds(n * {_step_ms(many)})"
    columns = {
        "survey_id": f"{survey.id}",
        "scored_at": at,
        "score": f"CAST({_SCORE} AS TINYINT)",
        "channel": _CHANNEL,
        "touchpoint": _TOUCHPOINT,
        "plan": _PLAN,
        "region": _REGION,
        "agent": _AGENT,
        "store": _STORE,
        "account": _ACCOUNT,
        "traits": _TRAITS,
    }
    shown = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    duckdb.execute(f"COPY (SELECT {shown} FROM range({many}) AS r(n)) TO '{path}' (FORMAT parquet)")


def _fill_sqlite(path: str, survey: Survey, many: int) -> None:
    seconds = f"{START.timestamp():.0f} + n * {_step_ms(many)} / 1000.0"
    at = f"strftime('%Y-%m-%d %H:%M:%f', {seconds}, 'unixepoch') || '000'"
    values = {**_columns(survey, at), "traits": _TRAITS, "id": "printf('rsp_%026d', n)"}
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")  # of this filling only
    connection.execute("PRAGMA cache_size = -500000")
    extras = connection.execute(_SQLITE_EXTRAS).fetchall()
    for kind, name, _sql in extras:
        connection.execute(f"DROP {kind} {name}")
    for first in range(0, many, _BLOCK):
        last = min(first + _BLOCK, many) - 1
        counting = f"SELECT {first} AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}"
        connection.execute(f"WITH RECURSIVE numbers AS ({counting}) {_insert(values, 'numbers')}")
    for _kind, _name, sql in extras:
        connection.execute(sql)
    connection.execute("ANALYZE responses")
    connection.close()


def _columns(survey: Survey, at: str) -> dict[str, Any]:
    return {
        "project_id": survey.project_id,
        "survey_id": survey.id,
        "version_id": survey.version_id,
        "token_id": "'token-' || n",
        "channel": _CHANNEL,
        "touchpoint": _TOUCHPOINT,
        "score": _SCORE,
        "band": f"CASE WHEN {_SCORE} > 8 THEN 'promoter' ELSE 'passive' END",
        "comment": "CASE n % 3 WHEN 0 THEN 'The parcel came late and nobody told me.' END",
        "answers": "'{}'",
        "tags": "'[]'",
        "complete": "TRUE",
        "test": "FALSE",
        "saves": 1,
        **dict.fromkeys(
            ("created_at", "updated_at", "expires_at", "scored_at", "completed_at"), at
        ),
    }


def _insert(values: Mapping[str, Any], numbers: str) -> str:
    shown = ", ".join(str(value) for value in values.values())
    return f"INSERT INTO responses ({', '.join(values)}) SELECT {shown} FROM {numbers}"


def _step_ms(many: int) -> int:
    return DAYS * 86_400_000 // many
