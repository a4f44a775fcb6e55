"""The transformation rules of a workspace by name, and the chains fields go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import Pack, TransformationRule, WorkspaceSettings
from mdsync_nb.workspace.packs import product_rules

Rules = Mapping[str, TransformationRule]


def known_rules(
    settings: WorkspaceSettings, packs: Sequence[Pack]
) -> dict[str, TransformationRule]:
    """Give every rule by name: the product's own, those of the packs, those of the workspace.

    A rule of the same name takes the place of the one before it, as a whole.
    """
    rules = dict(product_rules())
    for pack in packs:
        rules |= pack.transformations
    return rules | settings.transformations


def chain_of(name: str, rules: Rules) -> tuple[TransformationRule, ...]:
    """Give a rule and those its result is passed on to, in order; each without its `next`.

    The rules were checked: each is there, and none comes back to itself.
    """
    chain: list[TransformationRule] = []
    while name:
        chain.append(rules[name].model_copy(update={"next": ""}))
        name = rules[name].next
    return tuple(chain)


def chain_in_words(chain: Sequence[TransformationRule]) -> str:
    """Say what the rules of a chain do, one after the other; nothing for none."""
    return ", then ".join(_in_words(one) for one in chain)


def rules_listed(settings: WorkspaceSettings, packs: Sequence[Pack]) -> pl.DataFrame:
    """Give every rule a field may name (`frames.TRANSFORMATIONS`), the workspace's own first."""
    rules = known_rules(settings, packs)
    origins = dict.fromkeys(product_rules(), "product")
    for pack in packs:
        origins |= dict.fromkeys(pack.transformations, f"pack {pack.pack}")
    origins |= dict.fromkeys(settings.transformations, "transformations")
    names = sorted(rules, key=lambda name: (origins[name] == "product", name))
    rows = [(name, chain_in_words(chain_of(name, rules)), origins[name]) for name in names]
    return pl.DataFrame(rows, schema=list(frames.TRANSFORMATIONS.items()), orient="row")


def _in_words(rule: TransformationRule) -> str:
    words = rule.model_dump(mode="json", exclude_defaults=True, exclude={"type", "next"})
    said = [f"{word.replace('_', ' ')} {value!r}" for word, value in words.items()]
    return " ".join([rule.type.replace("_", " "), *([f"({', '.join(said)})"] if said else [])])
