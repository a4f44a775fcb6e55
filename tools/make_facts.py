"""Make the two shipped fact files from the product's own table definitions.

    python tools/make_facts.py

Reads `../shared/data/bc_metadata` (beside the project) and writes `bc_fields.csv` and
`bc_tables.csv` into `mdsync_nb/packs`: names, types, keys, option members and plain table
relations, nothing else. The order is by table id and field number, so a rebuild from the same
definitions gives the same bytes.

What a field has to do with money (the ladder `MONEY`, the first line that fits counts):

    currency  the code of a currency (a relation to Currency)
    terms     payment terms, a payment method, or a discount percentage
    local     an amount in the company's local currency: a decimal named "(LCY)", the prices,
              costs and budget amounts of Item, the Budgeted Amount of Customer and Vendor

What kind a table is stands in the ladder `KINDS`.
"""

import json
from pathlib import Path
from typing import NamedTuple

import polars as pl

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT.parent / "shared" / "data" / "bc_metadata"
PACKS = PROJECT / "mdsync_nb" / "packs"

TYPES = {
    "code": "code",
    "text": "text",
    "integer": "integer",
    "biginteger": "big_integer",
    "decimal": "decimal",
    "boolean": "boolean",
    "option": "option",
    "enum": "option",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "dateformula": "date_formula",
    "duration": "duration",
    "guid": "guid",
    "blob": "blob",
    "media": "media",
    "mediaset": "media",
    "recordid": "record_id",
}

FIELD_COLUMNS = (
    "table_id",
    "table",
    "field_no",
    "field",
    "type",
    "length",
    "key_position",
    "options",
    "captions",
    "relation_table",
    "relation_field",
    "money",
)

# The definitions as they were read lack it, since it stands between directives of the compiler.
HOME_PAGE = {"field_no": "103", "field": "Home Page", "al_type": "Text[255]", "max_length": "255"}
WITH_HOME_PAGE = {"18": "Customer", "23": "Vendor", "5050": "Contact"}

ITEM_AMOUNTS = (
    "Unit Price",
    "Unit Cost",
    "Standard Cost",
    "Last Direct Cost",
    "Unit List Price",
    "Budgeted Amount",
    "Budget Profit",
    "Overhead Rate",
)
ITEM_COST_SHARES = r"^(Rolled-up|Single-Level|Single-Lvl) .*Cost$"

SYNCHRONIZATION = r"^(Integration |CRM |Master Data |Job Queue |Transformation Rule$)"

NAMED = r'(?:"([^"]+)"|(\w+))'
RELATION = rf"^{NAMED}(?:\.{NAMED})?(?: where\(.*\))?$"
NAMESPACE = r"^Microsoft\.(?:\w+\.)*"
CONDITION_ON_A_FIELD = r"= field\("

OWNER_OF_OPTION = pl.concat_str("table", pl.lit("."), "field")
OWNER_OF_ENUM = pl.col("al_type").str.extract(r'^(?i:enum) (?:[\w.]+\.)?"(.+)"$')

KEY_POSITIONS = pl.int_ranges(1, pl.col("primary_key").list.len() + 1)

FIELD, TABLE, RELATED = pl.col("field"), pl.col("table"), pl.col("relation_table")
DECIMAL = pl.col("type") == "decimal"


class Arm(NamedTuple):
    """One arm of a ladder: the first whose test holds gives the value."""

    value: str
    test: pl.Expr


# The decimals below mean the company's own currency whatever the record's currency code says;
# their names alone do not tell, so Item, Customer and Vendor are listed.
# An account without a source currency allows any; blank does not mean the company's own there.
MONEY = (
    Arm("terms", (TABLE == "G/L Account") & (FIELD == "Source Currency Code")),
    Arm("currency", RELATED.eq_missing(pl.lit("Currency"))),
    Arm("terms", RELATED.is_in(["Payment Terms", "Payment Method"])),
    Arm("terms", DECIMAL & FIELD.str.contains("Discount %", literal=True)),
    Arm("local", DECIMAL & FIELD.str.contains("(LCY)", literal=True)),
    Arm("local", DECIMAL & (TABLE == "Item") & FIELD.is_in(ITEM_AMOUNTS)),
    Arm("local", DECIMAL & (TABLE == "Item") & FIELD.str.contains(ITEM_COST_SHARES)),
    Arm("local", DECIMAL & TABLE.is_in(["Customer", "Vendor"]) & (FIELD == "Budgeted Amount")),
)

