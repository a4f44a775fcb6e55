"""Excel sheets, plain or of a configuration package, with every cell as text."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import fastexcel
import polars as pl

from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sources import Column, Part, Reading
from mdsync_nb.connectors.sql import literal

HEADER_OF_PACKAGE = 2
SHEET_NAME = 31
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
FRACTION = r"^-?\d*\.\d+$"
FAULTS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}

# fastexcel warns about every column without a value; that is no news to anybody.
logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)


def excel_parts(exports: Sequence[Export], reading: Reading) -> tuple[Part, ...]:
    """Give the sheet of the table in each workbook as a part.

    Numbers keep the digits Excel shows, dates are ISO, text keeps its leading zeros, errors such
    as `#N/A` are found. Rows count from the top of the sheet; rows without a value are left out.
    Raises SourceUnreadable for a broken workbook or a sheet that is not there.
    """
    return tuple(_part(export, reading, f"sheet_{n}") for n, export in enumerate(exports))


def _part(export: Export, reading: Reading, view: str) -> Part:
    try:
        book = fastexcel.read_excel(export.path)
        sheet = _sheet(export, book.sheet_names, reading)
        cells, faults = _cells(book, sheet)
        if reading.format.decimal == ",":
            cells = _with_comma(cells, book, sheet)
    except fastexcel.FastExcelError as error:
        raise export.unreadable("it is not an Excel workbook, or it was cut off") from error
    header = HEADER_OF_PACKAGE if _is_package(cells, reading) else 0
    if cells.height <= header or not any(cells.row(header)):
        raise export.unreadable(f"the sheet {sheet!r} has no header in row {header + 1}")
    columns = tuple(
        Column(name or "", column, decimal=reading.format.decimal, faults=faults.get(column, ()))
        for name, column in zip(cells.row(header), cells.columns, strict=True)
    )
    reading.connection.register(view, _records(cells, header))
    return Part(
        exports=(export,),
        columns=columns,
        table=view,
        file=literal(export.shown),
        row="_number",
        format=reading.format,
    )


def _sheet(export: Export, sheets: Sequence[str], reading: Reading) -> str:
    """Give the name of the sheet that holds the table."""
    wanted = reading.file.sheet or export.table.replace("/", "_")[:SHEET_NAME]
    if wanted in sheets:
        return wanted
    if len(sheets) == 1 and not reading.file.sheet:
        return sheets[0]
    alike = [name for name in sheets if name.casefold() == wanted.casefold()]
    if len(alike) != 1:
        raise export.unreadable(f"it has no sheet {wanted!r} (it has {', '.join(sheets)})")
    return alike[0]


def _cells(
    book: fastexcel.ExcelReader, sheet: str
) -> tuple[pl.DataFrame, dict[str, tuple[str, ...]]]:
    """Give all cells as text, and the errors each column shows; cells are `_c0`, `_c1` and on."""
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = loaded.to_arrow_with_errors()
    cells = pl.DataFrame(pl.from_arrow(batch))
    cells.columns = [f"_c{number}" for number in range(loaded.width)]
    cells = cells.with_columns(pl.all().str.replace(MIDNIGHT, "$1"))
    shown = pl.DataFrame(
        [(*error.offset_position, error.detail) for error in (errors.errors if errors else ())],
        schema={"row": pl.UInt32, "column": pl.UInt32, "text": pl.String},
        orient="row",
    ).with_columns(
        pl.col("text").str.extract(r"Error\((\w+)\)").replace_strict(FAULTS, default="#ERROR")
    )
    found: dict[str, tuple[str, ...]] = {}
    for number in shown["column"].unique():
        name, faults = f"_c{number}", shown.filter(pl.col("column") == number)
        cells = cells.with_columns(cells[name].scatter(faults["row"], faults["text"]))
        found[name] = tuple(faults["text"].unique().sort())
    return cells, found


def _with_comma(cells: pl.DataFrame, book: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    """Write the cells that hold numbers as the company writes numbers in text, with a comma.

    Only cells that are numbers read as whole numbers; a text `1.234` does not.
    """
    whole = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="int").to_polars()
    whole.columns = [f"{name}_whole" for name in cells.columns]
    return cells.hstack(whole).select(
        pl.when(pl.col(f"{name}_whole").is_not_null() & pl.col(name).str.contains(FRACTION))
        .then(pl.col(name).str.replace(".", ",", literal=True))
        .otherwise(pl.col(name))
        .alias(name)
        for name in cells.columns
    )


def _is_package(cells: pl.DataFrame, reading: Reading) -> bool:
    """Whether the sheet is of a configuration package: code, caption and table id in row 1."""
    if reading.file.layout != "auto":
        return reading.file.layout == "package"
    if cells.height <= HEADER_OF_PACKAGE or cells.width < 3:
        return False
    code, caption, table_id, *rest = cells.row(0)
    return (
        bool(code and caption and table_id and table_id.isdigit())
        and not any(rest)
        and not any(cells.row(1))
    )


def _records(cells: pl.DataFrame, header: int) -> pl.DataFrame:
    """Give the rows under the header with their number in the sheet."""
    return (
        cells.with_row_index("_number", offset=1)
        .slice(header + 1)
        .filter(pl.any_horizontal(pl.col(cells.columns).str.len_bytes() > 0))
        .with_columns(pl.col("_number").cast(pl.Int64))
    )
