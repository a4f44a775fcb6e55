"""What the story plants is in the files: counted from the exports, compared with EXPECTED.csv."""

from collections import Counter
from typing import Any

import duckdb
import pytest

SMALL = ("country_region", "currency", "payment_terms", "salesperson")
COMPARED = (*SMALL, "customer", "vendor", "item")
FILES = (*COMPARED, "contact", "currency_exchange_rate")
SOUTH = ("FR", "BE", "LU")
MATCHED_BY = {
    "customer": ("VAT Registration No.", "Name"),
    "vendor": ("VAT Registration No.", "Name"),
    "contact": ("E-Mail", "Name"),
    "item": ("No.",),
}


@pytest.mark.parametrize("file", FILES)
def test_on_2_march_nordic_agreed_with_the_holding(exports: Any, file: str) -> None:
    there = exports.table("holding", file, "2026-03-02")
    here = exports.table("nordic", file, "2026-03-02")
    both = there.keys() & here.keys()
    assert both
    assert [k for k in both if exports.business(there[k]) != exports.business(here[k])] == []


@pytest.mark.parametrize("company", ["holding", "nordic"])
@pytest.mark.parametrize("file", FILES)
def test_a_record_was_modified_when_and_only_when_it_changed(
    exports: Any, company: str, file: str
) -> None:
    then = {r["SystemId"]: r for r in exports.rows(company, file, "2026-03-02")}
    for row in exports.rows(company, file):
        if before := then.get(row["SystemId"]):
            same = exports.business(before) == exports.business(row)
            assert same == (before["SystemModifiedAt"] == row["SystemModifiedAt"])
            assert before["SystemCreatedAt"] <= before["SystemModifiedAt"] < "2026-03-02T01:30"
            assert same or "2026-03-02T02:00" < row["SystemModifiedAt"] < "2026-03-10T01:30"


@pytest.mark.parametrize("file", FILES)
def test_nordics_changes_are_counted(exports: Any, expected: dict[str, int], file: str) -> None:
    there, here = exports.changes("holding", file), exports.changes("nordic", file)
    paired = {" ".join(k) for k in exports.table("nordic", file, "2026-03-02")}
    counted = {
        "holding_only": len((there.keys() & paired) - here.keys()),
        "nordic_only": len(here.keys() - there.keys()),
        "both": len(here.keys() & there.keys()),
    }
    for side, count in counted.items():
        assert count == expected[f"changed.nordic.{file}.{side}"]


def test_25_customers_changed_on_both_sides_and_one_in_the_same_field(
    exports: Any, expected: dict[str, int]
) -> None:
    there, here = (exports.changes(company, "customer") for company in ("holding", "nordic"))
    both = there.keys() & here.keys()
    true = [key for key in both if there[key].keys() & here[key].keys()]
    assert len(both) == expected["P1.both"] == 25
    assert (true, expected["P1.true"]) == (["10250"], 1)
    assert len(both) - len(true) == expected["P1.timestamp_only"] == 24


@pytest.mark.parametrize(
    ("company", "limit", "at", "by"),
    [
        ("holding", "250000.00", "2026-03-06T10:14", "A. Whitcombe"),
        ("nordic", "50000.00", "2026-03-06T13:51", "K. Lindqvist"),
    ],
)
def test_both_sides_set_another_credit_limit_for_customer_10250(
    exports: Any, company: str, limit: str, at: str, by: str
) -> None:
    fields = exports.changes(company, "customer")["10250"]
    assert fields["Credit Limit (LCY)"] == ("100000.00", limit)
    record = exports.one(company, "customer", "10250")
    assert record["Name"] == "Havblik Marine Supply A/S"
    assert (record["SystemModifiedAt"][:16], record["SystemModifiedBy"]) == (at, by)


def test_14_vendors_wait_for_a_payment_term_nordic_does_not_have(
    exports: Any, expected: dict[str, int]
) -> None:
    moved = exports.changes("holding", "vendor").items()
    field, term = "Payment Terms Code", ("21 DAYS",)
    switched = {key for key, fields in moved if fields.get(field, ("", ""))[1] == "21 DAYS"}
    assert len(switched) == expected["P2.vendors"] == 14
    assert "30044" in switched
    saved = [exports.one("holding", "vendor", key)["SystemModifiedAt"] for key in switched]
    assert {at[:10] for at in saved} == {"2026-03-09"}
    assert term in exports.table("holding", "payment_terms")
    assert term not in exports.table("holding", "payment_terms", "2026-03-02")
    assert term not in exports.table("nordic", "payment_terms")
    assert all((key,) in exports.table("nordic", "vendor") for key in switched)


def test_a_customer_is_gone_a_vendor_renamed_and_a_customer_left_the_filter(
    exports: Any,
) -> None:
    then, now = (exports.table("holding", "customer", day) for day in ("2026-03-02", ""))
    assert then.keys() - now.keys() == {("10871",)}
    assert exports.one("nordic", "customer", "10871")["Name"] == "Polarlys Hotell AS"
    assert exports.changes("holding", "vendor")["30077"] == {"No.": ("30077", "30977")}
    assert exports.one("nordic", "vendor", "30077")
    assert exports.changes("holding", "customer")["10412"] == {"Blocked": ("", "All")}
    assert exports.one("nordic", "customer", "10412")["Blocked"] == ""


