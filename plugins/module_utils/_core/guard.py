# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Refusals before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from .change import Action, Kind, Plan
from .shown import inert

SMALL_REMOVAL = 3
"""So many removals are never too many: ratios of tiny sets say nothing."""
LIMIT = "max_removal_ratio (jump_max_removal_ratio in the roles of this collection)"
"""The option as messages name it: most readers set it through a role."""


class GuardError(Exception):
    """A plan that is refused; problem says why and what to do, and the text what a step did."""

    def __init__(self, problem: str) -> None:
        self.problem = inert(problem)
        super().__init__(f"{self.problem} Nothing was changed in this step.")


def refuse_large_removal(plan: Plan, kind: Kind, observed: int, max_ratio: float) -> None:
    """Raise GuardError when a plan removes more of a kind of object than is allowed.

    observed is the number of such objects there are, max_ratio a share from 0 to 1.
    """
    removed = [c for c in plan if c.id.kind is kind and c.action is Action.DELETE]
    refuse_large_share(
        f"remove {{removed}} of {{observed}} objects of type '{kind.value}'",
        ["/".join(c.id.key) for c in removed],
        observed,
        max_ratio,
    )


def refuse_large_share(would: str, names: Sequence[str], observed: int, max_ratio: float) -> None:
    """Raise GuardError when these names are more of the observed objects than is allowed.

    would is what a run would do, with the places {removed} and {observed} for the numbers.
    """
    count = len(names)
    if count <= SMALL_REMOVAL or count / observed <= max_ratio:
        return
    # Rounded up, or following the advice would be refused again.
    enough = ceil(count * 100 / observed) / 100
    raise GuardError(
        f"This would {would.format(removed=count, observed=observed)} "
        f"({', '.join(names[:5])}{', ...' if count > 5 else ''}), more than the {max_ratio:.0%} "
        f"that {LIMIT} allows. If this is intended, run again with a value of at least "
        f"{enough:.2f}."
    )
