"""What was matched, as people read it: names, counterparts, and whether a pair agrees."""

import polars as pl

from mdsync_nb import frames

NAME = "SUB/CUSTOMER"
BY_VAT = {"CUSTOMER": {"table": "Customer", "match": ["VAT Registration No."]}}


def test_records_have_their_names_and_counterparts(twins):
    t = twins(BY_VAT)
    for key, name in (("A", "Müller"), ("B", "Huber"), ("C", "Polarlys")):
        t.hq.put(key, name=name, vat=f"V{key}")
    t.sub.put("1", name="Mueller", vat="VA")
    t.sub.put("2", name="Huber", vat="VB")
    t.load()
    t.pair(NAME.partition("/")[2], A="1")
    found = t.bench.match(NAME)
    assert found.records.schema == frames.empty(frames.MATCHED).schema
    told = found.records.select(
        "record_key", "record_name", "outcome", "counterpart_key", "counterpart_name", "local_id"
    )
    assert told.rows() == [
        ("A", "Müller", "coupled", "1", "Mueller", t.sub.id("1")),
        ("B", "Huber", "match", "2", "Huber", t.sub.id("2")),
        ("C", "Polarlys", "unmatched", None, None, None),
    ]
    assert found.records["equal"].is_not_null().to_list() == [False, True, False]
    assert {"Name", "VAT Registration No."} <= set(found.fields)


def test_pairs_a_person_chose_have_no_names_and_no_evidence(twins):
    t = twins(BY_VAT)
    t.hq.put("A", name="Müller")
    t.sub.put("1", name="Mueller")
    t.load()
    found = t.bench.match(NAME, pairs=[("A", "1")])
    told = found.records.select("integration_id", "local_id", "record_name").row(0)
    assert told == (t.hq.id("A"), t.sub.id("1"), None)
    assert found.evidence.equals(pl.DataFrame())
