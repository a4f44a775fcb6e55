"""Settings written as YAML that reads back as the same texts, with remarks beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from mdsync_nb.workspace.document import Tree

PLAIN = re.compile(r"[^\W\d_][\w ./()+-]*[\w.)]|[^\W\d_]|\d+")
REMARK_AT = 42
WIDTH = 88
BEFORE_REMARK = "\t# "
BRACKETS = re.compile(r"\[[^]]*\]")
HARD_SPACE = "\N{NO-BREAK SPACE}"


def quoted(text: str) -> str:
    """Give a text as YAML, in quotes where it would not be read as it is."""
    safe = PLAIN.fullmatch(text) is not None
    return text if safe else json.dumps(text, ensure_ascii=False)


def flow_value(value: Tree) -> str:
    """Give a text, list or block in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(k)}: {flow_value(one)}' for k, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_value, value))}]"
    return quoted(value)


def flow_list(texts: Iterable[str]) -> str:
    """Give texts as `[this, that]`."""
    return f"[{', '.join(map(quoted, texts))}]"


def flow_block(words: Mapping[str, str]) -> str:
    """Give words as `{this: that}`."""
    return f"{{{', '.join(f'{quoted(name)}: {quoted(text)}' for name, text in words.items())}}}"


def remarked(line: str, remark: str) -> str:
    """Give a line with a remark behind it; `aligned` brings all of them into one column."""
    return f"{line}{BEFORE_REMARK}{remark}" if remark else line


def aligned(lines: Iterable[str]) -> Iterator[str]:
    """Give lines with their remarks in one column."""
    for line in lines:
        words, mark, remark = line.partition(BEFORE_REMARK)
        yield f"{words:<{REMARK_AT}}{mark.lstrip()}{remark}" if mark else line


def comment(text: str) -> list[str]:
    """Give a text as lines of comment, none too long to read and no list broken in two."""
    kept = BRACKETS.sub(lambda found: found[0].replace(" ", HARD_SPACE), text)
    lines = wrap(kept, WIDTH, subsequent_indent="  ")
    return [f"# {line}".replace(HARD_SPACE, " ") for line in lines]


def indented(lines: Iterable[str], by: int) -> list[str]:
    """Give lines further to the right."""
    return [f"{' ' * by}{line}" if line else line for line in lines]
