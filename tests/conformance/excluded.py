"""The cases that are not run, each with the words of it that are the reason."""

EXCLUDED: dict[str, str] = {
    "MD-008": "local media replaced by a copy in the subsidiary",
}
"""Case id -> the words of the case that exclude it: the product's user interface, sales documents or
price lists, media storage."""
