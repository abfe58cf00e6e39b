"""A day as an option takes it."""

from datetime import date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007  # a day
        except ValueError:
            self.fail(f"{value!r} is no day: write it as 2026-11-24", param, ctx)
