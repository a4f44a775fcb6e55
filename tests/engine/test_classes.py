"""Every pair has one class: who is there, and who moved since the two last agreed."""

import pytest


@pytest.mark.parametrize(("ids", "times"), [(True, True), (False, False), (True, (True, False))])
def test_with_a_base_the_values_say_who_changed_what(twins, assert_decided, ids, times):
    t = twins(ids=ids, times=times)
    t.both(
        "S=D=", "S+D=", "S=D+", "S+D+", "S+D+ ALIKE", "S+D+ ELSEWHERE", "S-D=", "S-D+", "S=D-",
        "S+D-", "S-D-", "S+BACK", name="Anna", city="Bonn",
    )  # fmt: skip
    t.couple()
    t.hq.make("S+D=", "S+D+", "S+D+ ELSEWHERE", "S+D-", "S+BACK", name="Berta")
    t.sub.make("S=D+", "S+D+", "S-D+", name="Carla")
    t.both("S+D+ ALIKE", name="Carla")
    t.sub.put("S+D+ ELSEWHERE", city="Ulm")
    t.hq.drop("S-D=", "S-D+", "S-D-")
    t.sub.drop("S=D-", "S+D-", "S-D-")
    t.load()
    t.hq.put("S+BACK", name="Anna")
    t.hq.put("S NEW")
    t.sub.put("D NEW")
    t.both("BOTH NEW ALIKE", name="Nina")
    t.hq.put("BOTH NEW", name="Nina")
    t.sub.put("BOTH NEW", name="Nora")
    t.load()
    found = t.bench.compare()
    assert_decided(
        found.decisions,
        """
        key            | class                           | conflict
        S=D=           | counted                         | counted
        S+D=           | changed_source                  |
        S=D+           | changed_destination             |
        S+D+           | changed_both                    | true
        S+D+ ALIKE     | changed_both_same               |
        S+D+ ELSEWHERE | changed_both                    | timestamp
        S-D=           | gone_source                     |
        S-D+           | gone_source_changed_destination |
        S=D-           | gone_destination                |
        S+D-           | gone_destination_changed_source |
        S NEW          | new_source                      |
        D NEW          | new_destination                 |
        BOTH NEW ALIKE | new_both_same                   |
        BOTH NEW       | new_both_differ                 |
    """,
    )
    classes = dict(found.classes.select("class", "records").iter_rows())
    assert classes["gone_both"] == 1
    assert sum(classes.values()) == 16
    cells = found.cells.join(found.decisions, on=["source_id", "destination_id"], nulls_equal=True)
    drawn = cells.select("key", "field", "base", "source", "destination", "class").sort(
        "key", "field"
    )
    assert [(*row[:5], str(row[5])) for row in drawn.rows() if "NEW" not in row[0]] == [
        ("S+D+", "Name", "Anna", "Berta", "Carla", "both"),
        ("S+D+ ALIKE", "Name", "Anna", "Carla", "Carla", "both_same"),
        ("S+D+ ELSEWHERE", "City", "Bonn", "Bonn", "Ulm", "destination"),
        ("S+D+ ELSEWHERE", "Name", "Anna", "Berta", "Anna", "source"),
        ("S+D=", "Name", "Anna", "Berta", "Anna", "source"),
        ("S=D+", "Name", "Anna", "Anna", "Carla", "destination"),
    ]


def never_agreed(t):
    """Records that differed when they were coupled, and what became of them."""
    handles = ("S=D=", "S+D=", "S=D+", "S+D+", "S-D=", "S-D+", "S=D-", "S+D-", "NOW ALIKE")
    t.hq.make(*handles, name="Anna")
    t.sub.make(*handles, name="Ann")
    t.couple()
    t.hq.make("S+D=", "S+D+", "S+D-", name="Berta")
    t.sub.make("S=D+", "S+D+", "S-D+", name="Carla")
    t.sub.put("NOW ALIKE", name="Anna")
    t.hq.drop("S-D=", "S-D+")
    t.sub.drop("S=D-", "S+D-")
    t.load()
    return t.bench.compare().decisions


@pytest.mark.parametrize(
    ("there", "here"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_without_a_base_the_times_and_the_loads_since_coupling_say_it(
    twins, assert_decided, there, here
):
    changed, both = ("changed", "local-change") if there else ("origin-unknown",) * 2
    assert_decided(
        never_agreed(twins(times=(there, here))),
        f"""
        key       | class                           | rule               | conflict
        S=D=      | origin_unknown                  | origin-unknown     |
        S+D=      | changed_source                  | {changed}          |
        S=D+      | changed_destination             | origin-unknown     |
        S+D+      | changed_both                    | {both}             |
        S-D=      | gone_source                     | orphan             |
        S-D+      | gone_source_changed_destination | orphan             |
        S=D-      | gone_destination                | coupled-to-deleted |
        S+D-      | gone_destination_changed_source | coupled-to-deleted |
        NOW ALIKE | agrees                          | late-unchanged     |
    """,
    )


def test_less_than_ten_milliseconds_apart_is_the_same_time(twins, assert_decided):
    t = twins()
    t.both("9 MS", "10 MS", name="Anna")
    t.couple()
    t.hq.touch("9 MS", "10 MS")
    t.load()
    t.sync()
    for handle, late in (("9 MS", 9), ("10 MS", 10)):
        agreed = t.coupling(handle)["integration_modified_at"]
        moved = agreed.replace(microsecond=late * 1000).isoformat() + "Z"
        t.hq.tables["Customer"][handle]["SystemModifiedAt"] = moved
    t.load()
    assert_decided(
        t.bench.compare().decisions,
        """
        key   | class   | rule
        9 MS  | counted | counted
        10 MS | agrees  | touched
    """,
    )