KINDS = (
    Arm("dataverse", pl.col("table_type") == "CRM"),
    Arm("setup", TABLE.str.ends_with(" Setup")),
    Arm("integration", TABLE.str.contains(SYNCHRONIZATION)),
    Arm("master", pl.lit(True)),
)


def first_that_holds(arms: tuple[Arm, ...]) -> pl.Expr:
    """The value of the first arm whose test holds, null where none does."""
    return pl.coalesce([pl.when(arm.test).then(pl.lit(arm.value)) for arm in arms])


def read_tables(folder: Path) -> pl.DataFrame:
    """Every table with its primary key as a list of field names, one row a table.

    Columns: table_id (Int64), table, table_type, primary_key (list of text). The clustered key is
    the primary key.
    """
    definitions = json.loads((folder / "bc_tables.json").read_text("utf-8"))
    rows = [
        (facts["id"], name, facts["table_type"], key["fields"])
        for name, facts in definitions.items()
        for key in facts["keys"]
        if key["clustered"]
    ]
    names = pl.col("primary_key").str.split(", ").list.eval(pl.element().str.strip_chars('"'))
    schema = ["table_id", "table", "table_type", "primary_key"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(names).sort("table_id")


def build_tables(folder: Path) -> pl.DataFrame:
    """The file `bc_tables.csv`: every table with its primary key and its kind.

    Columns: table_id, table, primary_key (field names joined by `|`), kind (`master`, `setup`,
    `integration`, `dataverse`).
    """
    return read_tables(folder).select(
        "table_id",
        "table",
        primary_key=pl.col("primary_key").list.join("|"),
        kind=first_that_holds(KINDS),
    )


def read_fields(folder: Path) -> pl.DataFrame:
    """The stored fields in use, one row a field: no flow fields, no filters, nothing removed.

    The number series tables are defined twice in the product's sources; the first definition of a
    field counts.
    """
    stored = (pl.col("field_class") == "Normal") & (pl.col("obsolete_state") != "Removed")
    defined = pl.read_csv(folder / "bc_table_fields.csv", infer_schema=False)
    in_use = {"field_class": "Normal", "obsolete_state": "No"} | HOME_PAGE
    lacked = [in_use | {"table_id": n, "table": name} for n, name in WITH_HOME_PAGE.items()]
    return (
        pl.concat([defined, pl.DataFrame(lacked, schema=defined.schema)])
        .filter(stored)
        .with_columns(pl.col("table_id", "field_no", "max_length").cast(pl.Int64))
        .unique(["table_id", "field_no"], keep="first", maintain_order=True)
        .sort("table_id", "field_no")
    )


def enum_members(folder: Path) -> pl.DataFrame:
    """The values of every enum, one row a value: owner (its name), ordinal, name, caption."""
    return pl.read_csv(folder / "bc_enum_values.csv", infer_schema=False).select(
        pl.col("enum").alias("owner"),
        pl.col("ordinal").cast(pl.Int64),
        pl.col("name", "caption").str.strip_chars().fill_null(""),
    )


def option_members(fields: pl.DataFrame) -> pl.DataFrame:
    """The members of every option field, owner is `table.field`."""
    names = pl.col("option_members").str.split(",")
    given = pl.col("option_ordinals").str.split(", ").list.eval(pl.element().cast(pl.Int64))
    return (
        fields.filter(pl.col("option_members").is_not_null())
        .select(
            owner=OWNER_OF_OPTION,
            name=names,
            ordinal=pl.coalesce(given, pl.int_ranges(names.list.len())),
        )
        .explode("name", "ordinal")
        .with_columns(pl.col("name").str.strip_chars('" '))
        .with_columns(caption="name")
        .select("owner", "ordinal", "name", "caption")
    )


def join_members(members: pl.DataFrame) -> pl.DataFrame:
    """The members of each owner as one text, one row an owner: owner, options, captions.

    Names in ordinal order joined by `|`, a blank member as an empty name. Ordinals that are not
    0, 1, 2 ... are written before the names (`-1=|1=Active`). Captions have the same form, and
    stand only where one differs from its name.
    """
    gapless = (pl.col("ordinal") == pl.int_range(pl.len())).all()

    def joined(column: str) -> pl.Expr:
        numbered = pl.format("{}={}", "ordinal", column)
        return pl.when(gapless).then(pl.col(column).str.join("|")).otherwise(numbered.str.join("|"))

    return (
        members.sort("owner", "ordinal")
        .group_by("owner", maintain_order=True)
        .agg(options=joined("name"), captions=joined("caption"))
        .with_columns(captions=pl.when(pl.col("captions") != pl.col("options")).then("captions"))
    )


def with_members(fields: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Add `options` and `captions` to the fields; both blank where the values are not known."""
    members = pl.concat([enum_members(folder), option_members(fields)])
    owner = pl.coalesce(OWNER_OF_ENUM, OWNER_OF_OPTION)
    return fields.with_columns(owner=owner).join(
        join_members(members), on="owner", how="left", maintain_order="left"
    )


def with_relations(fields: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Add `relation_table` and `relation_field` of the relations that name one field's value.

    Left out: relations that depend on another field (`if (...)`, `where(... = field(...))`) and
    those to a SystemId. A constant filter on the related table does not matter. A relation that
    names no field means the related table's primary key, if that is known and a single field.
    """
    relation = pl.col("table_relation").str.replace(NAMESPACE, "")
    table = pl.coalesce(relation.str.extract(RELATION, 1), relation.str.extract(RELATION, 2))
    field = pl.coalesce(relation.str.extract(RELATION, 3), relation.str.extract(RELATION, 4))
    single_keys = tables.filter(pl.col("primary_key").list.len() == 1).select(
        relation_table="table", key_field=pl.col("primary_key").list.first()
    )
    by_itself = ~relation.str.contains(CONDITION_ON_A_FIELD) & field.ne_missing("SystemId")
    return (
        fields.with_columns(
            relation_table=pl.when(by_itself).then(table),
            relation_field=pl.when(by_itself).then(field),
        )
        .join(single_keys, on="relation_table", how="left", maintain_order="left")
        .with_columns(relation_field=pl.coalesce("relation_field", "key_field"))
    )


def with_key_positions(fields: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Add `key_position`: 1 for the first field of the primary key, blank outside of it."""
    positions = tables.select("table_id", field="primary_key", key_position=KEY_POSITIONS).explode(
        "field", "key_position"
    )
    return fields.join(positions, on=["table_id", "field"], how="left", maintain_order="left")


def build_fields(folder: Path) -> pl.DataFrame:
    """The file `bc_fields.csv`: every stored field with what the workbench must know of it.

    Columns: `FIELD_COLUMNS`; what does not apply is blank. An unknown type raises.
    """
    tables, fields = read_tables(folder), read_fields(folder)
    kind_of_value = pl.col("al_type").str.extract(r"^(\w+)").str.to_lowercase()
    typed = fields.with_columns(type=kind_of_value.replace_strict(TYPES), length="max_length")
    related = with_relations(with_key_positions(typed, tables), tables)
    return (
        with_members(related, folder)
        .with_columns(money=first_that_holds(MONEY))
        .select(FIELD_COLUMNS)
    )


def main() -> None:
    """Write both files into `mdsync_nb/packs`."""
    build_tables(SOURCE).write_csv(PACKS / "bc_tables.csv")
    build_fields(SOURCE).write_csv(PACKS / "bc_fields.csv")


if __name__ == "__main__":
    main()
