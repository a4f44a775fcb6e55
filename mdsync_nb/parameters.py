"""Parameters of notebooks: which ones a notebook declares, values in the type of its default."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mdsync_nb.errors import UnknownName, UsageError

WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def read_notebook(path: Path) -> Any:
    """Give a notebook as nbformat reads it."""
    import nbformat

    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def declared_in(notebook: Path) -> dict[str, object]:
    """Give the parameters a notebook declares, with their defaults.

    Raises UsageError for a file that is no notebook.
    """
    import papermill

    try:
        node = read_notebook(notebook)
        node.metadata.setdefault("kernelspec", {"name": "python3", "language": "python"})
        found = papermill.inspect_notebook(node)
    except Exception as error:
        raise UsageError(f"{notebook.name} cannot be read as a notebook: {error}") from error
    return {name: _literal(one["default"]) for name, one in found.items()}


def as_declared(
    notebook: str, declared: Mapping[str, object], given: Mapping[str, object]
) -> dict[str, Any]:
    """Give the values for a notebook, each in the type of its default.

    A text is read as that type: `yes`, `12`, `0.5`, `a, b` or `["a", "b"]`; other values stay.
    Raises UnknownName for a parameter the notebook does not declare, UsageError for a text that
    does not fit.
    """
    for name in given:
        if name not in declared:
            raise UnknownName(f"parameter of {notebook}", name, list(declared))
    return {name: _typed(name, value, declared[name]) for name, value in given.items()}


def pair(text: str) -> tuple[str, str]:
    """Give name and value of `name=value`. Raises UsageError."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(
            f"{text!r} is not a parameter.", hint="Write it as name=value, like `-p apply=yes`."
        )
    return name.strip(), value


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _typed(name: str, value: object, default: object) -> object:
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if not isinstance(value, str) or isinstance(default, str):
        return str(value) if isinstance(value, Path) else value
    read, right = _reader(default)
    try:
        return read(value.strip())
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"{name}={value} does not fit.", hint=f"{name} is {right}, like {default!r}."
        ) from error


def _reader(default: object) -> tuple[Callable[[str], object], str]:
    """How a text becomes the type of a default, and how that type is called."""
    if isinstance(default, bool):
        return lambda text: WORDS[text.casefold()], "yes or no"
    if isinstance(default, int):
        return int, "a whole number"
    if isinstance(default, float):
        return float, "a number"
    if isinstance(default, list | tuple):
        return _listed, "a list"
    if isinstance(default, dict):
        return json.loads, "a JSON object"
    return _anything, "any value"


def _listed(text: str) -> list[object]:
    if text.startswith("["):
        return list(json.loads(text))
    return [one.strip() for one in text.split(",") if one.strip()]


def _anything(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
