"""A first mdsync.yaml is drafted from files, says why, and opens as it is."""

import json
import shutil
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest
import xlsxwriter

from mdsync_nb.errors import UsageError
from mdsync_nb.model import FileFormat
from mdsync_nb.model.company import TableFile
from mdsync_nb.workbench import Workbench
from mdsync_nb.workspace import draft, init, open_workspace
from mdsync_nb.workspace.survey import survey

PROJECT = Path(__file__).parents[2]
DEMO = PROJECT / "data" / "demo"
CRONUS = PROJECT.parent / "shared" / "data" / "cronus"

CUSTOMERS = "No.,Name,City,Credit Limit (LCY)\n00010,Ann,Ely,5.50\n00020,Bo,Rye,7.25\n"
CODES = "Code,Description\nA,Alpha\n"


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files below a folder; `__` in a name is a folder, the last `_` a dot."""
    for name, content in files.items():
        *stem, suffix = name.replace("__", "/").split("_")
        path = folder / f"{'_'.join(stem)}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def drafted(folder: Path):
    init(folder)
    return open_workspace(folder)


def test_a_folder_for_each_company_makes_companies_links_and_mappings(tmp_path):
    write(
        tmp_path,
        holding__customer_csv=CUSTOMERS,
        holding__payment_terms_csv=CODES,
        nordic__customer_csv=CUSTOMERS,
    )
    workspace = drafted(tmp_path)
    assert list(workspace.settings.companies) == ["HOLDING", "NORDIC"]
    assert workspace.company("HOLDING").tables == {
        "Customer": "customer.csv",
        "Payment Terms": "payment_terms.csv",
    }
    assert workspace.company("NORDIC").folder == "nordic"
    link = workspace.settings.links["NORDIC"]
    assert (link.local, link.integration) == ("NORDIC", "HOLDING")
    assert list(workspace.mappings) == ["NORDIC/PAYMENTTERMS", "NORDIC/CUSTOMER"]
    assert [one.field for one in workspace.mapping("CUSTOMER").match] == ["No."]


def test_what_a_person_has_to_look_at_is_marked(tmp_path):
    text = draft(write(tmp_path, a__customer_csv=CUSTOMERS, b__customer_csv=CUSTOMERS))
    marked = [line for line in text.splitlines() if "LOOK" in line]
    for word in ("currency:", "complete: unknown", "match", "because it has the most rows"):
        assert any(word in line for line in marked), word
    assert max(map(len, text.splitlines())) <= 130


@pytest.mark.parametrize(
    ("folders", "source"),
    [
        (["nordic", "Holding"], "HOLDING"),
        (["CRONUS_DE", "CRONUS_W1"], "CRONUS_W1"),
        (["the master", "other"], "THE_MASTER"),
        (["aa", "source-co"], "SOURCE-CO"),
        (["small", "large"], "LARGE"),
    ],
)
def test_the_source_company_is_named_like_one_or_has_the_most_rows(tmp_path, folders, source):
    for name in folders:
        more = "00030,Cy,Ayr,1.00\n" if name == "large" else ""
        write(tmp_path / name, customer_csv=CUSTOMERS + more)
    links = drafted(tmp_path).settings.links
    assert {link.integration for link in links.values()} == {source}
    assert set(links) == {link.local for link in links.values()}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Müller & Söhne", "MÜLLER_&_SÖHNE"),
        ("main", "MAIN_CO"),
        ("A.S. 'x'", "A_S___X_"),
        ("no", "NO"),
        ("007", "007"),
    ],
)
def test_the_name_of_a_company_is_its_folder_s_in_capitals_and_safe(tmp_path, folder, name):
    write(tmp_path / folder, customer_csv=CUSTOMERS)
    workspace = drafted(tmp_path)
    assert list(workspace.settings.companies) == [name]
    assert workspace.company(name).name in ("", folder)
    assert (tmp_path / workspace.company(name).folder / "customer.csv").is_file()
    assert workspace.settings.links == {}


def test_folders_whose_names_would_be_the_same_get_different_ones(tmp_path):
    for folder in ("a.b", "a_b", "a-b"):
        write(tmp_path / folder, customer_csv=CUSTOMERS)
    assert sorted(drafted(tmp_path).settings.companies) == ["A-B", "A_B", "A_B_2"]


def test_of_dated_folders_the_newest_is_looked_at_and_all_may_be_read(tmp_path):
    old, new = "No.,Name\n1,Ann\n", "No.;Name;Credit Limit (LCY)\n1;Ann;7,5\n"
    for day, text in {"2026-02-27": old, "2026-03-06": new, "2026-03-06T10": new}.items():
        write(tmp_path / "de" / day, customer_csv=text)
    company = drafted(tmp_path).company("DE")
    assert company.folder == "de/{snapshot}"
    assert (company.format.delimiter, company.format.decimal) == (";", ",")


def test_dated_folders_at_the_top_are_the_exports_of_one_company(tmp_path):
    write(tmp_path / "20260306", customer_csv=CUSTOMERS)
    (company,) = drafted(tmp_path).settings.companies.values()
    assert company.folder == "{snapshot}"


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("customer", "Customer"),
        ("Customers", "Customer"),
        ("Customer-18", "Customer"),
        ("customers_2026-03-06", "Customer"),
        ("Countries", "Country/Region"),
        ("country_region", "Country/Region"),
        ("salespeople", "Salesperson/Purchaser"),
        ("G_L Account", "G/L Account"),
        ("number_series", "No. Series"),
        ("Payment Terms", "Payment Terms"),
        ("currencies", "Currency"),
    ],
)
def test_a_table_is_recognised_by_the_name_of_its_file(tmp_path, file, table):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / f"{file}.csv").write_text("No.,Code,Name\n1,1,x\n")
    assert drafted(tmp_path).company("DE").tables == {table: f"{file}.csv"}


def test_a_table_without_a_telling_name_is_recognised_by_its_columns(tmp_path):
    header = "No.,Name,Address,City,Vendor Posting Group,Purchaser Code,Our Account No.\n"
    write(tmp_path, de__kreditoren_csv=f"{header}1,x,y,z,,,\n")
    assert drafted(tmp_path).company("DE").tables == {"Vendor": "kreditoren.csv"}


def test_what_is_not_recognised_is_named_with_the_reason(tmp_path):
    write(
        tmp_path,
        de__customer_csv="No.,Name,Loyalty\n1,x,y\n",
        de__budget_csv="Month,Amount\n1,2\n",
        de__vendors_csv="Id,Name\n1,x\n",
        de__item_xlsx=b"no workbook",
    )
    text = draft(tmp_path)
    assert "# columns not recognised: Loyalty" in text
    assert "# not taken: budget.csv (no table of the product)" in text
    assert "# not taken: vendors.csv (looks like Vendor, but no column is its No.)" in text
    assert "# not taken: item.xlsx (cannot be read as a table)" in text
    assert list(drafted(tmp_path).company("DE").tables) == ["Customer"]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("No.,Name\n1,Zoë\n", "utf-8", {"encoding": "utf-8", "delimiter": ","}),
        ("No.;Name\n1;Zoë\n", "cp1252", {"encoding": "windows-1252", "delimiter": ";"}),
        ("No.\tName\n1\tZoë\n", "utf-16", {"encoding": "utf-16-le", "delimiter": "tab"}),
        ("No.,Name\n1,x\n", "ascii", {"encoding": "auto", "delimiter": ","}),
        ('No.,Name\n1,"a \\"b\\""\n2,""\n', "utf-8", {"escape": "backslash"}),
        ('No.,Name\n1,"a ""b"" \\"\n', "utf-8", {"escape": "double"}),
        ("No.;Credit Limit (LCY)\n1;1.250,50\n2;7,00\n", "utf-8", {"decimal": ","}),
        ("No.;Credit Limit (LCY)\n1;1,250\n2;7.00\n", "utf-8", {"decimal": "."}),
        ("No.;Last Date Modified\n1;2026-12-31\n", "utf-8", {"date_order": "ymd"}),
        ("No.;Last Date Modified\n1;01-02-26\n2;31.12.2026\n", "utf-8", {"date_order": "dmy"}),
        ("No.;Last Date Modified\n1;01/02/2026\n2;12/31/2026\n", "utf-8", {"date_order": "mdy"}),
    ],
)
def test_how_a_file_is_written_is_guessed_from_it(tmp_path, text, encoding, found):
    write(tmp_path, de__customer_csv=text.encode(encoding))
    format = drafted(tmp_path).company("DE").format
    assert format == FileFormat(
        **{"delimiter": format.delimiter, "encoding": format.encoding} | found
    )


@pytest.mark.parametrize(
    "text",
    [
        "No.;Last Date Modified\n1;01/02/2026\n",
        "No.;Last Date Modified\n1;31/12/2026\n2;12/31/2026\n",
        "No.;Credit Limit (LCY)\n1;1,5\n2;7.5\n",
    ],
)
def test_a_guess_that_is_not_sure_is_marked(tmp_path, text):
    assert "# LOOK: not sure; '" in draft(write(tmp_path, de__customer_csv=text))


def test_columns_of_a_lake_and_of_a_service_are_told_their_fields(tmp_path):
    page = {"value": [{"number": "1", "displayName": "x", "id": "g", "lastModifiedDateTime": "t"}]}
    write(
        tmp_path,
        lake__customer_csv="No-1,Name-2,systemId-2000000000,Country_Region_Code\n1,x,g,DE\n",
        web__customers_json=json.dumps(page),
    )
    workspace = drafted(tmp_path)
    assert workspace.company("LAKE").table_file("Customer").columns == {
        "No-1": "No.",
        "Name-2": "Name",
        "Country_Region_Code": "Country/Region Code",
    }
    assert workspace.company("WEB").table_file("Customer").columns == {
        "number": "No.",
        "displayName": "Name",
    }


def test_columns_that_are_the_same_in_several_tables_are_told_once(tmp_path):
    write(
        tmp_path,
        de__customer_csv="No_,Name,Post_Code,Name_2\n1,x,1,y\n",
        de__vendor_csv="No_,Name,Post_Code\n1,x,1\n",
        de__item_csv="No.,Description\n1,x\n",
    )
    company = drafted(tmp_path).company("DE")
    assert company.columns == {"No_": "No.", "Post_Code": "Post Code"}
    assert company.table_file("Customer").columns == {"Name_2": "Name 2"}
    assert company.tables["Vendor"] == "vendor.csv"


def test_pages_of_one_table_are_read_together(tmp_path):
    page = json.dumps({"value": [{"number": "1", "displayName": "x"}]})
    write(tmp_path, de__customers_1_json=page, de__customers_2_json=page, de__vendors_json=page)
    company = drafted(tmp_path).company("DE")
    assert company.table_file("Customer").file == "customers_*.json"
    assert company.table_file("Vendor").file == "vendors.json"


def test_a_pattern_never_takes_a_file_of_something_else(tmp_path):
    write(
        tmp_path,
        de__customer_csv=CUSTOMERS,
        de__customers_csv=CUSTOMERS,
        de__customerprice_csv="Month,Amount\n1,2\n",
    )
    text = draft(tmp_path)
    assert "Customer: customer.csv" in text
    assert "customers.csv (looks like Customer, which customer.csv holds)" in text


def test_a_folder_named_like_a_table_holds_the_files_of_that_table(tmp_path):
    text = "No-1,Name-2,$Company\n1,x,DE\n2,y,FR\n"
    write(tmp_path / "Customer-18", a_csv=text, b_csv=text)
    workspace = drafted(tmp_path)
    assert list(workspace.settings.companies) == ["DE", "FR"]
    assert workspace.company("FR").table_file("Customer") == TableFile(
        file="Customer-18/*.csv",
        where={"$Company": "FR"},
        columns={"No-1": "No.", "Name-2": "Name"},
    )


def test_a_column_that_names_the_company_divides_one_file_among_several(tmp_path):
    write(
        tmp_path,
        customer_csv="Company Name,No.,Name\nGroup Ltd,1,x\nÎle A/S,1,y\nÎle A/S,2,z\n",
        vendor_csv="company,No.,Name\nGroup Ltd,1,x\n",
        item_csv="No.,Description\n1,x\n",
    )
    workspace = drafted(tmp_path)
    assert list(workspace.settings.companies) == ["GROUP_LTD", "ÎLE_A_S"]
    assert workspace.company("ÎLE_A_S").tables == {
        "Customer": TableFile(file="customer.csv", where={"Company Name": "Île A/S"})
    }
    assert "item.csv (no column names the company)" in draft(tmp_path)
    assert workspace.settings.links["ÎLE_A_S"].integration == "GROUP_LTD"


def test_the_company_name_of_a_contact_is_no_company_of_ours(tmp_path):
    write(tmp_path, de__contact_csv="No.,Name,Company Name\n1,x,Firm\n2,y,Other\n")
    assert list(drafted(tmp_path).settings.companies) == ["DE"]


def package(path: Path) -> None:
    path.parent.mkdir(parents=True)
    book = xlsxwriter.Workbook(path)
    for name, title, table_id in (("Debitor", "Debitor", 18), ("Country_Region", "Land", 9)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["PACKAGE", title, str(table_id)])
        sheet.write_row(2, 0, ["No.", "Code", "Name"])
        sheet.write_row(3, 0, ["00010", "DE", "Ann"])
    book.add_worksheet("Empty")
    book.close()


def test_sheets_of_a_package_are_recognised_by_the_number_of_their_table(tmp_path):
    package(tmp_path / "de" / "export.xlsx")
    assert drafted(tmp_path).company("DE").tables == {
        "Customer": TableFile(file="export.xlsx", sheet="Debitor"),
        "Country/Region": "export.xlsx",
    }


def test_a_plain_sheet_and_a_parquet_file_are_recognised(tmp_path):
    folder = tmp_path / "de"
    folder.mkdir()
    frame = pl.DataFrame({"No.": ["00010"], "Name": ["Ann"]})
    frame.write_parquet(folder / "vendors.parquet")
    frame.write_excel(folder / "customers.xlsx")
    assert drafted(tmp_path).company("DE").tables == {
        "Customer": "customers.xlsx",
        "Vendor": "vendors.parquet",
    }


def test_a_table_without_a_mapping_comes_with_one_to_switch_on(tmp_path):
    write(tmp_path, a__territory_csv="Code,Name\nN,North\n", b__territory_csv="Code,Name\nN,x\n")
    init(tmp_path)
    file = tmp_path / "mdsync.yaml"
    text = file.read_text("utf-8")
    assert "# TERRITORY: {table: Territory, match: [Code]}" in text
    assert open_workspace(tmp_path).mappings == {}
    file.write_text(text.replace("# TERRITORY", "TERRITORY"), "utf-8")
    assert list(open_workspace(tmp_path).mappings) == ["B/TERRITORY"]


def test_a_match_is_proposed_only_of_columns_that_all_files_have(tmp_path):
    write(
        tmp_path,
        a__customer_csv="No.,Name,Post Code,E-Mail\n1,x,y,z\n",
        b__customer_csv="No.,Name,Post Code\n1,x,y\n",
    )
    assert "# or [Name, Post Code]\n" in draft(tmp_path)


def test_the_item_pack_is_taken_when_there_are_items(tmp_path):
    write(tmp_path, a__item_csv="No.,Description\n1,x\n", b__item_csv="No.,Description\n1,x\n")
    workspace = drafted(tmp_path)
    assert workspace.settings.packs == ("master_data", "item")
    assert list(workspace.mappings) == ["B/ITEM"]


def test_folders_of_ours_hidden_ones_and_lock_files_are_no_companies(tmp_path):
    write(
        tmp_path,
        de__customer_csv=CUSTOMERS,
        out__customer_csv=CUSTOMERS,
        reports__customer_csv=CUSTOMERS,
    )
    write(tmp_path / ".mdsync", customer_csv=CUSTOMERS)
    (tmp_path / "de" / "~$customer.xlsx").write_bytes(b"lock")
    (tmp_path / "empty").mkdir()
    assert list(drafted(tmp_path).settings.companies) == ["DE"]
    assert "~$" not in draft(tmp_path)


def test_an_existing_file_is_never_overwritten(tmp_path):
    write(tmp_path, de__customer_csv=CUSTOMERS, mdsync_yaml="mine")
    with pytest.raises(UsageError, match="already"):
        init(tmp_path)
    assert (tmp_path / "mdsync.yaml").read_text() == "mine"


def test_a_file_that_is_to_be_kept_is_found_there_or_above(tmp_path):
    write(tmp_path, de__customer_csv=CUSTOMERS, mdsync_yaml="mine")
    for place in (tmp_path, tmp_path / "de"):
        assert init(place, keep=True) == tmp_path / "mdsync.yaml"
    assert (tmp_path / "mdsync.yaml").read_text() == "mine"
    assert not (tmp_path / "de" / "mdsync.yaml").exists()


def test_a_notebook_in_its_folder_means_the_exports_above_it(tmp_path):
    write(tmp_path, de__customer_csv=CUSTOMERS, notebooks__set_up_ipynb="{}")
    assert init(tmp_path / "notebooks", keep=True) == tmp_path / "mdsync.yaml"


@pytest.mark.parametrize(
    ("header", "rows", "currency"),
    [
        ("Primary Key,LCY Code", ",eur", "EUR"),
        ("Primary Key-1,LCYCode-71", ",SEK", "SEK"),
        ("Primary Key,LCY Code", ",", ""),
        ("Primary Key,LCY Code", ",EUR\n2,USD", ""),
        ("Primary Key,Currency Code", ",EUR", ""),
    ],
)
def test_the_local_currency_is_what_the_setup_of_the_ledger_says(tmp_path, header, rows, currency):
    setup = f"{header}\n{rows}\n"
    write(tmp_path, de__customer_csv=CUSTOMERS, de__general_ledger_setup_csv=setup)
    assert drafted(tmp_path).company("DE").currency == currency
    text = (tmp_path / "mdsync.yaml").read_text("utf-8")
    assert ("# LOOK: its local currency" in text) is (not currency)
    assert (" in general_ledger_setup.csv\n" in text) is bool(currency)


def test_each_company_of_one_file_has_the_local_currency_of_its_own_row(tmp_path):
    write(
        tmp_path,
        customer_csv="Company,No.,Name\nHQ,1,x\nDE,1,x\nNO,1,x\n",
        general_ledger_setup_csv="Company,Primary Key,LCY Code\nHQ,,GBP\nDE,,EUR\n",
    )
    found = {name: one.currency for name, one in drafted(tmp_path).settings.companies.items()}
    assert found == {"HQ": "GBP", "DE": "EUR", "NO": ""}


def test_without_any_table_nothing_is_written(tmp_path):
    with pytest.raises(UsageError) as raised:
        init(write(tmp_path, de__notes_txt=""))
    assert "folder of its own" in raised.value.hint
    assert not (tmp_path / "mdsync.yaml").exists()


def test_no_value_of_a_record_but_a_number_or_date_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    secret = "No.,Name,Password\n1,x,hunter2\n"
    text = draft(write(tmp_path, a__customer_csv=secret, b__customer_csv=secret))
    assert "hunter2" not in text
    assert "Password" in text


def test_the_text_says_where_a_value_comes_from(tmp_path):
    text = draft(write(tmp_path, de__customer_csv=CUSTOMERS))
    assert "# '5.50' in customer.csv, Credit Limit (LCY)" in text
    assert text.startswith(
        dedent("""\
        # Drafted by `mdsync init` from the files beside it; it can be used as it is.
        # Read the lines marked LOOK: what they say was guessed, or only you know it.
        """)
    )


@pytest.mark.skipif(not CRONUS.is_dir(), reason="../shared/data/cronus is not beside the project")
def test_the_cronus_files_make_five_companies_with_w1_as_their_source(tmp_path):
    for file in CRONUS.glob("*.csv"):
        shutil.copyfile(file, tmp_path / file.name)
    workspace = drafted(tmp_path)
    first, *_ = workspace.settings.companies
    assert first == "CRONUS_W1"
    assert set(workspace.settings.links) == {f"CRONUS_{one}" for one in ("DE", "FR", "GB", "US")}
    assert workspace.company("CRONUS_DE").tables["Post Code"] == TableFile(
        file="post_code.csv", where={"company": "CRONUS_DE"}
    )
    assert len(workspace.company("CRONUS_DE").tables) == 12
    assert "CRONUS_FR/CUSTOMER" in workspace.mappings


@pytest.mark.skipif(not DEMO.is_dir(), reason="data/demo was not generated")
def test_the_demo_companies_are_recognised_with_their_dialects(tmp_path):
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("mdsync.yaml"))
    workspace = drafted(tmp_path / "demo")
    assert list(workspace.settings.companies) == ["HOLDING", "DEUTSCHLAND", "LUMIERE", "NORDIC"]
    found = {
        name: (one.format.encoding, one.format.delimiter, one.format.decimal, one.format.date_order)
        for name, one in workspace.settings.companies.items()
    }
    assert found == {
        "HOLDING": ("utf-8", ",", ".", "ymd"),
        "DEUTSCHLAND": ("auto", "auto", ".", "dmy"),
        "LUMIERE": ("windows-1252", ";", ",", "dmy"),
        "NORDIC": ("utf-8", ";", ",", "dmy"),
    }
    assert workspace.company("NORDIC").folder == "nordic/{snapshot}"
    assert len(workspace.company("DEUTSCHLAND").tables) == 8


ACCOUNTS = (
    "accountid,name,telephone1,_ownerid_value,statecode,modifiedon,new_shoesize\n"
    "acc00000-0000-4000-8000-000000000001,Ann,5550101,,0,2026-03-01T08:00:00Z,9\n"
)
USERS = (
    "systemuserid,fullname,internalemailaddress,modifiedon\n"
    "b0550000-0000-4000-8000-00000000000a,Bo,bo@example.com,2026-03-01T08:00:00Z\n"
)
CLIENTS = "No.,Name,Phone No.\n00010,Ann,5550101\n"
SELLERS = "Code,Name,E-Mail\nBO,Bo,bo@example.com\n"


def test_a_company_and_an_export_of_dataverse_make_a_link_of_that_kind(tmp_path):
    write(tmp_path, cronus__customer_csv=CLIENTS, cronus__salesperson_csv=SELLERS,
          crm__accounts_csv=ACCOUNTS, crm__systemusers_csv=USERS)  # fmt: skip
    workspace = drafted(tmp_path)
    assert workspace.settings.packs == ("dataverse",)
    assert workspace.company("CRM").tables == {
        "account": "accounts.csv",
        "systemuser": "systemusers.csv",
    }
    link = workspace.settings.links["CRM"]
    assert (link.kind, link.local, link.integration) == ("dataverse", "CRONUS", "CRM")
    matches = {one.short: [m.field for m in one.match] for one in workspace.mappings.values()}
    assert matches == {"SALESPEOPLE": ["E-Mail"], "CUSTOMER": ["Phone No."]}
    text = (tmp_path / "mdsync.yaml").read_text("utf-8")
    assert "columns not recognised: new_shoesize" in text
    assert "sync_user" in text
    loaded = Workbench(tmp_path, progress=False).load()
    assert not loaded["refused"].any()
    assert dict(loaded.select("table", "has_times").rows())["account"]


@pytest.mark.parametrize(
    ("file", "header", "table"),
    [
        ("accounts.csv", "accountid,name", "account"),
        ("accounts.csv", "name,accountid", "account"),
        ("export.csv", "contactid,fullname,accountid", "contact"),
        ("transactioncurrency.csv", "isocurrencycode,transactioncurrencyid", "transactioncurrency"),
        ("contacts.csv", "No.,Name", "Contact"),
        ("accounts.csv", "No.,Name", "G/L Account"),
    ],
)
def test_an_export_of_dataverse_is_told_by_its_key(tmp_path, file, header, table):
    (tmp_path / file).write_text(f"{header}\n", "utf-8")
    (company,) = survey(tmp_path)
    assert [one.table for one in company.tables] == [table]


def test_an_export_that_only_refers_to_an_account_is_none_of_accounts(tmp_path):
    (tmp_path / "opportunities.csv").write_text("opportunityid,name,accountid\n", "utf-8")
    assert survey(tmp_path)[0].tables == ()


def test_with_several_companies_a_person_says_which_one_dataverse_belongs_to(tmp_path):
    write(tmp_path, holding__customer_csv=CUSTOMERS, nordic__customer_csv=CUSTOMERS,
          crm__account_csv=ACCOUNTS)  # fmt: skip
    workspace = drafted(tmp_path)
    assert list(workspace.settings.links) == ["NORDIC"]
    assert list(workspace.settings.companies) == ["HOLDING", "NORDIC", "CRM"]
    assert "LOOK: CRM is Dataverse" in (tmp_path / "mdsync.yaml").read_text("utf-8")


TWICE = "No.,Edition,Name\n00010,short,Anna\n00020,short,Ben\n00010,long,Anna A.\n"


def test_a_file_that_holds_records_several_times_says_by_which_column(tmp_path):
    text = draft(write(tmp_path, customer_csv=TWICE))
    assert "LOOK: its keys repeat, once for each Edition (short, long)" in " ".join(text.split())
    assert "{Edition: short}" in text.replace("\n      #   ", " ")


@pytest.mark.parametrize(
    "rows",
    [
        "No.,Edition,Name\n00010,short,Anna\n00020,long,Ben\n",
        "No.,Edition,Name\n00010,short,Anna\n00010,short,Anna\n00010,long,Anna\n",
        "No.,Name,City\n00010,Anna,Ulm\n00010,Ben,Ulm\n",
    ],
    ids=["no key repeats", "rows of one edition repeat", "no column tells them apart"],
)
def test_nothing_is_asked_where_no_column_tells_the_same_records_apart(tmp_path, rows):
    assert "keys repeat" not in draft(write(tmp_path, customer_csv=rows))
