"""The product's own demo companies, one of many in a file, are staged as they are."""

from pathlib import Path

import pytest

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "cronus" / "customer.csv"
FIELDS = {
    "No.": "code",
    "Name": "text",
    "City": "text",
    "Post Code": "code",
    "Country/Region Code": "code",
    "Currency Code": "code",
    "Payment Terms Code": "code",
    "Phone No.": "text",
}


@pytest.mark.skipif(not FILE.is_file(), reason="the demo companies are not beside the project")
def test_one_company_of_the_demo_companies_is_staged(company):
    words = {"file": FILE.name, "where": {"company": "CRONUS_DE", "dataset": "extended"}}
    staged = company.stage(FIELDS, folder=FILE.parent.as_posix(), file=words)
    assert staged.rows == staged.kept == 63
    assert staged.set_aside.is_empty()
    assert staged.absent == ("Phone No.",)
    numbers = company.column(staged, "No.")
    assert len(set(numbers)) == 63
    assert "01121212" in numbers
