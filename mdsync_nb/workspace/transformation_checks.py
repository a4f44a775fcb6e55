"""What a transformation rule says that it cannot, and who names one that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from mdsync_nb.core.transform.dates import exact
from mdsync_nb.core.transform.patterns import pattern
from mdsync_nb.model import (
    FieldSettings,
    MappingSettings,
    Pack,
    TransformationRule,
    TransformationType,
    WorkspaceSettings,
)
from mdsync_nb.model.culture import CULTURES
from mdsync_nb.model.transformation import DIRECTIONS, EXCLUDING, PARTS, USES
from mdsync_nb.workspace.document import Fault, KeyPath
from mdsync_nb.workspace.facts import product_tables, schema_of
from mdsync_nb.workspace.reading import listed, nearest
from mdsync_nb.workspace.transformations import Rules, known_rules

SMALLEST_STEP, LARGEST_STEP = Decimal("1e-18"), Decimal("1e18")
ALWAYS = ("type", "next")
DATES = (TransformationType.DATE_FORMATTING, TransformationType.DATE_TIME_FORMATTING)
PATTERNS = (TransformationType.REGEX_MATCH, TransformationType.REGEX_REPLACE)
NEEDED = {
    "find": "the text to find",
    "precision": "what to round to, like 0.01",
    "direction": listed(DIRECTIONS),
    "part": listed(PARTS),
    "table": "the table to look in",
    "source_field": "the field that holds the value",
    "target_field": "the field to take",
}
"""What would be right for a word a rule cannot be without."""


def transformation_faults(
    settings: WorkspaceSettings, packs: Sequence[Pack], *, of: Pack | None = None
) -> Iterator[Fault]:
    """Everything wrong with the transformation rules of the workspace, or of one of its packs."""
    rules = known_rules(settings, packs)
    written = (of or settings).transformations
    for name, rule in written.items():
        path: KeyPath = ("transformations", name)
        faults = (*_word_faults(rule), *_value_faults(rule), *_lookup_faults(rule, settings))
        yield from (fault._replace(path=(*path, *fault.path)) for fault in faults)
        yield from _next_faults(name, rules)
    for path, said in _mappings(of or settings):
        for field, one in _fields(said).items():
            if one.transformation and one.transformation not in rules:
                right = (
                    f"{nearest(one.transformation, list(rules))}, or a rule of `transformations:`"
                )
                place = (*path, "fields", field, "transformation")
                yield Fault(place, one.transformation, right)


def _mappings(of: WorkspaceSettings | Pack) -> Iterator[tuple[KeyPath, MappingSettings]]:
    for name, said in of.mappings.items():
        yield ("mappings", name), said
    links = of.links if isinstance(of, WorkspaceSettings) else {}
    for link_name, link in links.items():
        for name, said in link.mappings.items():
            yield ("links", link_name, "mappings", name), said


def _fields(said: MappingSettings) -> Mapping[str, FieldSettings]:
    fields = said.fields if isinstance(said.fields, dict) else {}
    return {name: one for name, one in fields.items() if isinstance(one, FieldSettings)}


def _word_faults(rule: TransformationRule) -> Iterator[Fault]:
    """Words a type cannot be without, does not use, or that exclude each other."""
    uses = USES[rule.type]
    for word in uses.needed:
        if not getattr(rule, word):
            yield Fault((word,), "nothing", NEEDED[word])
    for word in sorted(rule.model_fields_set - {*uses.needed, *uses.optional, *ALWAYS}):
        yield Fault((word,), getattr(rule, word), f"no `{word}`; {rule.type} does not use it")
    for word, stronger in EXCLUDING.items():
        if getattr(rule, word) and getattr(rule, stronger):
            right = f"either `{stronger}` or `{word}`; leave out `{word}` if `{stronger}` is meant"
            yield Fault((word,), getattr(rule, word), right)
    if rule.type in DATES and not (rule.format or rule.culture):
        right = "`format`, like yyyyMMdd, or `culture`, like de-DE"
        yield Fault(("format",), "nothing", right)


def _value_faults(rule: TransformationRule) -> Iterator[Fault]:
    """Values that cannot be: cultures nobody knows, patterns and formats that cannot be read."""
    if rule.culture not in CULTURES:
        yield Fault(("culture",), rule.culture, ", ".join(name for name in CULTURES if name))
    if rule.format:
        yield from _refused_by(exact, "format", rule.format)
    if rule.type in PATTERNS and rule.find:
        yield from _refused_by(pattern, "find", rule.find)
    if rule.precision and not _is_a_step(rule.precision):
        yield Fault(("precision",), rule.precision, "a number above 0, like 0.01")
    for word, allowed in (("direction", DIRECTIONS), ("part", PARTS)):
        value = getattr(rule, word)
        if value and value not in allowed:
            yield Fault((word,), value, listed(allowed))


def _refused_by(read: Callable[[str], object], word: str, text: str) -> Iterator[Fault]:
    try:
        read(text)
    except ValueError as error:
        yield Fault((word,), text, str(error))


def _is_a_step(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and SMALLEST_STEP <= value <= LARGEST_STEP


def _lookup_faults(rule: TransformationRule, settings: WorkspaceSettings) -> Iterator[Fault]:
    if not rule.table:
        return
    schema = schema_of(rule.table, settings.tables)
    if schema is None:
        yield Fault(
            ("table",), rule.table, nearest(rule.table, [*product_tables(), *settings.tables])
        )
        return
    for word in ("source_field", "target_field"):
        field = getattr(rule, word)
        if field and schema.known and field not in schema.by_name:
            near = nearest(field, list(schema.by_name))
            yield Fault((word,), field, f"a field of {rule.table}, like {near}")
    if rule.source_field and rule.source_field == rule.target_field:
        yield Fault(("target_field",), rule.target_field, f"another field of {rule.table}")


def _next_faults(name: str, rules: Rules) -> Iterator[Fault]:
    """A next rule that is not there, or that comes back to this one."""
    path: KeyPath = ("transformations", name, "next")
    following = rules[name].next
    if following and following not in rules:
        yield Fault(path, following, nearest(following, list(rules)))
    seen = [name]
    while following in rules:
        if following == name:
            around = " -> ".join([*seen, name])
            yield Fault(path, rules[name].next, f"a rule that does not come back ({around})")
        if following in seen:
            return
        seen.append(following)
        following = rules[following].next
