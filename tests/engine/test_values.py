"""What a field transfers: constants, directions, references that fail, currencies, first words."""

import pytest

MATCH = {"table": "Customer", "match": ["No."]}
WINS = {"link": {"first_sync": "source_wins"}}


def test_every_type_is_written_as_it_was_read(twins):
    t = twins()
    values = {
        "Name": "Zoë, \"Z\" & Co.", "Credit Limit (LCY)": "1234.50", "Blocked": "Invoice",
        "Prices Including VAT": "true", "Last Date Modified": "2026-02-28", "Priority": "7",
        "Currency Code": "USD", "Last Modified Date Time": "2026-02-28T23:59:59.123Z",
    }  # fmt: skip
    blank = dict.fromkeys(values, "")
    t.both("FILLED", "EMPTIED", "SAME", **blank)
    t.couple()
    t.hq.put("FILLED", **values)
    t.both("EMPTIED", **values)
    t.load()
    assert t.sync() == {"modified": 1, "unchanged": 2}
    t.take_over()
    emptied = {name: "" for name in values if "Date" not in name}
    t.hq.put("EMPTIED", **emptied)  # a blank date overwrites none: FT-026
    t.hq.put("ALL NEW", **values)
    t.load()
    assert t.sync(full=True) == {"modified": 1, "inserted": 1, "unchanged": 2}
    fields = ", ".join(f'"{name}"' for name in values)
    for handle in ("FILLED", "EMPTIED", "ALL NEW"):
        sides = [
            t.bench.sql(f"select {fields} from {one}.Customer where \"No.\" = '{handle}'").row(0)
            for one in ("HQ", "SUB")
        ]
        assert sides[0] == sides[1]
    t.take_over()
    t.load()
    assert t.sync() == {}
    assert t.sync(full=True) == {"unchanged": 4}


def test_a_constant_goes_in_whatever_the_source_holds(twins):
    fields = {"only": ["No.", "Name", "Type"]}
    t = twins(
        {
            "CONTACT": {
                "table": "Contact",
                "match": ["No."],
                "fields": fields,
                "constants": {"Type": "Person"},
            }
        }
    )
    t.both("PERSON", table="Contact", name="Anna", type="Person")
    t.both("COMPANY", table="Contact", name="Firm", type="Company")
    t.couple()
    assert t.bench.compare().cells.select("field", "source", "destination").rows() == [
        ("Type", "Person", "Company")
    ]
    t.hq.make("PERSON", "COMPANY", table="Contact", name="Berta")
    t.hq.put("NEW", table="Contact", name="Nina", type="Company")
    t.load()
    assert t.sync(full=True) == {"modified": 2, "inserted": 1}
    assert t.held("SUB", "type", "Contact") == dict.fromkeys(["PERSON", "COMPANY", "NEW"], "Person")


def test_only_enabled_fields_are_transferred_and_from_the_field_that_was_said(twins):
    said = {"Name": True, "City": False, "Name 2": {"enabled": True, "integration": "Name"}}
    t = twins({"CUSTOMER": {**MATCH, "fields": said}})
    t.both("A", name="Anna", city="Bonn", post="1", name2="Anna")
    t.couple()
    t.hq.put("A", name="Berta", city="Ulm", post="2", name2="Carla")
    t.load()
    assert t.sync() == {"modified": 1}
    held = [t.held("SUB", field)["A"] for field in ("name", "city", "post", "name2")]
    assert held == ["Berta", "Bonn", "1", "Berta"]


def test_a_blank_primary_contact_does_not_blank_the_one_here(twins):
    t = twins({"CUSTOMER": MATCH})
    t.both("BLANKED", "ONLY THAT", "CHANGED", name="Anna", contact="K1")
    t.couple()
    t.hq.put("BLANKED", contact="", name="Berta")
    t.hq.put("ONLY THAT", contact="")
    t.hq.put("CHANGED", contact="K2")
    t.load()
    assert t.sync() == {"modified": 2, "unchanged": 1}
    assert t.held("SUB", "contact") == {"BLANKED": "K1", "ONLY THAT": "K1", "CHANGED": "K2"}


CURRENCIES = """
    hq  | sub | same              | two currencies
    -   | -   | touched           | currency-meaning
    -   | GBP | touched           | touched
    -   | EUR | currency differs  | currency-meaning
    -   | USD | currency differs  | currency-meaning
    GBP | -   | touched           | changed
    GBP | GBP | touched           | touched
    EUR | -   | currency differs  | touched
    EUR | EUR | touched           | touched
    USD | -   | currency differs  | changed
    USD | USD | touched           | touched
    USD | EUR | currency differs  | changed
"""


