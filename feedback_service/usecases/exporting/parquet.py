"""Writes portions of an export as Parquet: typed columns, one row group for many portions."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, BinaryIO, Final

from feedback_service.domain.errors import InvalidValue
from feedback_service.usecases.exporting.columns import COLUMNS
from feedback_service.usecases.exporting.export import Portion

# As many as fit some ten MB: readers skip and decode whole groups.
_ROWS_OF_A_GROUP: Final = 50_000


def write_parquet(portions: Iterable[Portion], file: BinaryIO) -> Iterator[Portion]:
    """Write a Parquet file while yielding the portions that went in.

    Raises InvalidValue without the extra `parquet`, before anything is written.
    """
    arrow, parquet = _modules()
    schema = _schema(arrow)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        waiting: list[Sequence[Any]] = []
        for portion in portions:
            waiting += portion.rows
            if len(waiting) >= _ROWS_OF_A_GROUP:
                writer.write_table(_table(arrow, schema, waiting))
                waiting = []
            yield portion
        if waiting:
            writer.write_table(_table(arrow, schema, waiting))


def _modules() -> tuple[ModuleType, ModuleType]:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise InvalidValue(
            "Parquet needs its library: pip install 'feedback-service[parquet]'", "/format"
        ) from None
    return arrow, parquet


def _schema(arrow: Any) -> Any:
    types = {
        "text": arrow.string(),
        "document": arrow.string(),  # JSON
        "number": arrow.int32(),
        "truth": arrow.bool_(),
        "instant": arrow.timestamp("us", tz="UTC"),
    }
    return arrow.schema([(column.name, types[column.kind]) for column in COLUMNS])


def _table(arrow: Any, schema: Any, rows: Sequence[Sequence[Any]]) -> Any:
    columns = [
        arrow.array(values, arrow.int32() if column.kind == "number" else arrow.string()).cast(
            field.type
        )
        for values, column, field in zip(zip(*rows, strict=True), COLUMNS, schema, strict=True)
    ]
    return arrow.Table.from_arrays(columns, schema=schema)
