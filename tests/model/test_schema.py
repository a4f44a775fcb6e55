"""A table knows its fields by name, also after it was changed."""

from mdsync_nb.model import Field, TableSchema

SHIP = TableSchema(table="Ship", fields=(Field(name="IMO"), Field(name="Name")), key=("IMO",))


def test_fields_are_found_by_name_in_their_order():
    assert list(SHIP.by_name) == ["IMO", "Name"]
    assert SHIP.by_name["Name"] is SHIP.fields[1]


def test_a_copy_with_other_fields_finds_those():
    assert list(SHIP.by_name) == ["IMO", "Name"]
    copied = SHIP.model_copy(update={"fields": (Field(name="IMO"), Field(name="Flag"))})
    assert list(copied.by_name) == ["IMO", "Flag"]
    assert list(SHIP.by_name) == ["IMO", "Name"]
