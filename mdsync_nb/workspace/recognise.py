"""Which table of the product a file holds, and which field a column is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from mdsync_nb.model import Field, TableSchema
from mdsync_nb.workspace.facts import product_tables
from mdsync_nb.workspace.sample import Sample

NOISE = {"export", "exports", "list", "page", "part", "full", "all", "bc", "table"}
OTHER_NAMES = {
    "No. Series": ("number series", "numberseries"),
    "No. Series Line": ("number series line",),
    "G/L Account": ("account", "chart of accounts"),
    "Salesperson/Purchaser": ("salesperson", "purchaser", "salespeople"),
    "Country/Region": ("country", "region"),
}
SERVICE_NAMES = {
    "number": ("No.", "Code"),
    "displayname": ("Name", "Description"),
    "addressline1": ("Address",),
    "addressline2": ("Address 2",),
    "country": ("Country/Region Code",),
    "countryregioncode": ("Country/Region Code",),
    "state": ("County",),
    "postalcode": ("Post Code",),
    "phonenumber": ("Phone No.",),
    "mobilephonenumber": ("Mobile Phone No.",),
    "email": ("E-Mail",),
    "website": ("Home Page",),
    "taxregistrationnumber": ("VAT Registration No.",),
    "creditlimit": ("Credit Limit (LCY)",),
    "baseunitofmeasurecode": ("Base Unit of Measure",),
    "itemcategorycode": ("Item Category Code",),
}
OF_A_SERVICE = {"id", "lastmodifieddatetime"}
SYSTEM = re.compile(r"\$?system(id|createdat|createdby|modifiedat|modifiedby)(-20000000\d\d)?")
NUMBERED_COLUMN = re.compile(r"(.+)-(\d+)")
NUMBERED_TABLE = re.compile(r"(.*?)-?(\d+)")
LEAST_SHARE = 0.7
LEAST_COLUMNS = 3


def letters(name: str) -> str:
    """Give the letters and digits of a name, the rest left out: `Post Code`, `post_code`."""
    return re.sub(r"[\W_]", "", name.casefold())


def table_of(sample: Sample, name: str) -> str | None:
    """The table a sample holds, by the package's word, a name, or None when neither tells."""
    numbered = {one.table_id: one.table for one in product_tables().values() if one.table_id}
    by_id = numbered.get(sample.table_id) if sample.table_id else None
    return by_id or dataverse_table(sample.header, name) or table_by_name(name)


def is_of_dataverse(table: str) -> bool:
    """Whether a table is one of Dataverse; those the product stands in for it have a number."""
    schema = product_tables().get(table)
    return schema is not None and schema.table_id is None and schema.keyed_by_id


def dataverse_table(header: Sequence[str], name: str) -> str | None:
    """The table of Dataverse whose export the columns are: its key is there, and the file is named
    like it or begins with it. An account and a customer's contact have names of both products.
    """
    folded = [column.strip().casefold() for column in header]
    for table in filter(is_of_dataverse, product_tables()):
        key = product_tables()[table].key[0].casefold()
        if key in folded and (key == folded[0] or letters(name) in _numbers(table.casefold())):
            return table
    return None


def table_by_name(name: str) -> str | None:
    """The table of a name as files and folders have it: `customers`, `Customer-18`, `post_code`."""
    numbered = NUMBERED_TABLE.fullmatch(name)
    if numbered:
        for schema in product_tables().values():
            if str(schema.table_id) == numbered[2] and letters(schema.table) == letters(
                numbered[1]
            ):
                return schema.table
    words = [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]
    kept = [word for word in words if word not in NOISE]
    names = (letters(name), "".join(words), "".join(kept))
    return next((_names()[one] for one in names if one in _names()), None)


def table_by_header(header: Sequence[str], taken: Collection[str]) -> str | None:
    """The one table whose fields the columns are; None when there is none, or more than one.

    All fields of its key must be there. taken: tables that other files hold by name.
    """
    shares = {
        schema.table: len(recognised(header, schema)) / len(header)
        for schema in product_tables().values()
        if schema.table not in taken
        and len(header) >= LEAST_COLUMNS
        and set(schema.key) <= set(recognised(header, schema).values())
    }
    best = max(shares.values(), default=0.0)
    found = [table for table, share in shares.items() if share == best]
    return found[0] if best >= LEAST_SHARE and len(found) == 1 else None


def columns_of(header: Sequence[str], schema: TableSchema) -> tuple[dict[str, str], list[str]]:
    """Give the columns that need to be told their field, and those nobody recognises.

    Columns with the name of a field, capitals aside, and the system columns need no word.
    """
    fields = recognised(header, schema)
    told = {
        column: field
        for column, field in fields.items()
        if column.strip().casefold() not in _names_of(schema.by_name[field])
    }
    known = fields.keys() | {column for column in header if is_system(column)}
    return told, [column for column in header if column and column not in known]


@cache
def _names() -> dict[str, str]:
    """Give the table for every name it may go by, in letters only."""
    found: dict[str, str] = {}
    for table in product_tables():
        for name in (table, *OTHER_NAMES.get(table, ())):
            for one in _numbers(letters(name)):
                found.setdefault(one, table)
    return found


def _numbers(name: str) -> tuple[str, ...]:
    """Give a name and its plural."""
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return name, plural, f"{name}es"


def recognised(header: Sequence[str], schema: TableSchema) -> dict[str, str]:
    """Give the field of every column that has one, no field twice; the surest names go first."""
    found: dict[str, str] = {}
    free = [column for column in header if column and not is_system(column)]
    for way in (_by_name, _by_export, _by_number, _by_letters, _by_service):
        for column in free:
            field = way(column, schema)
            if field and column not in found and field not in found.values():
                found[column] = field
    return found


def _by_name(column: str, schema: TableSchema) -> str | None:
    folded = column.strip().casefold()
    return next((name for name in schema.by_name if name.casefold() == folded), None)


def _names_of(field: Field) -> list[str]:
    """The names by which a load finds the column of a field without being told."""
    return [one.casefold() for one in (field.name, *field.columns)]


def _by_export(column: str, schema: TableSchema) -> str | None:
    """The field whose column exports call so (`_ownerid_value`)."""
    folded = column.strip().casefold()
    return next((one.name for one in schema.fields if folded in _names_of(one)), None)


def _by_number(column: str, schema: TableSchema) -> str | None:
    """The field of a column that carries its number (`No-1`)."""
    numbered = NUMBERED_COLUMN.fullmatch(column.strip())
    if numbered is None:
        return None
    fields = (one for one in schema.fields if str(one.number) == numbered[2])
    return next((one.name for one in fields if letters(one.name) == letters(numbered[1])), None)


def _by_letters(column: str, schema: TableSchema) -> str | None:
    wanted = letters(column)
    if wanted in OF_A_SERVICE:
        return None
    return next((name for name in schema.by_name if letters(name) == wanted), None)


def _by_service(column: str, schema: TableSchema) -> str | None:
    """The field of a column as the product's service calls it (`displayName`)."""
    names = SERVICE_NAMES.get(letters(column), ())
    return next((name for name in names if name in schema.by_name), None)


def is_system(column: str) -> bool:
    return SYSTEM.fullmatch(column.strip().casefold()) is not None
