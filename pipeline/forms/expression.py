"""The arithmetic of ``compare``: ``people <= rooms * 15``, ``sum(a, b) = total``, ``finish >= start``.

Grammar (a closed one: numbers, columns, + − × ÷ and brackets, ``sum`` of columns; nothing is ever evaluated as code):

    comparison = expression ("<=" | "<" | ">=" | ">" | "=" | "==" | "!=") expression
    expression = term {("+" | "-") term};  term = factor {("*" | "/") factor}
    factor = number | column | "sum" "(" column {"," column} ")" | "(" expression ")" | "-" factor
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_LENGTH = 500
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<op><=|>=|==|!=|[<>=+\-*/(),]))")
_SAME = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/"})
_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">", "=")
_WORDS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">", "=": "=", "-": "−", "*": "×", "/": "÷"}


class ExpressionError(ValueError):
    """The text is no comparison; ``near`` is where reading stopped."""

    def __init__(self, near: str) -> None:
        self.near = near
        super().__init__(near)


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column in this row; empty makes the whole comparison pass."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of columns in this row, where an empty cell counts as nothing; all empty is empty."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """``left op right`` with op one of + - * /."""

    op: str
    left: Expression
    right: Expression


Expression = Number | Column | Sum | Binary


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left op right`` with op one of <= >= < > = !=."""

    op: str
    left: Expression
    right: Expression

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column named, in order, once."""
        return tuple(dict.fromkeys([*_columns(self.left), *_columns(self.right)]))


def parse(text: str) -> Comparison:
    """Return the comparison that ``text`` writes; raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(text[:20])
    return _Parser(text).comparison()


def in_words(text: str, titles: Mapping[str, str]) -> str:
    """The comparison with titles in place of ids: «Количество участников» ≤ «Количество аудиторий» × 15."""
    return " ".join(_word(token, titles) for token in _tokens(text)).replace("( ", "(").replace(" )", ")")


def _word(token: str, titles: Mapping[str, str]) -> str:
    if token == "sum":  # noqa: S105 - a word of the grammar
        return "сумма"
    if token in titles:
        return f"«{titles[token]}»"
    return _WORDS.get(token, token.replace(".", ","))


def _columns(expression: Expression) -> Iterator[str]:
    match expression:
        case Column(name):
            yield name
        case Sum(names):
            yield from names
        case Binary(_, left, right):
            yield from _columns(left)
            yield from _columns(right)


def _tokens(text: str) -> Iterator[str]:
    source = text.replace("≤", "<=").replace("≥", ">=").replace("≠", "!=").translate(_SAME).rstrip()
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise ExpressionError(source[position:].strip()[:20])
        yield found.group().strip()
        position = found.end()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def comparison(self) -> Comparison:
        left = self._expression()
        op = self._take(*_COMPARISONS)
        right = self._expression()
        if self._at < len(self._tokens):
            raise ExpressionError(self._tokens[self._at])
        return Comparison("=" if op == "==" else op, left, right)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if token not in wanted:
            raise ExpressionError(token)
        self._at += 1
        return token

    def _expression(self) -> Expression:
        left = self._term()
        while self._peek() in ("+", "-"):
            left = Binary(self._take("+", "-"), left, self._term())
        return left

    def _term(self) -> Expression:
        left = self._factor()
        while self._peek() in ("*", "/"):
            left = Binary(self._take("*", "/"), left, self._factor())
        return left

    def _factor(self) -> Expression:
        token = self._peek()
        if token in ("(", "-"):
            return self._nested(token)
        if not token or not (token[0].isalnum()):
            raise ExpressionError(token)
        self._at += 1
        if token[0].isdigit():
            return Number(float(token) if "." in token else int(token))
        if token == "sum" and self._peek() == "(":  # noqa: S105 - a word of the grammar
            return self._sum()
        return Column(token)

    def _nested(self, token: str) -> Expression:
        self._depth += 1
        if self._depth > 20:
            raise ExpressionError(token)
        self._at += 1
        if token == "-":  # noqa: S105 - the minus sign
            inner: Expression = Binary("-", Number(0), self._factor())
        else:
            inner = self._expression()
            self._take(")")
        self._depth -= 1
        return inner

    def _sum(self) -> Sum:
        self._take("(")
        names: list[str] = []
        while True:
            name = self._peek()
            if not name or not name[0].isalpha():
                raise ExpressionError(name)
            self._at += 1
            names.append(name)
            if self._take(",", ")") == ")":
                return Sum(tuple(names))
