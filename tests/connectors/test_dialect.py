"""How a text file is written is seen from the file, or taken from its format."""

import codecs

import pytest

from mdsync_nb.connectors.dialect import dialect_of
from mdsync_nb.model import FileFormat

SEEN = [
    (b"a,b\r\n1,2\r\n", "utf-8", b"", ",", "\r\n"),
    ("a;ü\n".encode(), "utf-8", b"", ";", "\n"),
    (codecs.BOM_UTF8 + b"a;b\n", "utf-8", codecs.BOM_UTF8, ";", "\n"),
    ("a\tb\r\n1\t2".encode("utf-16"), "utf-16-le", codecs.BOM_UTF16_LE, "\t", "\r\n"),
    (
        codecs.BOM_UTF16_BE + "a|b\n".encode("utf-16-be"),
        "utf-16-be",
        codecs.BOM_UTF16_BE,
        "|",
        "\n",
    ),
    ("a,b\r\nc,d".encode("utf-16-le"), "utf-16-le", b"", ",", "\r\n"),
    ("a,b\nc,d".encode("utf-16-be"), "utf-16-be", b"", ",", "\n"),
    ("Größe;Name\n".encode("cp1252"), "windows-1252", b"", ";", "\n"),
    (b'"a,b,c";d\n', "utf-8", b"", ";", "\n"),
    (b'"a\nb";"c\r\nd"\r\n"1";"2"\n', "utf-8", b"", ";", "\r\n"),
    (b'"a";"b"\r\n"1","2","3"\n', "utf-8", b"", ";", "\r\n"),
    (b"only\n", "utf-8", b"", ",", "\n"),
    (b"", "utf-8", b"", ",", "\n"),
]


@pytest.mark.parametrize(("content", "shown"), [(content, shown) for content, *shown in SEEN])
def test_a_file_shows_its_encoding_delimiter_and_line_end(tmp_path, content, shown):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    found = dialect_of(path, FileFormat())
    assert [found.encoding, found.bom, found.delimiter, found.newline] == shown


def test_a_byte_that_is_not_utf_8_far_down_makes_the_file_windows_1252(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 600_000 + "3,\u00e9\n".encode("cp1252"))
    assert dialect_of(path, FileFormat()).encoding == "windows-1252"


def test_a_character_cut_in_two_at_the_end_of_the_first_look_is_still_utf_8(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n1" + "é".encode() * 600_000 + b",2\n")
    assert dialect_of(path, FileFormat()).encoding == "utf-8"


def test_what_the_format_says_goes_before_what_the_file_shows(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes("a;b,c\n".encode("utf-16-le"))
    said = FileFormat(encoding="utf-16", delimiter="tab", quote="'", escape="backslash")
    found = dialect_of(path, said)
    assert (found.encoding, found.delimiter, found.quote, found.escape) == (
        "utf-16-le",
        "\t",
        "'",
        "\\",
    )


def test_the_escape_of_doubled_quotes_is_the_quote_itself(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a\n")
    assert dialect_of(path, FileFormat(quote="'")).escape == "'"