@pytest.mark.parametrize("two", [False, True], ids=["one currency", "two currencies"])
def test_a_blank_currency_means_the_company_s_own(twins, rows_of, two):
    t = twins({"CUSTOMER": MATCH}, currencies=("GBP", "EUR" if two else "GBP"), **WINS)
    rows = rows_of(CURRENCIES)
    for row in rows:
        key = f"{row['hq']} {row['sub']}"
        t.hq.put(key, currency=row["hq"].strip("-"))
        t.sub.put(key, currency=row["sub"].strip("-"))
    t.couple()
    plan = t.bench.plan(full=True)
    found = dict(plan.decisions.select("key", "rule").iter_rows())
    words = {"currency differs": "changed"}
    for row in rows:
        expected = row["two currencies" if two else "same"]
        expected = words.get(expected, expected)
        assert found.get(f"{row['hq']} {row['sub']}", "touched") == expected, row
    t.applied(plan.plan_id)
    held = t.held("SUB", "currency")
    written = {r["hq"] for r in rows if found.get(f"{r['hq']} {r['sub']}") == "changed"}
    assert all(held[f"{r['hq']} {r['sub']}"] == (r["hq"].strip("-") or None)
               for r in rows if found.get(f"{r['hq']} {r['sub']}") == "changed"), written  # fmt: skip


def test_an_account_without_a_source_currency_allows_any_and_does_not_mean_its_own(twins):
    t = twins({"GLACCOUNT": {"table": "G/L Account", "match": ["No."]}},
              currencies=("GBP", "EUR"), **WINS)  # fmt: skip
    for currency in ("", "USD"):
        t.both(currency or "ANY", table="G/L Account", **{"Source Currency Code": currency})
    t.hq.put("FREED", table="G/L Account", **{"Source Currency Code": ""})
    t.sub.put("FREED", table="G/L Account", **{"Source Currency Code": "USD"})
    t.couple()
    plan = t.bench.plan(full=True)
    assert dict(plan.decisions.select("key", "rule").iter_rows()) == {"FREED": "changed"}


def test_a_currency_that_means_the_same_is_not_written_along_with_another_field(twins):
    t = twins({"CUSTOMER": MATCH}, currencies=("GBP", "EUR"))
    t.both("SOURCE BLANKS IT", name="Anna", currency="GBP")
    t.hq.put("WE BLANK IT", name="Anna", currency="EUR")
    t.sub.put("WE BLANK IT", name="Anna", currency="EUR")
    t.couple()
    t.hq.put("SOURCE BLANKS IT", currency="", name="Berta")
    t.hq.put("WE BLANK IT", name="Berta")
    t.sub.put("WE BLANK IT", currency="")
    t.load()
    t.open(CUSTOMER={"overwrite_local_change": True})
    plan = t.bench.plan()
    assert set(plan.cells["field"]) == {"Name"}
    assert t.applied(plan.plan_id) == {"modified": 2}
    assert t.held("SUB", "currency") == {"SOURCE BLANKS IT": "GBP", "WE BLANK IT": None}


def test_a_new_record_with_a_blank_currency_waits_where_it_would_mean_another(
    twins, assert_decided
):
    t = twins({"CUSTOMER": MATCH}, currencies=("GBP", "EUR"))
    t.both("OLD", currency="USD", limit="5")
    t.couple()
    t.hq.put("BLANK", currency="", limit="10")
    t.hq.put("SAID", currency="GBP", limit="10")
    t.load()
    plan = t.bench.plan(full=True)
    assert_decided(
        plan.decisions,
        """
        key   | action | rule
        BLANK | wait   | currency-meaning
        SAID  | insert | new
    """,
    )
    t.applied(plan.plan_id)
    assert t.held("SUB", "limit") == {"OLD": 5, "SAID": 0}


def test_amounts_in_local_currency_are_neither_compared_nor_written_across_currencies(twins):
    t = twins({"CUSTOMER": MATCH}, currencies=("GBP", "EUR"))
    t.hq.put("A", name="Anna", limit="10")
    t.sub.put("A", name="Anna", limit="12")
    t.couple()
    t.hq.put("A", name="Berta", limit="20")
    t.load()
    assert t.bench.compare().remarks.filter(kind="currency")["text"].to_list() == [
        "Credit Limit (LCY): GBP there, EUR here."
    ]
    assert t.sync() == {"modified": 1}
    assert t.held("SUB", "limit") == {"A": 12}


@pytest.mark.parametrize(
    ("word", "times", "rules"),
    [
        ("ask", True, {"DIFFERS": "origin-unknown", "LATER": "changed", "HERE": "origin-unknown"}),
        ("ask", False, dict.fromkeys(["DIFFERS", "LATER", "HERE"], "origin-unknown")),
        ("source_wins", True, {"DIFFERS": "changed", "LATER": "changed", "HERE": "local-change"}),
        ("source_wins", False, {"DIFFERS": "changed", "LATER": "changed", "HERE": "local-change"}),
    ],
)
def test_a_pair_that_never_agreed_waits_until_somebody_says_who_wins(twins, word, times, rules):
    t = twins({"CUSTOMER": MATCH}, times=times, link={"first_sync": word})
    t.hq.make(*rules, "ALIKE", name="Anna")
    t.sub.make(*rules, name="Ann")
    t.sub.put("ALIKE", name="Anna")
    t.couple()
    t.hq.put("LATER", name="Berta")
    t.sub.put("HERE", name="Carla")
    t.load()
    plan = t.bench.plan()
    assert dict(plan.decisions.select("key", "rule").iter_rows()) == rules
    t.applied(plan.plan_id)
    again = t.bench.plan().decisions
    held = {key: rule for key, rule in rules.items() if rule != "changed"}
    assert dict(again.select("key", "rule").iter_rows()) == held
