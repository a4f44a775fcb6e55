"""An executed notebook for others: its code, how long each cell took, and where it stopped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def without_results(text: str, clean: Callable[[str], str]) -> str:
    """Give a notebook without its results, which may show any record; its errors are kept.

    clean: takes what is secret out of a text. Blank for a text that is no notebook.
    """
    try:
        cells = json.loads(text)["cells"]
        kept = [_cell(one, clean) for one in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    notebook = {"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(cell: dict[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    told = {
        "cell_type": str(cell["cell_type"]),
        "id": re.sub(r"[^\w-]", "", str(cell.get("id", "")))[:64] or "cell",
        "metadata": _metadata(cell.get("metadata", {})),
        "source": clean(_text(cell.get("source", ""))),
    }
    if told["cell_type"] != "code":
        return told
    errors = [one for one in cell.get("outputs", []) if one.get("output_type") == "error"]
    return {
        **told,
        "execution_count": cell.get("execution_count"),
        "outputs": [_error(one, clean) for one in errors],
    }


def _metadata(found: dict[str, Any]) -> dict[str, Any]:
    """The tags, and how long and how well papermill ran the cell."""
    ran = found.get("papermill", {})
    names = ("duration", "start_time", "end_time", "exception", "status")
    tags = [str(one) for one in found.get("tags", [])]
    return {"tags": tags, "papermill": {name: ran[name] for name in names if name in ran}}


def _error(output: dict[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    lines = [ESCAPES.sub("", str(one)) for one in output.get("traceback", [])]
    return {
        "output_type": "error",
        "ename": clean(str(output.get("ename", ""))),
        "evalue": clean(str(output.get("evalue", ""))),
        "traceback": clean("\n".join(lines)).split("\n"),
    }


def _text(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source)
