"""The catalogue of known errors: its words find the messages they are for, and no others."""

from __future__ import annotations

import re

import pytest
import typer

from mdsync_nb.cli import app
from mdsync_nb.core import actions, classify, resolve
from mdsync_nb.engine.diagnosing import diagnosed
from mdsync_nb.model import Action
from mdsync_nb.workspace.catalogue import known_errors
from mdsync_nb.workspace.packs import shipped_packs

MESSAGES = """
throttling         | Number of requests exceeded the limit of 6000 over time window of 300 seconds.
throttling         | The remote server returned an error: (429) Too Many Requests.
throttling         | Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds
workbench-busy     | workbench.duckdb is held by duckdb (process 12); gave up after 60 s.
machine-refuses    | .mdsync/workbench.duckdb cannot be written: the disk is full.
machine-refuses    | .mdsync/workbench.duckdb cannot be written: its folder or the file may not be written.
machine-refuses    | The change set cannot be written into out/57251541/DE: Read-only file system.
machine-refuses    | thing.csv cannot be replaced: No space left on device. All files of the company are as they were.
record-locked      | The record in table Customer is locked by another user. Try the activity again.
record-locked      | The record in table Item is being updated in a transaction done by another session.
record-locked      | Transaction was deadlocked on lock resources
timed-out          | The operation has timed out
timed-out          | Execution Timeout Expired. The timeout period elapsed prior to completion.
timed-out          | 503 Service Unavailable
stale-write        | It moved since the plan was made.
stale-write        | A record with this key was created since the plan was made.
stale-write        | The version of the existing record doesn't match the RowVersion property provided.
stale-write        | 412 Precondition Failed
stale-write        | Another user has already changed the record.
missing-privilege  | Principal user (Id=0b1c2d3e-aaaa-4bbb-8ccc-1234567890ab, type=8) is missing prvReadaccount privilege
missing-privilege  | SecLib::AccessCheckEx failed. Returned hr = -2147187962
missing-privilege  | You do not have permission to delete entities in Dynamics 365 Sales.
administrator-as-integration-user | The administrator account was specified as the integration user.
not-a-member       | The user is not a member of the organization.
not-a-member       | The specified user is disabled.
password-must-change | AADSTS50055: The password is expired.
password-must-change | The password of the integration user must be changed before the first sign-in.
sign-in-failed     | AADSTS7000215: Invalid client secret provided.
exchange-rate-missing | There is no Currency Exchange Rate within the filter. Filters: Currency Code: EUR
exchange-rate-missing | The exchange rate for the currency USD is not specified.
must-be-coupled    | Currency EUR must be coupled to a record in Dataverse.
must-be-coupled    | It refers to a record without a counterpart.
reference-missing  | Blocked by a missing record. Payment Terms 21 DAYS is missing in Nordic.
reference-missing  | The field Country Code of table Customer contains a value (XX) that cannot be found in the related table.
template-missing   | The Config. Template Header CUSTOMER2 was not found.
table-not-mapped   | The Integration Table Mapping CUSTOMER is not configured for ToIntegrationTable synchronization.
table-not-mapped   | Source table 18 and destination table 5341 do not match integration table mapping VENDOR.
table-not-mapped   | The synchronization direction cannot be determined.
filter-invalid     | The filter '1..' is wrong at position 4: found the end; right would be a value.
column-missing     | HOLDING Customer: customer.csv has no column 'Name 2'.
file-unreadable    | HOLDING Customer: customer.csv, row 7 cannot be read: it is cut off.
plan-refused       | NORDIC/CUSTOMER: the plan would change 90 records; the limit is 20% of 100.
deleted-counterpart | The Customer record cannot be updated because it is coupled to a deleted record.
deleted-counterpart | systemuser With Id = 0b1c2d3e-aaaa-4bbb-8ccc-1234567890ab Does Not Exist
update-conflict    | Cannot update the Customer record because it has a later modified date than the Account record.
local-change       | Record Customer: 10000 was modified locally since the last synchronization and a different value for field 'Name' (X) is synchronizing from the source record.
duplicate-key      | The record in table Customer already exists. Identification fields and values: No.='C1'
duplicate-key      | Cannot insert duplicate key.
natural-key-unsure | Several records have its natural key.
value-too-long     | The length of the string is 61, but it must be less than or equal to 50 characters. Value: X
value-does-not-fit | A transformation rule cannot be applied. ROUND: 'x' is no number.
value-needed       | Payment Terms Code must have a value in Customer: No.=10000. It cannot be zero or empty.
currency-meaning   | A blank currency means another currency here; writing it would change the meaning.
set-aside          | The synchronization has been skipped. The Customer record is marked as skipped.
"""
LINES = [tuple(map(str.strip, line.split("|", 1))) for line in MESSAGES.strip().splitlines()]
LADDERS = (
    *actions.LADDERS.values(),
    classify.BEFORE_VALUES,
    resolve.AFTER_VALUES,
    resolve.INSERTING,
)
OF_APPLYING = {"stale", "depends-on-failed", "value-does-not-fit", "key-taken"}
"""Rules that only an application can find out (store/judging)."""

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "message"), LINES)
def test_a_message_is_known_by_its_words(name: str, message: str) -> None:
    found = diagnosed([message])
    assert found["id"].to_list() == [name]
    assert found["family"].item() == ("transient" if known_errors()[name].transient else "real")


def test_every_entry_has_a_message_it_is_known_by() -> None:
    assert {name for name, _ in LINES} == set(known_errors())


@pytest.mark.parametrize(
    "message",
    [
        "It is raining.",
        "Customer 10000",
        "",
        "…",
        "Nothing can be said",
        "Anna exceeded her budget.",
    ],
)
def test_a_message_nobody_knows_says_so_and_what_to_send(message: str) -> None:
    row = diagnosed([message]).row(0, named=True)
    assert (row["id"], row["title"]) == ("", "This message is not known")
    assert "`mdsync bundle JOB`" in row["fix"]


def test_every_rule_that_fails_a_record_has_an_entry_and_none_is_invented() -> None:
    named = {rule for one in known_errors().values() for rule in one.rules}
    rules = {rule.id: rule for ladder in LADDERS for rule in ladder}
    failing = {name for name, rule in rules.items() if rule.action is Action.FAIL}
    assert failing <= named
    assert named <= rules.keys() | OF_APPLYING


@pytest.mark.parametrize("name", known_errors())
def test_an_entry_says_why_what_to_do_and_how_to_see_it(name: str) -> None:
    one = known_errors()[name]
    for text in (one.cause, one.fix, one.verify):
        assert text.endswith(".")
        for verb in re.findall(r"`mdsync ([\w-]+)", text):
            assert verb in COMMANDS, verb
    assert "`" in one.verify or "connection" in one.verify


def test_the_catalogue_is_no_pack() -> None:
    assert "errors" not in shipped_packs()
