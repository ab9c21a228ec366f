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
_TOKEN = re.compile(r"(?<!\s)\s*((?:\d+(?:\.\d+)?)(?![\w.])|[a-z][a-z0-9_]*(?!\w)|<=|>=|==|!=|[<>=+\-*/(),≤≥≠−–×·÷])")
_SAME = {"≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/"}
_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">", "=")
_WORDS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">", "=": "=", "-": "−", "*": "×", "/": "÷"}


class ExpressionError(ValueError):
    """The text is no comparison; ``near`` is what reading stopped at ("" at the end), ``at`` its place from 1."""

    def __init__(self, near: str, at: int) -> None:
        self.near = near
        self.at = at
        super().__init__(near, at)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the grammar and its place in the text, from 1."""

    word: str
    at: int


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
        raise ExpressionError(text[:20], 1)
    return _Parser(text).comparison()


def place_of(text: str, name: str) -> int | None:
    """Where the column ``name`` first is in ``text``, from 1."""
    return next((token.at for token in _tokens(text) if token.word == name), None)


def in_words(text: str, titles: Mapping[str, str]) -> str:
    """The comparison with titles in place of ids: «Количество участников» ≤ «Количество аудиторий» × 15."""
    return " ".join(_word(token.word, titles) for token in _tokens(text)).replace("( ", "(").replace(" )", ")")


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


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            rest = text[position:end]
            raise ExpressionError(rest.strip()[:20], position + len(rest) - len(rest.lstrip()) + 1)
        yield _Token(_SAME.get(found[1], found[1]), found.start(1) + 1)
        position = found.end()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), _Token("", len(text.rstrip()) + 1)]
        self._at = 0
        self._depth = 0

    def comparison(self) -> Comparison:
        left = self._expression()
        op = self._take(*_COMPARISONS)
        right = self._expression()
        if self._peek():
            raise self._error()
        return Comparison("=" if op == "==" else op, left, right)

    def _peek(self) -> str:
        return self._tokens[self._at].word

    def _error(self) -> ExpressionError:
        token = self._tokens[self._at]
        return ExpressionError(token.word, token.at)

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if token not in wanted:
            raise self._error()
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
            raise self._error()
        self._at += 1
        if token[0].isdigit():
            return Number(float(token) if "." in token else int(token))
        if token == "sum" and self._peek() == "(":  # noqa: S105 - a word of the grammar
            return self._sum()
        return Column(token)

    def _nested(self, token: str) -> Expression:
        self._depth += 1
        if self._depth > 20:
            raise self._error()
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
                raise self._error()
            self._at += 1
            names.append(name)
            if self._take(",", ")") == ")":
                return Sum(tuple(names))
