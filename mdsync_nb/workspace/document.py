"""A settings file as a tree of texts in which every key knows its line."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import yaml

from mdsync_nb.errors import SettingsError
from mdsync_nb.model.base import Unsaid

KeyPath = tuple[str | int, ...]
Tree = str | list["Tree"] | dict[str, "Tree"]

TAB = ("\\t", "spaces at the beginning of the line, never tabs")
COLON = ("mapping values are not allowed", "quotes around a text that holds a colon and a space")
ADVICE = (TAB, COLON)
GOOD_YAML = "`key: value` lines, two spaces more for what is inside, and quotes in pairs"


class Fault(NamedTuple):
    """Something in a settings file that is not right: where it stands, and what would be right.

    shown: the text with a mark where it is wrong, for texts that have a grammar of their own.
    """

    path: KeyPath
    found: object
    right: str
    shown: str = ""


@dataclass(frozen=True)
class Document:
    """A settings file: its name as people are told it, its texts, and the line of every key."""

    file: str
    tree: dict[str, Tree]
    lines: dict[KeyPath, int] = field(repr=False)

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest one around it that is there."""
        around = (path[:end] for end in range(len(path), 0, -1))
        return next((self.lines[one] for one in around if one in self.lines), None)

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raise the fault that stands first in the file, with all others in its hint, if any."""
        ordered = sorted(map(self._error, faults), key=lambda error: error.line or 0)
        if not ordered:
            return
        first, *others = ordered
        if others:
            listed = "".join(f"\n  {error}" for error in others)
            first.hint = f"{first.hint} These are wrong, too:{listed}"
        raise first

    def _error(self, fault: Fault) -> SettingsError:
        found = "nothing" if isinstance(fault.found, Unsaid) else fault.found
        found = "a list" if isinstance(found, list) else found
        found = "a block of its own" if isinstance(found, dict) else found
        error = SettingsError(
            self.file, self.line(fault.path), spelled(fault.path), found=found, right=fault.right
        )
        if fault.shown:
            error.hint = f"{fault.shown}\n{error.hint}"
        return error


def spelled(path: KeyPath) -> str:
    """Give a key as people read it: `links.DE.mappings.CUSTOMER.match[1]`.

    A name that holds a dot stands in double quotes: `fields."Phone No."`.
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += "." if text else ""
            text += f'"{part}"' if "." in part else part
    return text or "the file"


class Readable(Protocol):
    """A file beside us or one that is shipped."""

    def read_bytes(self) -> bytes:
        """Everything in it."""


def read_document(path: Readable, name: str) -> Document:
    """Read a YAML file in which every value is the text that was written: `NO`, `00010`, `yes`.

    Raises SettingsError with the line for what is not YAML, a key given twice, and a text that is
    not UTF-8.
    """
    written = path.read_bytes()
    try:
        root = composed(written.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise SettingsError(
            name, line, "the file", found=repr(error.object[error.start :][:1]), right="UTF-8 text"
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, error) from error
    except yaml.YAMLError as error:
        raise SettingsError(name, None, "the file", found=str(error), right=GOOD_YAML) from error
    reading = _Reading({}, [])
    tree = reading.tree_of(root, ()) if root else Unsaid()
    document = Document(name, tree if isinstance(tree, dict) else {}, reading.lines)
    if not isinstance(tree, dict):
        reading.faults.append(Fault((), tree, "`companies:` and what follows"))
    document.refuse(reading.faults)
    return document


def document_of(text: str, name: str) -> Document:
    """Read a text as `read_document` reads a file."""
    return read_document(_InMemory(text), name)


@dataclass(frozen=True)
class _InMemory:
    text: str

    def read_bytes(self) -> bytes:
        return self.text.encode("utf-8")


def composed(text: str) -> yaml.Node | None:
    """Read with the fast parser where there is one; what is wrong, the other one says better."""
    fast = getattr(yaml, "CBaseLoader", None)
    if fast is not None:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=fast)
    return yaml.compose(text, Loader=yaml.BaseLoader)


@dataclass(frozen=True)
class _Reading:
    """The lines and faults found so far while a file is read."""

    lines: dict[KeyPath, int]
    faults: list[Fault]

    def tree_of(self, node: yaml.Node, path: KeyPath, *around: yaml.Node) -> Tree:
        if node in around:
            self.faults.append(Fault(path, "a reference to itself", "the words themselves"))
        elif isinstance(node, yaml.SequenceNode):
            return [self._part(one, (*path, n), node, *around) for n, one in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            return self._block(node, path, *around)
        elif isinstance(node, yaml.ScalarNode) and (node.value or node.style):
            return str(node.value)
        return Unsaid()

    def _part(self, node: yaml.Node, path: KeyPath, *around: yaml.Node) -> Tree:
        self.lines.setdefault(path, node.start_mark.line + 1)
        return self.tree_of(node, path, *around)

    def _block(self, node: yaml.MappingNode, path: KeyPath, *around: yaml.Node) -> Tree:
        block: dict[str, Tree] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.lines[*path, ""] = line
                self.faults.append(Fault((*path, ""), "a list or block as a key", "a name"))
            elif key.value in block:
                first = self.lines[*path, key.value]
                self.lines[*path, key.value] = line
                right = f"each key once; it already stands in line {first}"
                self.faults.append(Fault((*path, key.value), f"{key.value} again", right))
            else:
                self.lines[*path, key.value] = line
                block[key.value] = self.tree_of(value, (*path, key.value), node, *around)
        return block


def _not_yaml(name: str, error: yaml.MarkedYAMLError) -> SettingsError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "something that is not YAML"
    right = next((advice for sign, advice in ADVICE if sign in problem), GOOD_YAML)
    return SettingsError(
        name, mark.line + 1 if mark else None, "the file", found=problem, right=right
    )
