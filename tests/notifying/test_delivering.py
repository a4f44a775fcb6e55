"""Notifications reach a real server once, later if need be, and hold up nobody."""

from __future__ import annotations

import json
import time

import pytest

from .conftest import Night, Server


def test_a_notice_arrives_once_and_says_what_happened(night: Night, server: Server):
    night.tell(webhook=server.url)
    assert night.ends(failing=True, message="The file is cut off.") == 1
    assert night.deliver() == [(True, "")]
    assert night.deliver() == []
    [heard] = server.heard
    assert heard == {
        "id": 1,
        "event": "failure",
        "title": "Failed: DE/THING",
        "message": "The last attempt failed, and it is not tried again. The file is cut off.",
        "mapping": "DE/THING",
        "workspace": "Group",
        "at": "2026-03-01T02:00:00Z",
        "text": "Failed: DE/THING",
    }
    assert night.listed("status", "attempts", "next_at", "error") == [("sent", 1, None, "")]


def test_what_is_answered_with_an_error_is_sent_again_later_and_then_no_more(
    night: Night, server: Server
):
    night.tell(webhook=server.url)
    server.statuses = [500, 200]
    night.ends(failing=True)
    assert night.deliver() == [(False, "It answered 500 Internal Server Error.")]
    assert night.deliver() == []
    assert night.listed("status", "attempts") == [("waiting", 1)]
    night.later(minutes=1)
    assert night.deliver() == [(True, "")]
    night.later(days=1)
    assert night.deliver() == []
    assert [one["id"] for one in server.heard] == [1, 1]
    assert night.listed("status", "attempts") == [("sent", 2)]


@pytest.mark.parametrize("back", [{"hours": -1}, {"days": -1}], ids=["an hour", "a day"])
def test_a_clock_that_goes_back_holds_no_notification_up_for_longer_than_the_longest_wait(
    night: Night, server: Server, back: dict[str, int]
):
    night.tell(webhook=server.url)
    server.statuses = [500, 200]
    night.ends(failing=True)
    assert night.deliver() == [(False, "It answered 500 Internal Server Error.")]
    night.later(**back)
    if "hours" in back:
        assert night.deliver() == []
        night.later(hours=1, minutes=1)
    assert night.deliver() == [(True, "")]


def test_after_the_attempts_it_is_given_up_and_said_until_the_place_is_reached_again(
    night: Night, server: Server
):
    night.tell(webhook=server.url, attempts=2)
    server.statuses = [503, 503, 200]
    night.ends(failing=True)
    for _ in range(4):
        night.deliver()
        night.later(hours=6)
    assert len(server.heard) == 2
    assert night.listed("status", "attempts", "stands") == [("given up", 2, True)]
    night.ends(failing=False)
    night.deliver()
    assert night.listed("event", "status", "stands") == [
        ("recovery", "sent", False),
        ("failure", "given up", False),
    ]


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_server_that_never_ends_its_answer_blocks_no_longer_than_the_timeout(
    how: str, night: Night, server: Server
):
    night.tell(webhook=server.url)
    server.statuses = [how]
    night.ends(failing=True)
    began = time.monotonic()
    assert night.deliver(timeout=0.3) == [(False, "It did not answer within 0.3 s.")]
    assert time.monotonic() - began < 3


def test_a_target_that_fails_is_left_alone_for_the_rest_and_the_others_are_told(
    night: Night, server: Server
):
    night.tell(webhook=[server.url, "http://127.0.0.1:9/nobody"])
    for entry in (1, 2, 3):
        night.ends(entry_id=entry, failing=True)
    tried = night.deliver()
    assert sorted(sent for sent, _ in tried) == [False, True, True, True]
    assert len(server.heard) == 3
    assert "cannot be reached" in next(error for sent, error in tried if not sent)


def test_no_further_attempt_begins_once_the_total_is_used_up(night: Night, server: Server):
    night.tell(webhook=server.url)
    night.ends(failing=True)
    assert night.deliver(total=0) == []
    assert night.listed("status", "attempts") == [("waiting", 0)]


def test_what_one_delivers_another_leaves_alone(night: Night, server: Server):
    night.tell(webhook=server.url)
    night.ends(failing=True)
    outbox = night.bench.store.outbox
    until = night.now.replace(hour=3)
    assert outbox.claim(at=night.now, until=until, without=()) is not None
    assert night.deliver() == []
    night.later(hours=1)
    assert night.deliver() == [(True, "")]


def test_a_redirect_is_not_followed(night: Night, server: Server):
    night.tell(webhook=server.url)
    server.statuses = [302]
    night.ends(failing=True)
    assert night.deliver() == [(False, "It answered 302 Found.")]
    assert len(server.heard) == 1


def test_a_secret_is_filled_in_when_it_is_sent_and_shown_nowhere(
    night: Night, server: Server, monkeypatch: pytest.MonkeyPatch
):
    night.tell(webhook="${MDSYNC_WEBHOOK}", attempts=3)
    night.ends(failing=True)
    tried = night.deliver()
    assert tried[0][1].startswith("The environment holds no MDSYNC_WEBHOOK.")
    monkeypatch.setenv("MDSYNC_WEBHOOK", "http://127.0.0.1:port/secret-path")
    night.later(minutes=1)
    night.deliver()
    monkeypatch.setenv("MDSYNC_WEBHOOK", server.url)
    night.later(minutes=4)
    assert night.deliver() == [(True, "")]
    stored = (night.root / ".mdsync" / "workbench.duckdb").read_bytes()
    shown = json.dumps(night.bench.notifications().to_dicts(), default=str)
    assert b"secret-path" not in stored
    assert "secret-path" not in shown
    assert night.listed("target") == [("webhook ${MDSYNC_WEBHOOK}",)]


def test_an_address_that_was_written_out_shows_its_host_alone(night: Night):
    night.tell(webhook=["http://u:pw@127.0.0.1:9/token?key=1", "http://127.0.0.1:9/other"])
    night.ends(failing=True)
    night.deliver()
    told = str(night.listed("target", "error"))
    assert "webhook 1 http://127.0.0.1" in told
    assert "webhook 2 http://127.0.0.1" in told
    assert not [one for one in ("token", "pw", "key=1", "other") if one in told]


def test_a_target_that_is_no_longer_named_is_given_up(night: Night, server: Server):
    night.tell(webhook=server.url)
    night.ends(failing=True)
    night.tell(command=["no-such-program"])
    assert night.deliver() == [(False, "mdsync.yaml no longer names this target.")]
    assert night.listed("status") == [("given up",)]


def test_without_a_target_nothing_is_noted(night: Night):
    assert night.ends(failing=True) == 0
    assert night.listed("title") == []


def test_a_test_is_sent_at_once_and_leaves_nothing_behind(night: Night, server: Server):
    night.tell(webhook=server.url, command=["no-such-program"])
    tried = night.bench.test_notification()
    assert sorted(tried.select("target", "sent").rows()) == [
        ("command no-such-program", False),
        ("webhook http://127.0.0.1", True),
    ]
    assert server.heard[0]["event"] == "test"
    assert night.listed("title") == []
