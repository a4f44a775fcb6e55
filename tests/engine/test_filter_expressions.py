"""An expression of the product's filter language chooses the records of both sides."""

OF_BONN = {"table": "Customer", "match": ["No."], "only_coupled": False}


def drafted(twins, **filtered):
    """Records coupled before the filter was set, then changed at HQ, with two new ones."""
    t = twins({"CUSTOMER": OF_BONN})
    for key, city in {"10000": "Bonn", "15000": "bonn", "20000": "Köln", "30000": "Ulm"}.items():
        t.both(key, name="Anna", city=city)
    t.couple()
    t.open(CUSTOMER=filtered)
    t.hq.make("10000", "15000", "20000", "30000", name="Berta")
    t.hq.put("16000", name="New", city="Bonn")
    t.hq.put("99000", name="New", city="Bonn")
    t.load()
    return t


def test_an_expression_filters_both_sides(twins, assert_decided):
    t = drafted(twins, filter={"No.": {"matches": "10000..20000"}, "City": {"matches": "B*|K?ln"}})
    t.sub.put("17000", name="Only here", city="Bonn")
    t.sub.put("99500", name="Only here", city="Bonn")
    t.load()
    assert_decided(
        t.bench.compare().decisions,
        """
        key   | class           | action | rule
        10000 | changed_source  | modify | changed
        15000 | not_compared    | none   | left-filter
        20000 | changed_source  | modify | changed
        30000 | not_compared    | none   | left-filter
        16000 | new_source      | insert | new
        99000 | not_compared    | none   | outside-filter
        17000 | new_destination | none   | only-here
        99500 | not_compared    | none   | only-here
    """,
    )
    assert t.sync() == {"inserted": 1, "modified": 2}
    names = t.held("SUB")
    assert (names["10000"], names["15000"], names["16000"]) == ("Berta", "Anna", "New")
    assert "99000" not in names


def test_a_pasted_table_view_filters_the_source_and_an_expression_the_subsidiary(
    twins, assert_decided
):
    t = drafted(
        twins,
        integration_filter="SORTING(No.) WHERE(Field1=1(1*|20000),City=FILTER(@BONN|''))",
        local_filter={"No.": {"matches": "<>17*"}},
    )
    t.sub.make("17000", "18000", name="Only here", city="Ulm")
    t.load()
    assert_decided(
        t.bench.compare().decisions,
        """
        key   | class           | rule
        10000 | changed_source  | changed
        15000 | changed_source  | changed
        20000 | not_compared    | left-filter
        17000 | not_compared    | only-here
        18000 | new_destination | only-here
    """,
    )
    t.sync()
    changed = {key for key, name in t.held("SUB").items() if name in ("Berta", "New")}
    assert changed == {"10000", "15000", "16000"}


def test_an_expression_on_a_field_nobody_exported_is_not_evaluated_and_said_so(twins):
    t = twins({"CUSTOMER": {**OF_BONN, "filter": {"Blocked": {"matches": "''|Ship"}}}})
    t.both("A", "B", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    remarks = t.bench.compare().remarks.filter(kind="filter")
    assert remarks["text"].to_list() == ["The filter on Blocked is not evaluated: not exported."]
    assert t.sync()["modified"] == 1
