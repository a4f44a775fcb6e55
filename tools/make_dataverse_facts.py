"""Make the two shipped fact files of Dataverse's tables.

    python tools/make_dataverse_facts.py

Reads the product's own definitions of the tables it sees in Dataverse (`bc_metadata`) and the
published schema of those tables (`dataverse_schema`), both in `../shared/data` beside the project,
and writes `dv_fields.csv` and `dv_tables.csv` into `mdsync_nb/packs`. Tables have Dataverse's
logical names. Names, types and numbers of fields are the product's, so that its own table filters
can be read; lengths and the labels of option members are Dataverse's where the schema has them.

Beside the columns of `bc_fields.csv`:

    columns        what exports call the column, where that is not the field's name but for capitals
    system         the system field whose value it holds as well (`SystemId`, ...)
    blank_is_zero  `no` where nothing is kept apart from 0: a value of an option set
    extensible     `yes` for an option that people add members to

The option sets that the product keeps as tables of its own (payment terms, shipment methods,
shipping agents) are tables here, too, with the number of a value as their key.
"""

from pathlib import Path

import polars as pl
from make_facts import (
    FIELD_COLUMNS,
    OWNER_OF_OPTION,
    PACKS,
    SOURCE,
    build_fields,
    join_members,
    option_members,
    read_fields,
)

SCHEMA = SOURCE.parent / "dataverse_schema"

TABLES = {
    "CRM Account": "account",
    "CRM Contact": "contact",
    "CRM Systemuser": "systemuser",
    "CRM Transactioncurrency": "transactioncurrency",
}
KEYS = {
    "account": "AccountId",
    "contact": "ContactId",
    "systemuser": "SystemUserId",
    "transactioncurrency": "TransactionCurrencyId",
}
OPTION_SETS = (
    "account.PaymentTermsCodeEnum",
    "account.Address1_FreightTermsCodeEnum",
    "account.Address1_ShippingMethodCodeEnum",
)
LABEL_LENGTH = "250"

SYSTEM = {
    "CreatedOn": "SystemCreatedAt",
    "ModifiedOn": "SystemModifiedAt",
    "ModifiedBy": "SystemModifiedBy",
}
# The product's definitions leave these open, since the field beside them tells the table; a
# default mapping only asks for the one named here.
ALWAYS_TO = {"OwnerId": "systemuser", "ParentCustomerId": "account"}
LOOKUPS = ("Lookup", "Owner", "Customer")
EXTENSIBLE = ("Picklist", "Status")
DAYS = ("Anniversary", "BirthDate")  # the other dates come with a time of day
KIND_OF_LOOKUP = "@Microsoft.Dynamics.CRM.lookuplogicalname"

COLUMNS = (*FIELD_COLUMNS, "columns", "system", "blank_is_zero", "extensible")
FIELD, TABLE = pl.col("field"), pl.col("table")
ENTITY = {"entity": "table", "column": "external_name"}
NOTHING = pl.lit(None, pl.String)


def build_dataverse_tables() -> pl.DataFrame:
    """The file `dv_tables.csv`, with the columns of `bc_tables.csv`; no table has a number."""
    keys = [*KEYS.items(), *((table, "Value") for table in OPTION_SETS)]
    return pl.DataFrame(keys, schema=["table", "primary_key"], orient="row").select(
        NOTHING.alias("table_id"), "table", "primary_key", kind=pl.lit("dataverse")
    )


def published(folder: Path) -> pl.DataFrame:
    """The published length of every column of text: table, external_name, published_length."""
    columns = pl.read_csv(folder / "dataverse_columns.csv", infer_schema=False)
    return columns.rename(ENTITY).select(
        "table", "external_name", published_length=pl.col("max_length").cast(pl.Int64)
    )


