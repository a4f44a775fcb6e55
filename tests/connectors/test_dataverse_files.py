"""Exports of Dataverse: pages of its Web API and CSV with its logical names of columns."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb.connectors.staging import Staged, stage
from mdsync_nb.errors import UsageError
from mdsync_nb.model import CompanySettings
from mdsync_nb.workbench import Workbench
from mdsync_nb.workspace import product_tables

ADATUM = "a5bd7f1e-0c11-4f6e-9a2b-000000000001"
LITWARE = "a5bd7f1e-0c11-4f6e-9a2b-000000000002"
EURO = "c0de7f1e-0c11-4f6e-9a2b-00000000000e"
ANN = "b0557f1e-0c11-4f6e-9a2b-00000000000a"
KIND = "@Microsoft.Dynamics.CRM.lookuplogicalname"
SHOWN = "@OData.Community.Display.V1.FormattedValue"

Load = Callable[..., Staged]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Stage a table of Dataverse from this text."""

    def loaded(table: str, text: str, ending: str = "json", **file: Any) -> Staged:
        name = f"export.{ending}"
        (tmp_path / name).write_text(text, "utf-8")
        tables = {"tables": {table: {"file": name, **file}}}
        return stage(
            "CRM",
            CompanySettings.model_validate(tables),
            table,
            product_tables()[table],
            root=tmp_path,
            snapshot=None,
            clock=lambda: datetime(2027, 1, 1),
            into=tmp_path / "staged.parquet",
        )

    return loaded


def rows(staged: Staged, *names: str) -> list[tuple[Any, ...]]:
    return pl.read_parquet(staged.path).sort("_id").select(names).rows()


def account(**values: Any) -> dict[str, Any]:
    facts = {
        "@odata.etag": 'W/"4711"',
        "accountid": ADATUM,
        "name": "A. Datum",
        "statecode": 0,
        f"statecode{SHOWN}": "Active",
        "customertypecode": 3,
        "creditlimit": 1500.25,
        "_transactioncurrencyid_value": EURO.upper(),
        f"_transactioncurrencyid_value{SHOWN}": "Euro",
        "_ownerid_value": f"{{{ANN}}}",
        f"_ownerid_value{KIND}": "systemuser",
        "_bcbi_companyid_value": None,
        "paymenttermscode": 2,
        "address1_city": "Redmond",
        "createdon": "2026-01-02T03:04:05Z",
        "modifiedon": "2026-02-03T04:05:06Z",
        "_modifiedby_value": ANN.upper(),
        "versionnumber": 4711,
    }
    return facts | values


def page(*records: dict[str, Any]) -> str:
    return json.dumps({"@odata.context": "https://x/$metadata#accounts", "value": list(records)})


def test_a_page_of_accounts_gives_fields_in_the_spelling_of_the_product(load):
    staged = load("account", page(account()))
    names = (
        "AccountId",
        "Name",
        "StateCode",
        "CustomerTypeCode",
        "CreditLimit",
        "TransactionCurrencyId",
        "OwnerId",
        "OwnerIdType",
        "CompanyId",
        "PaymentTermsCodeEnum",
        "Address1_City",
        "VersionNumber",
    )
    assert rows(staged, *names) == [
        (
            ADATUM,
            "A. Datum",
            "Active",
            "Customer",
            Decimal("1500.25"),
            EURO,
            ANN,
            "systemuser",
            None,
            2,
            "Redmond",
            4711,
        )
    ]
    assert (staged.unknown, staged.kept) == ((), 1)


def test_a_record_has_its_key_as_its_id_and_dataverse_s_times(load):
    staged = load("account", page(account(accountid=f"{{{ADATUM.upper()}}}")))
    assert (staged.has_ids, staged.has_times, staged.notes) == (True, True, ())
    assert rows(staged, "_id", "AccountId", "_modified_at", "_created_at", "_modified_by") == [
        (ADATUM, ADATUM, datetime(2026, 2, 3, 4, 5, 6), datetime(2026, 1, 2, 3, 4, 5), ANN)
    ]


