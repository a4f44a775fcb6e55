"""The transformation rules of a workspace by name, and the chains fields go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
