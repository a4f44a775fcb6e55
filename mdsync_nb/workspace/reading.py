"""From the texts of a settings file to settings, or to what is wrong with them in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mdsync_nb.model.base import Settings
from mdsync_nb.workspace.document import Document, Fault, KeyPath, Tree

Model = TypeVar("Model", bound=Settings)

A_LIST = "a list like [this, that]"
A_BLOCK = "a block of `name: value` lines"
A_TEXT = "one text"
IN_WORDS = {
    "string_type": A_TEXT,
    "bool_parsing": "yes or no",
    "bool_type": "yes or no",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "greater_than_equal": "0 or a larger whole number",
    "float_parsing": "a number",
    "float_type": "a number or a share like 20%",
    "tuple_type": A_LIST,
    "too_short": "at least one value",
    "dict_type": A_BLOCK,
    "model_type": A_BLOCK,
    "model_attributes_type": A_BLOCK,
    "missing": "a value for it; it has no default",
}
SHAPES = {"'text'": A_TEXT, "'list'": A_LIST, "'block'": A_BLOCK}


def read_as(model: type[Model], document: Document) -> Model:
    """Give the settings a document holds.

    Raises SettingsError for the first thing that is wrong; its hint lists the others. An unknown
    word comes with the closest known ones, a closed list with its words.
    """
    try:
        return model.model_validate(document.tree)
    except ValidationError as error:
        document.refuse([_fault(model, document, one) for one in error.errors()])
        raise AssertionError("unreachable: a validation error has at least one fault") from error


def nearest(word: str, known: Sequence[str]) -> str:
    """Give the known words that are most like the one that was written, else all (up to twelve).

    Like it are those that hold all its words (`VAT No.`: VAT Registration No.), and those spelled
    much as it is.
    """
    folded = {one.casefold(): one for one in known}
    written = word.casefold()
    spelled = get_close_matches(written, folded, n=3, cutoff=0.75)
    holding = [one for one in folded if set(written.split()) <= set(one.split())]
    near = dict.fromkeys([*spelled, *holding]) or get_close_matches(written, folded, n=3)
    return listed([folded[one] for one in near][:3] or known)


def listed(words: Sequence[str]) -> str:
    """Give words as a person enumerates them: `a, b or c`; a blank one as `""`."""
    shown = [word or '""' for word in words[:12]]
    more = [f"another of {len(words)}"] if len(words) > 12 else []
    *first, last = [*shown, *more] or ["nothing"]
    return f"{', '.join(first)} or {last}" if first else last


def _fault(model: type[Settings], document: Document, error: ErrorDetails) -> Fault:
    """Say of one of pydantic's errors where it stands and what would be right."""
    path, found = _place(document.tree, error)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = [word for one in _models_at(model, path[:-1]) for word in _words_of(one)]
        return Fault(path, str(path[-1]), nearest(str(path[-1]), known))
    if kind in ("enum", "literal_error"):
        allowed = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
        return Fault(path, found, listed(allowed))
    if kind == "union_tag_invalid":
        shapes = str(context["expected_tags"]).split(", ")
        return Fault(path, found, " or ".join(SHAPES.get(one, one) for one in shapes))
    if kind == "value_error":
        return Fault(path, found, str(context["error"]))
    return Fault(path, found, IN_WORDS.get(kind) or error["msg"])


def _place(tree: Tree, error: ErrorDetails) -> tuple[KeyPath, object]:
    """Give the path in the document, without the names of alternatives, and what stands there."""
    path: KeyPath = ()
    node: object = tree
    for part in error["loc"]:
        if isinstance(node, dict) and part in node:
            node = node[str(part)]
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part]
        elif part == "[key]":
            return path, path[-1]
        elif error["type"] == "missing" and part == error["loc"][-1]:
            return (*path, part), "nothing"
        else:
            continue
        path = (*path, part)
    return path, node


def _models_at(annotation: Any, path: KeyPath) -> Iterator[type[Settings]]:
    """Give the models that may stand at a path below a type; several where a person may choose."""
    arguments = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        if not path:
            yield annotation
        for name, setting in annotation.model_fields.items():
            if path and (setting.alias or name) == path[0]:
                yield from _models_at(setting.annotation, path[1:])
    elif get_origin(annotation) is Annotated:
        yield from _models_at(arguments[0], path)
    elif get_origin(annotation) in (Union, UnionType):
        for one in arguments:
            yield from _models_at(one, path)
    elif path and arguments:
        yield from _models_at(arguments[-1 if get_origin(annotation) is dict else 0], path[1:])


def _words_of(model: type[Settings]) -> list[str]:
    return [setting.alias or name for name, setting in model.model_fields.items()]
