"""How a text file is written: its encoding, what separates its values, and how it quotes them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mdsync_nb.model.company import FileFormat

CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Dialect:
    """How one text file is written, so that it can be read and written back the same way.

    encoding: a Python codec that adds no mark of its own; bom: the bytes before the first text.
    escape: what stands before a quote inside quotes, the quote itself or a backslash.
    newline: what ends the header line.
    """

    encoding: str
    bom: bytes
    delimiter: str
    quote: str
    escape: str
    newline: str


def dialect_of(path: Path, format: FileFormat) -> Dialect:
    """Give the dialect of a text file; what the format leaves at `auto` is looked up in the file.

    The encoding is the one its byte order mark names, UTF-8 if the whole file is that, else
    Windows-1252. The delimiter is the one of `, ; tab |` found most often in the header line.
    Raises OSError when the file cannot be opened.
    """
    start = _start(path)
    encoding, bom = _encoding_of(path, start, format.encoding)
    text = _decoded(start, encoding, bom)
    escape = "\\" if format.escape == "backslash" else format.quote
    header = _first_line(text, format.quote, escape)
    return Dialect(
        encoding=encoding,
        bom=bom,
        delimiter=_delimiter_of(header, format),
        quote=format.quote,
        escape=escape,
        newline="\r\n" if text[len(header) :].startswith("\r\n") else "\n",
    )


def header_line(path: Path, dialect: Dialect) -> str:
    """Give the header of a text file as it is written, without the line break that ends it."""
    text = _decoded(_start(path), dialect.encoding, dialect.bom)
    return _first_line(text, dialect.quote, dialect.escape)


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(CHUNK)


def _decoded(start: bytes, encoding: str, bom: bytes) -> str:
    """Give the text at the start of a file; a character cut in two at its end is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(start[len(bom) :])


def _encoding_of(path: Path, start: bytes, declared: str) -> tuple[str, bytes]:
    """Give the encoding and the byte order mark; a declared encoding is taken at its word."""
    marked = next(((name, bom) for bom, name in MARKS if start.startswith(bom)), None)
    if declared == "auto":
        return marked or (_unmarked(path, start), b"")
    family = codecs.lookup(declared).name.replace("_", "-").removesuffix("-sig")
    if marked and marked[0].startswith(family):
        return marked
    return ("utf-16-le" if family == "utf-16" else family), b""


def _unmarked(path: Path, start: bytes) -> str:
    """Give the encoding of a file that does not begin with a mark."""
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            for chunk in iter(partial(stream.read, CHUNK), b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _first_line(text: str, quote: str, escape: str) -> str:
    """Give the first line; a line break between quotes does not end it."""
    mark, skip = re.escape(quote), re.escape(escape)
    escaped = mark + mark if escape == quote else f"{skip}."
    opened = r"(?:^|(?<=[,;\t|]))"
    quoted = rf"{opened}{mark}(?:{escaped}|[^{mark}{skip}])*{mark}|" if quote else ""
    found = re.match(rf"(?:{quoted}[^\r\n])*", text, re.DOTALL)
    return found.group() if found else ""


def _delimiter_of(header: str, format: FileFormat) -> str:
    """Give what separates the columns; the format's own word goes before what the header shows."""
    if format.delimiter != "auto":
        return WORDS.get(format.delimiter.lower(), format.delimiter)
    mark = re.escape(format.quote)
    bare = re.sub(rf"{mark}[^{mark}]*{mark}", "", header) if mark else header
    return max(DELIMITERS, key=bare.count)
