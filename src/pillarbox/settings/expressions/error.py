"""What goes wrong with an expression: its text, or one evaluation of it."""

__all__ = ["EvaluationError", "ExpressionError"]


class ExpressionError(ValueError):
    """A text that is no expression; `reason` says what was expected, and the message where.

    `position` counts code points from 0; `line` and `column` count from 1.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        before = text[:position]
        self.reason = reason
        self.position = position
        self.line = before.count("\n") + 1
        self.column = position - before.rfind("\n")
        place = f"line {self.line}, column {self.column}" if "\n" in text else f"column {self.column}"
        super().__init__(f"at {place}: {reason}")


class EvaluationError(Exception):
    """An evaluation without a result that can be used; the message quotes nothing of the request."""
