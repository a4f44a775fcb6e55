"""A webhook that is told of a notification: JSON, sent to its address."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any

from mdsync_nb.errors import CouldNotRun


def post(address: str, facts: Mapping[str, object], *, timeout: float) -> None:
    """Send JSON to an address; its answer is not read beyond the status.

    timeout: seconds after which we go on, whatever the other side does: one that sends its answer
    drop by drop must not hold up a night. Raises CouldNotRun when it did not arrive.
    """
    found: list[Exception] = []
    sending = Thread(target=_sent, args=(address, facts, timeout, found), daemon=True)
    sending.start()
    sending.join(timeout)
    if sending.is_alive():
        raise CouldNotRun(f"It did not answer within {timeout:g} s.")
    for error in found:
        raise error


def _sent(
    address: str, facts: Mapping[str, object], timeout: float, found: list[Exception]
) -> None:
    import httpx

    try:
        with httpx.stream("POST", address, json=facts, timeout=timeout) as answer:
            _refuse(answer)
    except httpx.TimeoutException:
        found.append(CouldNotRun(f"It did not answer within {timeout:g} s."))
    except httpx.InvalidURL as error:
        found.append(CouldNotRun(f"It is no address: {error}."))
    except httpx.HTTPError as error:
        found.append(CouldNotRun(f"It cannot be reached: {error or type(error).__name__}."))
    except Exception as error:
        found.append(error)


def _refuse(answer: Any) -> None:
    if not answer.is_success:
        raise CouldNotRun(f"It answered {answer.status_code} {answer.reason_phrase}.".strip())
