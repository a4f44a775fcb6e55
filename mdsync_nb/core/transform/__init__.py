"""Transformation rules: texts in, texts and faults out; the product's 17 types, chained."""

from mdsync_nb.core.transform.rules import Lookup, LookupKey, key_of, transformed

__all__ = ["Lookup", "LookupKey", "key_of", "transformed"]
