"""The expression language: what a setting may compute of a request (docs/reference/expressions.md).

Everything here is pure: a text becomes a tree, the tree becomes code, and the code gives a value for variables,
within a budget. The package must not know which settings are expressions, nor what their variables mean.

Begin at `program`; the way from a text is `token`, `tree`, `grammar`, `code`, `closure`. Values are in `value`,
operators in `operator`; `function` has the table of functions: `text`, `array`, `address`, besides `pattern`, `lookup`.

    context = Context({"method": lambda request: request.method})
    program = Program((), compiled("method == 'GET'", context))
    program.value(request)

Two exceptions leave it: ExpressionError for a text, with a position, and EvaluationError for an evaluation
that has spent its budget.
"""

from pillarbox.settings.expressions.closure import Code
from pillarbox.settings.expressions.code import Context, compiled
from pillarbox.settings.expressions.error import EvaluationError, ExpressionError
from pillarbox.settings.expressions.function import FUNCTIONS, UNAVAILABLE
from pillarbox.settings.expressions.grammar import parse
from pillarbox.settings.expressions.lookup import NO_LISTS, Lists, listed
from pillarbox.settings.expressions.program import Program
from pillarbox.settings.expressions.run import LONGEST_TEXT, MOST_ELEMENTS, MOST_STEPS
from pillarbox.settings.expressions.token import LONGEST_EXPRESSION
from pillarbox.settings.expressions.tree import Node, names, show
from pillarbox.settings.expressions.value import Value, integer_of, text_of, truth

__all__ = [
    "FUNCTIONS",
    "LONGEST_EXPRESSION",
    "LONGEST_TEXT",
    "MOST_ELEMENTS",
    "MOST_STEPS",
    "NO_LISTS",
    "UNAVAILABLE",
    "Code",
    "Context",
    "EvaluationError",
    "ExpressionError",
    "Lists",
    "Node",
    "Program",
    "Value",
    "compiled",
    "integer_of",
    "listed",
    "names",
    "parse",
    "show",
    "text_of",
    "truth",
]
