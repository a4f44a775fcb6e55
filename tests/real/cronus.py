"""A workspace on the five published CRONUS companies, single files with a company column."""

from __future__ import annotations

import shutil
from pathlib import Path

from mdsync_nb.workbench import Workbench

CURRENCIES = {"W1": "GBP", "DE": "EUR", "US": "USD", "GB": "GBP", "FR": "EUR"}
EXTENDED = "dataset: extended, "
TABLES = {
    "Payment Terms": ("payment_terms.csv", "", ""),
    "Country/Region": (
        "country_region.csv",
        "",
        "EU Country Code: EU Country/Region Code",
    ),
    "Salesperson/Purchaser": ("salesperson_purchaser.csv", "", ""),
    "Customer": ("customer.csv", EXTENDED, ""),
    "Vendor": ("vendor.csv", EXTENDED, ""),
    "Item": ("item.csv", "", ""),
}


def _company(name: str, write: str) -> str:
    lines = [
        f"  {name}:\n    currency: {CURRENCIES[name]}\n    complete: yes\n    folder: files\n"
        f"    write: {write}\n    tables:\n"
    ]
    for table, (file, dataset, columns) in TABLES.items():
        where = f"where: {{{dataset}company: CRONUS_{name}}}"
        renamed = f", columns: {{{columns}}}" if columns else ""
        lines.append(f"      {table}: {{file: {file}, {where}{renamed}}}\n")
    return "".join(lines)


def workspace(published: Path, root: Path, *, write: str = "change_set") -> Workbench:
    """Copy the files, write mdsync.yaml with W1 as the source, and open the workbench."""
    (root / "files").mkdir()
    for file, _, _ in TABLES.values():
        shutil.copyfile(published / "cronus" / file, root / "files" / file)
    companies = "".join(_company(name, write) for name in CURRENCIES)
    links = "".join(
        f"  {name}: {{local: {name}, integration: W1, first_sync: source_wins}}\n"
        for name in CURRENCIES
        if name != "W1"
    )
    (root / "mdsync.yaml").write_text(
        f"packs: [master_data, item]\ncompanies:\n{companies}links:\n{links}"
        "mappings:\n  CUSTOMER: {match: [No.]}\n  VENDOR: {match: [No.]}\n"
        "  SALESPERSON: {match: [Code]}\nlimits: {updates: 100%, inserts: 100%}\n",
        "utf-8",
    )
    bench = Workbench(root, progress=False)
    bench.load()
    for mapping in bench.workspace.select():
        bench.couple(mapping.name)
    return bench
