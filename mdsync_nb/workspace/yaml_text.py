"""Settings written as YAML that reads back as the same texts, with remarks in one column."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

PLAIN = re.compile(r"[^\W\d_][\w ./()+-]*[\w.)]|[^\W\d_]|\d+")
REMARK_AT = 44


def quoted(text: str) -> str:
    """Give a text as YAML, in quotes where it would not be read as it is."""
    safe = PLAIN.fullmatch(text) is not None
    return text if safe else json.dumps(text, ensure_ascii=False)


def flow_list(texts: Iterable[str]) -> str:
    """Give texts as `[this, that]`."""
    return f"[{', '.join(map(quoted, texts))}]"


def flow_block(words: Mapping[str, str]) -> str:
    """Give words as `{this: that}`."""
    return f"{{{', '.join(f'{quoted(name)}: {quoted(text)}' for name, text in words.items())}}}"


def remarked(line: str, remark: str) -> str:
    """Give a line with a remark behind it."""
    return f"{line:<{REMARK_AT}}  # {remark}" if remark else line


def indented(lines: Iterable[str], by: int) -> list[str]:
    """Give lines further to the right."""
    return [f"{' ' * by}{line}" if line else line for line in lines]
