"""The language of templates: expressions, if and for of Jinja, over plain values, within limits.

Customers write templates and the dispatcher renders them inside a database transaction, so nothing
a template says may take long, grow large or reach past the values it is given. Jinja's own sandbox
keeps it from Python's insides but lets it loop for ever; therefore only these kinds of node are
read, there are no calls and no attributes, and loops and output are counted.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import thread_time
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, Undefined, meta, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feedback_service.delivery.formats.filling.context import KNOWN, Open
from feedback_service.delivery.formats.filling.filters import FILTERS, TESTS

MAX_SOURCE: Final = 8_192
MAX_OUTPUT: Final = 262_144
MAX_ROUNDS: Final = 1_000
# Of processor time, for everything one delivery renders; honest templates take a millisecond, and
# a busy machine must not make them fail.
LIMIT_S: Final = 0.1

_BUDGET: Final = "_budget"
_NODES: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.CondExpr),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
    *(nodes.Neg, nodes.Pos, nodes.Keyword),
)
_LOOP: Final = {"index", "first", "last", "length"}


class TemplateFault(Exception):
    """A template cannot be read, or not be filled; the text says why, for its author."""


@dataclass(slots=True)
class Budget:
    """What one delivery may still use; shared by all of its templates."""

    until: float
    chars: int = MAX_OUTPUT
    rounds: int = MAX_ROUNDS

    @classmethod
    def fresh(cls) -> "Budget":
        return cls(thread_time() + LIMIT_S)

    def spend(self, *, chars: int = 0, rounds: int = 0) -> None:
        """Raise TemplateFault when it is used up."""
        self.chars -= chars
        self.rounds -= rounds
        if self.chars < 0:
            raise TemplateFault(f"the templates make more than {MAX_OUTPUT} characters")
        if self.rounds < 0 or thread_time() > self.until:
            raise TemplateFault("the templates take too long: loop less")


def check(source: str) -> None:
    """Raise TemplateFault unless it is a template of ours that names only what there is."""
    _compiled(source)


def fill(source: str, names: Mapping[str, Any], budget: Budget) -> Any:
    """Return what a template makes of the names.

    A lone ``{{ expression }}`` gives its value as it is, a number or a list or null, too; anything
    else gives text. Raises TemplateFault.
    """
    template, is_value = _compiled(source)
    try:
        context = template.new_context({**names, _BUDGET: budget})
        pieces = template.root_render_func(context)
        if not is_value:
            return "".join(_counted(pieces, budget))
        for _ in pieces:
            pass
        value = context.vars["value"]
        if isinstance(value, Undefined):
            str(value)  # raises, naming what is missing
        _spend_value(value, budget)
    except TemplateFault:
        raise
    except RecursionError:
        raise TemplateFault("the template is nested too deeply") from None
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise TemplateFault(str(error) or type(error).__name__) from error
    return value


def _counted(pieces: Iterator[str], budget: Budget) -> Iterator[str]:
    for piece in pieces:
        budget.spend(chars=len(piece))
        yield piece


def _spend_value(value: Any, budget: Budget) -> None:
    try:
        budget.spend(chars=len(json.dumps(value, allow_nan=False, ensure_ascii=False)))
    except (TypeError, ValueError):
        raise TemplateFault("the expression gives something that is no JSON value") from None


class _Environment(ImmutableSandboxedEnvironment):
    """Values have members only, so there is nothing of Python's to be reached."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, Open):
            return obj.get(argument)
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        if isinstance(obj, list | tuple | str) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else None
        if isinstance(obj, LoopContext) and argument in _LOOP:
            return getattr(obj, argument)
        there = f": use {', '.join(obj)}" if isinstance(obj, Mapping) else ""
        return self.undefined(f"there is no {argument!r} here{there}")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, int | float) for side in (left, right))
        # "x" * 10**9 would fill the memory; "%s" % … formats with Python's own rules.
        if not numbers and not (operator == "+" and isinstance(left, str | list)):
            raise SecurityError(f"{operator} is for numbers; join texts with ~")
        return super().call_binop(context, operator, left, right)


@pass_context
def _each(context: Context, values: Any) -> Iterator[Any]:
    """Yield what a for loop runs over, counting."""
    if isinstance(values, str) or not isinstance(values, list | tuple | Mapping):
        raise SecurityError("for runs over lists and objects only")
    for value in values:
        context[_BUDGET].spend(rounds=1)
        yield value


def _finalised(value: Any) -> Any:
    """Print values as JSON has them: nothing for null, true and false."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _environment() -> _Environment:
    made = _Environment(
        undefined=StrictUndefined,
        finalize=_finalised,
        autoescape=False,
        keep_trailing_newline=True,
        optimized=False,  # constants would be folded while compiling, out of the budget's sight
    )
    made.globals.clear()
    made.filters = {**FILTERS, "each": _each}
    made.tests = dict(TESTS)
    return made


_ENVIRONMENT: Final = _environment()


@lru_cache(maxsize=1024)
def _compiled(source: str) -> tuple[Any, bool]:
    """Return the template, and whether it is a lone expression. Raises TemplateFault."""
    if len(source) > MAX_SOURCE:
        raise TemplateFault(f"a template has at most {MAX_SOURCE} characters")
    try:
        tree = _ENVIRONMENT.parse(source)
        _refuse_strange(tree)
        expression = _lone_expression(tree)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "each", [], [], None, None, lineno=loop.lineno)
        if expression is not None:
            target = nodes.Name("value", "store", lineno=1)
            tree = nodes.Template([nodes.Assign(target, expression, lineno=1)], lineno=1)
        tree.set_environment(_ENVIRONMENT)
        return _ENVIRONMENT.from_string(tree), expression is not None
    except RecursionError:
        raise TemplateFault("the template is nested too deeply") from None
    except TemplateError as error:
        raise TemplateFault(str(error)) from None


def _refuse_strange(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _NODES) or (isinstance(node, nodes.For) and node.recursive):
            raise TemplateFault(
                f"templates have no {type(node).__name__.lower()}: "
                "use {{ names }}, filters, {% if %} and {% for %}"
            )
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise TemplateFault(f"no filter {node.name!r}: use {', '.join(sorted(FILTERS))}")
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise TemplateFault(f"no test {node.name!r}: use {', '.join(sorted(TESTS))}")
    unknown = meta.find_undeclared_variables(tree) - KNOWN
    if unknown:
        raise TemplateFault(f"no name {min(unknown)!r}: use {', '.join(sorted(KNOWN))}")


def _lone_expression(tree: nodes.Template) -> nodes.Expr | None:
    if len(tree.body) != 1 or not isinstance(output := tree.body[0], nodes.Output):
        return None
    if len(output.nodes) != 1 or isinstance(output.nodes[0], nodes.TemplateData):
        return None
    return output.nodes[0]