def test_csv_with_logical_names_is_read_the_same_way(load):
    staged = load(
        "account",
        "accountid,name,statecode,transactioncurrencyid,owneridtype,modifiedon,modifiedby\n"
        f"{{{ADATUM.upper()}}},A. Datum,Inactive,{EURO},systemuser,2026-02-03T04:05:06Z,{ANN}\n",
        "csv",
    )
    assert rows(staged, "_id", "_modified_at", "_modified_by") == [
        (ADATUM, datetime(2026, 2, 3, 4, 5, 6), ANN)
    ]
    assert rows(staged, "StateCode", "TransactionCurrencyId", "OwnerIdType") == [
        ("Inactive", EURO, "systemuser")
    ]


def test_nothing_is_null_in_a_reference_and_in_a_choice_and_zero_in_an_amount(load):
    nothing = dict.fromkeys(
        ("_transactioncurrencyid_value", "paymenttermscode", "customertypecode", "creditlimit")
    )
    staged = load("account", page(account(**nothing), account(accountid=LITWARE)))
    names = ("TransactionCurrencyId", "PaymentTermsCodeEnum", "CustomerTypeCode", "CreditLimit")
    assert rows(staged, *names)[0] == (None, None, None, Decimal(0))


def test_a_choice_people_added_keeps_its_number_and_a_state_nobody_has_is_set_aside(load):
    staged = load(
        "account",
        page(account(customertypecode=100000001), account(accountid=LITWARE, statecode=7)),
    )
    assert rows(staged, "_id", "CustomerTypeCode") == [(ADATUM, "100000001")]
    assert staged.set_aside.select("column", "value").rows() == [("statecode", "7")]


def test_the_kind_of_a_parent_customer_stands_in_an_annotation(load):
    contact = {
        "contactid": LITWARE,
        "_parentcustomerid_value": ADATUM,
        f"_parentcustomerid_value{KIND}": "account",
        "_accountid_value": ADATUM,
        f"_accountid_value{KIND}": "account",
    }
    staged = load("contact", page(contact))
    assert rows(staged, "_id", "ParentCustomerId", "ParentCustomerIdType", "AccountId") == [
        (LITWARE, ADATUM, "account", ADATUM)
    ]
    assert staged.unknown == ()


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("Value,Label\n1,30 DAYS\n2,CM\n", {}),
        (
            "OptionSetName,Option,LocalizedLabelLanguageCode,LocalizedLabel\n"
            "paymenttermscode,1,1033,30 DAYS\n"
            "paymenttermscode,2,1033,CM\n"
            "paymenttermscode,2,1031,LM\n"
            "industrycode,2,1033,Agriculture\n",
            {
                "where": {
                    "OptionSetName": "paymenttermscode",
                    "LocalizedLabelLanguageCode": "1033",
                }
            },
        ),
    ],
    ids=["a list of values", "the metadata of all option sets"],
)
def test_the_values_of_an_option_set_are_records_with_their_number_as_id(load, text, file):
    staged = load("account.PaymentTermsCodeEnum", text, "csv", **file)
    assert rows(staged, "_id", "Value", "Label") == [("1", 1, "30 DAYS"), ("2", 2, "CM")]


def test_what_the_settings_say_of_a_column_goes_before_the_names_of_exports(load):
    staged = load(
        "account",
        page(account(other=LITWARE)),
        columns={"other": "TransactionCurrencyId", "_transactioncurrencyid_value": ""},
    )
    assert rows(staged, "TransactionCurrencyId") == [(LITWARE,)]


def test_two_columns_of_one_field_are_refused(load):
    both = {"bcbi_companyid": EURO, "_bcbi_companyid_value": EURO}
    with pytest.raises(UsageError, match="two columns for 'CompanyId'"):
        load("account", page(account(**both)))


def test_an_empty_answer_is_an_empty_table_with_ids_and_times(load):
    staged = load("account", page())
    assert (staged.rows, staged.absent, staged.has_ids, staged.has_times) == (0, (), True, True)


def test_a_workbench_loads_accounts_and_finds_them_by_guid(tmp_path):
    (tmp_path / "account.json").write_text(page(account()), "utf-8")
    (tmp_path / "mdsync.yaml").write_text(
        "companies: {CRM: {complete: yes, tables: {account: account.json}}}\n", "utf-8"
    )
    workbench = Workbench(tmp_path, progress=False)
    workbench.load()
    found = workbench.sql('select * from "CRM"."account"')
    assert found.select("_id", "Name", "StateCode", "CustomerTypeCode").rows() == [
        (ADATUM, "A. Datum", "Active", "Customer")
    ]
