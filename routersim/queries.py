"""Query words: which rows a print gives.

Source: MikroTik manual, "API", section "Queries": a stack machine; a row passes when no false is
left on its stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routersim.values import Trap

_TRUE, _FALSE = ("true", "yes"), ("false", "no")


def _same(value: str, asked: str) -> bool:
    """Booleans are stored as true and false, and asked for by either spelling."""
    if value in ("true", "false"):
        return asked in (_TRUE if value == "true" else _FALSE)
    return value == asked


def _less(left: str, right: str) -> bool:
    if left.isdigit() and right.isdigit():
        return int(left) < int(right)
    return left < right


def _test(word: str, row: Mapping[str, str]) -> bool:
    """One property test, without its question mark."""
    if word.startswith("-"):
        return word[1:] not in row
    operator, rest = (word[0], word[1:]) if word[:1] in "=<>" else ("=", word)
    name, equals, asked = rest.partition("=")
    if not equals:
        return name in row
    value = row.get(name)
    if value is None:
        return False
    if operator == "<":
        return _less(value, asked)
    if operator == ">":
        return _less(asked, value)
    return _same(value, asked)


def _pop(stack: list[bool]) -> bool:
    # "Initially infinite true": popping an empty stack gives true.
    return stack.pop() if stack else True


def _operate(operations: str, stack: list[bool]) -> list[bool]:
    position = 0
    while position < len(operations):
        character = operations[position]
        if character.isdigit():
            digits = position
            while position < len(operations) and operations[position].isdigit():
                position += 1
            index = int(operations[digits:position])
            picked = stack[-1 - index] if index < len(stack) else True
            if position == len(operations):
                return [picked]
            stack.append(picked)
            # A dot right after an index only separates it from what follows.
            position += operations[position] == "."
            continue
        if character == "!":
            stack.append(not _pop(stack))
        elif character in "&|":
            right, left = _pop(stack), _pop(stack)
            stack.append((left and right) if character == "&" else (left or right))
        elif character == ".":
            stack.append(stack[-1] if stack else True)
        else:
            raise Trap("unknown query operation")
        position += 1
    return stack


def asked_for(query: Iterable[str]) -> set[str]:
    """The properties that the query words look at."""
    return {word.lstrip("?-=<>").partition("=")[0] for word in query if not word.startswith("?#")}


def passes(query: Iterable[str], row: Mapping[str, str]) -> bool:
    """Whether a row, as it would be printed, is wanted by the query words (each with its `?`)."""
    stack: list[bool] = []
    for word in query:
        if word.startswith("?#"):
            stack = _operate(word[2:], stack)
        else:
            stack.append(_test(word[1:], row))
    return all(stack)