def test_30_currencies_differ_in_deutschland_and_5_of_them_really(
    exports: Any, expected: dict[str, int]
) -> None:
    field = "Currency Code"
    there, here = exports.table("holding", "vendor"), exports.table("deutschland", "vendor")
    pairs = [(there[k][field], here[k][field]) for k in there.keys() & here.keys()]
    literal = [pair for pair in pairs if pair[0] != pair[1]]
    real = [pair for pair in pairs if (pair[0] or "GBP") != (pair[1] or "EUR")]
    assert len(literal) == expected["P7.vendor.currency_literal"] == 30
    assert literal.count(("EUR", "")) == expected["P7.vendor.currency_blank"] == 25
    assert len(real) == expected["P7.vendor.currency_real"] == 5
    assert there[("30210",)][field] == "USD"


def test_deutschlands_customers_in_euros_are_blank_there(
    exports: Any, expected: dict[str, int]
) -> None:
    field = "Currency Code"
    there, here = exports.table("holding", "customer"), exports.table("deutschland", "customer")
    codes = Counter((there[k][field], here[k][field]) for k in there.keys() & here.keys())
    assert codes["EUR", ""] == expected["P7.customer.currency_blank"]
    assert all((a or "GBP") == (b or "EUR") for a, b in codes)


@pytest.mark.parametrize("file", COMPARED)
def test_deutschlands_differences_are_counted(
    exports: Any, expected: dict[str, int], file: str
) -> None:
    there, here = exports.table("holding", file), exports.table("deutschland", file)
    both = there.keys() & here.keys()
    differ = [k for k in both if exports.differing(there[k], here[k])]
    assert len(both) == expected[f"pairs.deutschland.{file}"]
    assert len(differ) == expected[f"differ.deutschland.{file}"]


def test_a_name_is_cut_after_50_letters(exports: Any, expected: dict[str, int]) -> None:
    there, here = exports.table("holding", "customer"), exports.table("deutschland", "customer")
    names = [(there[k]["Name"], here[k]["Name"]) for k in there.keys() & here.keys()]
    cut = [long for long, short in names if len(long) > 50 and long[:50] == short]
    assert len(cut) == expected["P8"] == 1


@pytest.mark.parametrize("company", ["holding", "nordic", "deutschland"])
def test_leading_zeros_survive(exports: Any, company: str) -> None:
    assert exports.one(company, "customer", "00010")["Name"] == "Old Ferry Inn Ltd"


def test_two_starting_dates_are_no_dates(exports: Any, expected: dict[str, int]) -> None:
    rates = exports.rows("deutschland", "currency_exchange_rate")
    dates = ", ".join(f"('{row['Starting Date']}')" for row in rates)
    bad = duckdb.sql(
        f"select d from (values {dates}) t(d) where try_strptime(d, '%d.%m.%Y') is null order by d"
    ).fetchall()
    assert bad == [("13.13.2026",), ("31.02.2026",)]
    assert len(bad) == expected["P10"]


def test_lumiere_would_get_61_customers_of_which_9_exist_and_one_number_is_two_firms(
    exports: Any, expected: dict[str, int]
) -> None:
    here, vat = exports.table("lumiere", "customer"), "VAT Registration No."
    south = [r for r in exports.rows("holding", "customer") if r["Country/Region Code"] in SOUTH]
    scope = [r for r in south if r["Blocked"] == ""]
    by_vat = {r[vat]: r for r in here.values()}
    taken = [r for r in scope if (r["No."],) in here]
    known = [(r, by_vat[r[vat]]) for r in scope if r[vat] in by_vat]
    alike = [(r, other) for r, other in known if r["Name"] != other["Name"]]
    nowhere = [r for r in scope if r[vat] not in by_vat and r not in taken]
    assert len(known) - len(alike) == expected["P12.customer.pairs"] == 46
    assert len(alike) == expected["P12.customer.exist_elsewhere"] == 9
    assert all(r["Post Code"] == o["Post Code"] and r["No."] != o["No."] for r, o in alike)
    assert len(nowhere) == expected["P12.customer.truly_missing"] == 52
    assert not {r["Name"] for r in here.values()} & {r["Name"] for r in nowhere}
    assert len(nowhere) + len(alike) == expected["P12.customer.create"] == 61
    assert [r["Name"] for r in taken] == ["Marchand Frères SA"]
    assert here[("20300",)]["Name"] == "Atelier Corail SARL"
    assert len(scope) == expected["P12.customer.in_filter"] == 46 + 61 + 1


def test_no_other_number_of_lumiere_is_a_number_of_the_holding(
    exports: Any, expected: dict[str, int]
) -> None:
    def common(file: str) -> set[str]:
        sides = (exports.table(company, file) for company in ("holding", "lumiere"))
        there, here = ({key[0] for key in side} for side in sides)
        return there & here

    assert common("customer") == {"20300"}
    assert not common("vendor") | common("contact")
    assert common("salesperson") == {"CD", "LM", "PB"}
    counts = [len(common(file)) for file in ("item", "payment_terms", "currency", "country_region")]
    assert counts == [expected["P12.item.pairs"], 8, 20, 58]


@pytest.mark.parametrize("file", MATCHED_BY)
def test_lumieres_pairs_and_their_differences_are_counted(
    exports: Any, expected: dict[str, int], file: str
) -> None:
    there, here = (
        {tuple(r[n] for n in MATCHED_BY[file]): r for r in exports.rows(company, file)}
        for company in ("holding", "lumiere")
    )
    both = there.keys() & here.keys()
    differ = [k for k in both if exports.differing(there[k], here[k])]
    assert len(both) == expected[f"P12.{file}.pairs"]
    assert len(differ) == expected[f"P12.{file}.pairs_differ"]