def labelled_members(fields: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The members of every option, as `join_members` takes them, with Dataverse's labels.

    A value that the product's definitions lack is named by its label without spaces.
    """
    named = fields.select(OWNER_OF_OPTION.alias("owner"), "table", "external_name").unique()
    ours = option_members(fields).select("owner", "ordinal", "name")
    labels = (
        pl.read_csv(folder / "dataverse_option_sets.csv", infer_schema=False)
        .rename(ENTITY)
        .join(named, on=["table", "external_name"])
        .filter(pl.col("owner").is_in(ours["owner"].implode()))
        .select("owner", pl.col("value").cast(pl.Int64).alias("ordinal"), "label")
    )
    name, label = pl.col("name"), pl.col("label")
    return ours.join(labels, on=["owner", "ordinal"], how="full", coalesce=True).select(
        "owner",
        "ordinal",
        name=pl.coalesce(name, label.str.replace_all(" ", "")),
        caption=pl.coalesce(label, name),
    )


def export_names() -> pl.Expr:
    """What exports call a column: the logical name, and that of a lookup in pages of a service."""
    logical = pl.col("external_name")
    lookup = pl.format("_{}_value", logical)
    own = pl.when(logical != FIELD.str.to_lowercase()).then(logical)
    paged = pl.when(pl.col("external_type").is_in(LOOKUPS)).then(lookup)
    kind = pl.when(pl.col("external_type") == "EntityName").then(
        pl.format(f"_{{}}_value{KIND_OF_LOOKUP}", logical.str.strip_suffix("type"))
    )
    names = pl.concat_list(own, paged, kind).list.drop_nulls().list.join("|")
    return pl.when(names != "").then(names)


def with_relations_inside(fields: pl.DataFrame) -> pl.DataFrame:
    """Keep the relations between these tables, by their logical names, and add those to options."""
    always = FIELD.replace_strict(ALWAYS_TO, default=None)
    option_set = pl.when(OWNER_OF_OPTION.is_in(OPTION_SETS)).then(OWNER_OF_OPTION)
    inside = pl.col("relation_table").replace_strict(TABLES, default=None)
    related = pl.coalesce(always, option_set, inside)
    key = (
        pl.when(option_set.is_not_null())
        .then(pl.lit("Value"))
        .otherwise(related.replace_strict(KEYS, default=None))
    )
    return fields.with_columns(relation_table=related, relation_field=key)


def option_set_fields() -> pl.DataFrame:
    """The fields of the option sets that are tables: the number of a value, and its label."""
    facts = [
        {"table": table, "field": field, "type": kind, "length": length, "columns": columns}
        | {"field_no": number, "key_position": key, "system": system}
        for table in OPTION_SETS
        for number, field, kind, length, columns, key, system in (
            ("1", "Value", "integer", None, "option", "1", "SystemId"),
            ("2", "Label", "text", LABEL_LENGTH, "localizedlabel", None, None),
        )
    ]
    return pl.DataFrame(facts, schema=dict.fromkeys(COLUMNS, pl.String))


def as_exported(fields: pl.DataFrame) -> pl.DataFrame:
    """Give each field the type, length and system field that its column has in exports.

    Expects `external_type` and `published_length`. An option set without members is a number, and
    a memo of known length is text.
    """
    kind = pl.col("type")
    memo = (kind == "blob") & pl.col("published_length").is_not_null()
    numbered = (kind == "option") & pl.col("options").is_null()
    timed = (kind == "date") & ~FIELD.is_in(DAYS)
    open_ended = (kind == "option") & ~numbered & pl.col("external_type").is_in(EXTENSIBLE)
    is_key = TABLE.replace_strict(KEYS, default=None).eq(FIELD)
    types = (("text", memo), ("integer", numbered), ("datetime", timed))
    return fields.with_columns(
        type=pl.coalesce([*(pl.when(test).then(pl.lit(name)) for name, test in types), kind]),
        length=pl.when(memo | (kind == "text")).then(pl.coalesce("published_length", "length")),
        columns=export_names(),
        system=pl.when(is_key)
        .then(pl.lit("SystemId"))
        .otherwise(FIELD.replace_strict(SYSTEM, default=None)),
        blank_is_zero=pl.when(numbered).then(pl.lit("no")),
        extensible=pl.when(open_ended).then(pl.lit("yes")),
        table_id=NOTHING,
    )


def build_dataverse_fields() -> pl.DataFrame:
    """The file `dv_fields.csv`: the fields of every table, in the order of the tables."""
    logical = TABLE.replace_strict(TABLES, default=None)
    ours = TABLE.is_in(list(TABLES))
    defined = read_fields(SOURCE).filter(ours).with_columns(table=logical)
    exported = defined.select("table", "field", "external_name", "external_type")
    members = join_members(labelled_members(defined, SCHEMA))
    fields = (
        build_fields(SOURCE)
        .filter(ours)
        .with_columns(table=logical, owner=pl.concat_str(logical, pl.lit("."), "field"))
        .drop("options", "captions")
        .join(exported, on=["table", "field"])
        .join(published(SCHEMA), on=["table", "external_name"], how="left")
        .join(members, on="owner", how="left")
    )
    order = TABLE.replace_strict({table: number for number, table in enumerate(KEYS)})
    every = as_exported(with_relations_inside(fields)).sort(order, "field_no")
    return pl.concat([every.select(pl.col(COLUMNS).cast(pl.String)), option_set_fields()])


def main() -> None:
    """Write both files into `mdsync_nb/packs`."""
    build_dataverse_tables().write_csv(PACKS / "dv_tables.csv")
    build_dataverse_fields().write_csv(PACKS / "dv_fields.csv")


if __name__ == "__main__":
    main()
