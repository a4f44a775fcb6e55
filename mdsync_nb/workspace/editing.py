"""The text of a settings file with one word said, or no longer said; the rest byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

import yaml

from mdsync_nb.errors import UsageError
from mdsync_nb.model.base import Unsaid
from mdsync_nb.workspace.document import KeyPath, Tree, composed, document_of, spelled
from mdsync_nb.workspace.yaml_text import flow_value, quoted

COMMENT = re.compile(r"[ \t]*#[^\n]*\n?")
STEP = 2
"""Columns a new block goes to the right when nothing in the file says how many."""


@dataclass(frozen=True, repr=False)
class Edit:
    """A change of a settings file that was not written yet.

    file: its name as people are told it. notes: sentences about what the change does not do.
    """

    file: str
    before: str
    after: str
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """True when the text after is another."""
        return self.before != self.after

    @property
    def back(self) -> Edit:
        """The edit that takes this one back: the file as it was before it, byte for byte."""
        return Edit(self.file, self.after, self.before)

    def upon(self, first: Edit | None) -> Edit:
        """Give both edits as one; this one was made from what the first would leave."""
        if first is None:
            return self
        notes = dict.fromkeys((*first.notes, *self.notes))
        return Edit(self.file, first.before, self.after, tuple(notes))

    @property
    def diff(self) -> str:
        """The change as a unified diff, nothing when there is none."""
        old, new = (text.splitlines() for text in (self.before, self.after))
        return "\n".join(unified_diff(old, new, self.file, f"{self.file}, changed", lineterm=""))

    def __repr__(self) -> str:
        lines = self.diff.splitlines()[2:]
        more, less = (sum(one.startswith(sign) for one in lines) for sign in "+-")
        return f"Edit({self.file}: +{more} -{less})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import edit_summary

        return edit_summary(self)._repr_html_()


@dataclass(frozen=True)
class _Entry:
    """A key with its value, or an item of a list. end: behind its last letter, comments aside."""

    node: yaml.Node
    value: yaml.Node
    end: int

    @property
    def start(self) -> int:
        return int(self.node.start_mark.index)


def with_word(text: str, path: KeyPath, value: Tree) -> str:
    """Give the text with a value said at a path; blocks on the way are made where none are.

    What stands there is replaced. New words go to the end of their block, in the way it is
    written. Raises UsageError where the text cannot be changed by itself (`_held`).
    """
    chain = _chain(text, path)
    if len(chain) == len(path):
        last = chain[-1]
        begin = int(last.value.start_mark.index)
        space = "" if text[begin - 1].isspace() else " "
        after = f"{text[:begin]}{space}{flow_value(value)}{text[last.end :]}"
    else:
        made = value
        for key in reversed(path[len(chain) + 1 :]):
            made = {str(key): made}
        after = _added(text, chain, str(path[len(chain)]), made)
    return _held(after, path, _put(_tree(text), path, value))


def without_word(text: str, path: KeyPath) -> str:
    """Give the text without a key, its value, and the blocks around it that are left empty.

    A section that still holds comments stays, with nothing behind it.
    """
    chain = _chain(text, path)
    if len(chain) < len(path):
        return text
    last = len(chain) - 1
    while last and len(chain[last - 1].value.value) == 1 and not _commented(text, chain, last):
        last -= 1
    around = chain[last - 1].value if last else composed(text)
    after = _dropped(text, around, chain[last])
    return _held(after, path, _taken(_tree(text), path))


def with_item(text: str, path: KeyPath, item: str) -> str:
    """Give the text with one more text at the end of a list; the list is made where none is."""
    chain = _chain(text, path)
    found = chain[-1].value if len(chain) == len(path) else None
    if not isinstance(found, yaml.SequenceNode) or not found.value:
        return with_word(text, path, [item])
    last = _entries(text, found)[-1]
    if found.flow_style:
        after = f"{text[: last.end]}, {quoted(item)}{text[last.end :]}"
    else:
        lead = text[_line(text, last.start) : last.start]
        at = _behind(text, last, lead.index("-"))
        after = _with_lines(text, at, [f"{lead}{quoted(item)}"])
    listed = _value_at(_tree(text), path)
    assert isinstance(listed, list), "a sequence was read as something else"
    return _held(after, path, _put(_tree(text), path, [*listed, item]))


def without_item(text: str, path: KeyPath, item: str) -> str:
    """Give the text without one text of a list, and without the list when that was all of it."""
    listed = _value_at(_tree(text), path)
    if not isinstance(listed, list) or item not in listed:
        return text
    if len(listed) == 1:
        return without_word(text, path)
    node = _chain(text, path)[-1].value
    after = _dropped(text, node, _entries(text, node)[listed.index(item)])
    kept = [one for n, one in enumerate(listed) if n != listed.index(item)]
    return _held(after, path, _put(_tree(text), path, kept))


def said_at(text: str, path: KeyPath) -> Tree | None:
    """What a text says at a path: a text, a list or a block; None where it says nothing."""
    found = _value_at(_tree(text), path)
    return None if isinstance(found, Unsaid) else found


def _tree(text: str) -> Tree:
    return document_of(text, "the file").tree


def _value_at(tree: Tree | None, path: Sequence[str | int]) -> Tree | None:
    for key in path:
        tree = tree.get(str(key)) if isinstance(tree, dict) else None
    return tree


def _put(tree: Tree | None, path: KeyPath, value: Tree | None) -> Tree:
    """Give a tree with a value at a path."""
    if not path:
        assert value is not None
        return value
    held = tree if isinstance(tree, dict) else {}
    return {**held, str(path[0]): _put(held.get(str(path[0])), path[1:], value)}


def _taken(tree: Tree, path: KeyPath) -> Tree:
    """Give a tree without what is at a path."""
    if not isinstance(tree, dict) or path[0] not in tree:
        return tree
    rest = {key: one for key, one in tree.items() if key != path[0]}
    if len(path) == 1:
        return rest
    return {**tree, str(path[0]): _taken(tree[str(path[0])], path[1:])}


def _meant(tree: Tree) -> Tree | None:
    """Give a tree without what says nothing: keys with nothing behind them, empty blocks."""
    if isinstance(tree, dict):
        held = {key: _meant(one) for key, one in tree.items()}
        return {key: one for key, one in held.items() if one is not None} or None
    if isinstance(tree, list):
        return list(tree)
    return None if isinstance(tree, Unsaid) else tree


def _held(after: str, path: KeyPath, wanted: Tree) -> str:
    """Give the text after a change when it says what was wanted and nothing else.

    A file that says things by reference (`&name`, `*name`) or over several lines may not.
    """
    try:
        got = _meant(_tree(after))
    except UsageError:
        got = None
    if got != _meant(wanted):
        raise UsageError(
            f"{spelled(path)} is written in a way that no command can change.",
            hint="Change it by hand, or write it in plain `key: value` lines first.",
        )
    return after


def _chain(text: str, path: KeyPath) -> list[_Entry]:
    """Give the entries from the top to a path, as far as they are there."""
    node, chain = composed(text), list[_Entry]()
    for key in path:
        found = _entries(text, node) if isinstance(node, yaml.MappingNode) else []
        entry = next((one for one in found if one.node.value == str(key)), None)
        if entry is None:
            break
        chain.append(entry)
        node = entry.value
    return chain


def _entries(text: str, node: yaml.Node) -> list[_Entry]:
    """Give the entries of a block or list."""
    pairs = [one if isinstance(one, tuple) else (one, one) for one in node.value]
    return [_Entry(key, value, max(_end(text, key), _end(text, value))) for key, value in pairs]


def _end(text: str, node: yaml.Node) -> int:
    """Give where the last letter of a value ends: comments and line breaks are not part of it."""
    if node.value and isinstance(node, yaml.CollectionNode) and not _flows(node):
        return max(entry.end for entry in _entries(text, node)[-1:])
    end = int(node.end_mark.index)
    return len(text[:end].rstrip()) if getattr(node, "style", "") in ("|", ">") else end


def _flows(node: yaml.Node) -> bool:
    """True for a block or list in brackets."""
    return bool(getattr(node, "flow_style", False))


def _line(text: str, at: int) -> int:
    """Give where the line of a place begins."""
    return text.rfind("\n", 0, at) + 1


def _behind(text: str, entry: _Entry, column: int) -> int:
    """Give where the lines of an entry end: comments below it that stand further right are its."""
    at = text.find("\n", entry.end) + 1 or len(text)
    while at < len(text):
        found = COMMENT.match(text, at)
        if not found or found[0].index("#") <= column:
            break
        at = found.end()
    return at


def _commented(text: str, chain: Sequence[_Entry], last: int) -> bool:
    """True for a section of names that holds more than its last entry: comments people wrote."""
    above, entry = chain[last - 1], chain[last]
    if above.node.value != "mappings" or _flows(above.value):
        return False
    before = text[above.node.end_mark.index : _line(text, entry.start)]
    behind = _behind(text, entry, entry.node.start_mark.column)
    return "#" in before + text[behind : _behind(text, above, above.node.start_mark.column)]


def _added(text: str, chain: Sequence[_Entry], key: str, value: Tree) -> str:
    """Give the text with a key at the end of the block the chain leads to."""
    around = chain[-1].value if chain else composed(text)
    if not isinstance(around, yaml.MappingNode):
        return _begun(text, chain, key, value)
    entries = _entries(text, around)
    if around.flow_style:
        at = entries[-1].end if entries else int(around.start_mark.index) + 1
        lead = ", " if entries else ""
        return f"{text[:at]}{lead}{quoted(key)}: {flow_value(value)}{text[at:]}"
    column = entries[-1].node.start_mark.column
    lines = _lines(key, value, " " * column, _step(text))
    apart = [] if chain else [""]
    last, left = (chain[-1], chain[-1].node.start_mark.column) if chain else (entries[-1], 0)
    return _with_lines(text, _behind(text, last, left), [*apart, *lines])


def _begun(text: str, chain: Sequence[_Entry], key: str, value: Tree) -> str:
    """Give the text with the first word below a key that has nothing behind it."""
    last = chain[-1]
    if not isinstance(last.value, yaml.ScalarNode) or last.value.value or last.value.style:
        return text
    column, step = last.node.start_mark.column, _step(text)
    if text[_line(text, last.start) : last.start].strip():
        at = last.end
        return f"{text[:at]} {flow_value({key: value})}{text[at:]}"
    lines = _lines(key, value, " " * (column + step), step)
    return _with_lines(text, _behind(text, last, column), lines)


def _lines(key: str, value: Tree, indent: str, step: int) -> list[str]:
    """Give a key and its value as lines; blocks in lines of their own, lists in one."""
    if not isinstance(value, dict) or not value:
        return [f"{indent}{quoted(key)}: {flow_value(value)}"]
    inside = [line for k, v in value.items() for line in _lines(k, v, indent + " " * step, step)]
    return [f"{indent}{quoted(key)}:", *inside]


def _with_lines(text: str, at: int, lines: Sequence[str]) -> str:
    """Give the text with lines at a place where a line begins, with its own line breaks."""
    ending = "\r\n" if "\r\n" in text else "\n"
    block = ending.join(lines)
    if at and text[at - 1] != "\n":
        return f"{text[:at]}{ending}{block}{text[at:]}"
    return f"{text[:at]}{block}{ending}{text[at:]}"


def _dropped(text: str, around: yaml.Node | None, entry: _Entry) -> str:
    """Give the text without an entry of a block or list; what else is in its lines goes, too."""
    assert around is not None
    if _flows(around):
        entries = _entries(text, around)
        n = next(n for n, one in enumerate(entries) if one.start == entry.start)
        if n:
            return text[: entries[n - 1].end] + text[entry.end :]
        return text[: entry.start] + text[entries[1].start if len(entries) > 1 else entry.end :]
    begin = _line(text, entry.start)
    lead = text[begin : entry.start]
    end = _behind(text, entry, lead.index("-") if "-" in lead else len(lead))
    blank = re.search(r"(?<=\n)\r?\n\Z", text[:begin])
    begin = blank.start() if blank and not lead else begin
    if end == len(text) and not text.endswith("\n"):
        return text[:begin].removesuffix("\n").removesuffix("\r")
    return text[:begin] + text[end:]


def _step(text: str) -> int:
    """Give how far the file moves a block to the right."""
    root = composed(text)
    pairs: Sequence[tuple[yaml.Node, yaml.Node]] = root.value if root else []
    for _, value in pairs:
        if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
            return int(value.value[0][0].start_mark.column) or STEP
    return STEP
