# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Which levels an update of the stack set changes, and in how many accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..change import Action, Json
from ..templates.switch_roles import FENCE, GUARD, limit_of
from ..words import counted

_WORDS = {
    Action.CREATE: ("added in", "to add in"),
    Action.UPDATE: ("changed in", "to change in"),
    Action.DELETE: ("removed from", "to remove from"),
}
_LIMIT_ANYWHERE, _LIMIT_ELSEWHERE = (
    json.dumps(limit_of(limits)) for limits in ((FENCE, GUARD), (GUARD,))
)
_IN_JUMP = "the Jump account"
_PLACES = {FENCE: ("fence", _IN_JUMP), GUARD: ("guard", "the member accounts")}


def level_rows(
    result: Mapping[str, Json], levels: Mapping[str, str], *, is_check: bool
) -> list[tuple[str, str]]:
    """Return 'developer changed in 3 accounts' and the like; levels are by name of their role."""
    changes = [c for c in result.get("changes", []) if c["action"] == Action.UPDATE]
    if not changes:
        return []
    failed = {f.get("account_id") for f in result.get("failures", [])}
    reached = {i["account_id"] for i in result["updates_instances"]} - failed
    where = counted(len(reached), "account")
    templates = [changes[0][side]["template"] for side in ("before", "after")]
    before, after = (_parts(template) for template in templates)
    rows = [
        (_PLACES[part][0], f"{_WORDS[action][is_check]} {_PLACES[part][1]}")
        if part in _PLACES
        else ("level", f"{levels.get(part, part)} {_WORDS[action][is_check]} {where}")
        for part, action in _differences(before, after)
    ]
    elsewhere = [_elsewhere(template) for template in templates]
    return [
        *rows,
        *(
            ("level", f"{levels.get(role, role)} {_WORDS[action][is_check]} {_IN_JUMP}")
            for action, roles in (
                (Action.CREATE, elsewhere[0] & after.keys() - elsewhere[1]),
                (Action.DELETE, elsewhere[1] & before.keys() - elsewhere[0]),
            )
            for role in sorted(roles)
        ),
    ]


def _parts(template: Mapping[str, Json]) -> dict[str, Json]:
    """Return the roles of a template by their names, and the policies by their logical ids.

    In member accounts a role is the same whether the Jump account has it, too, or not.
    """
    return {
        r["Properties"].get("RoleName", logical_id): json.loads(
            json.dumps(r["Properties"]).replace(_LIMIT_ANYWHERE, _LIMIT_ELSEWHERE)
        )
        for logical_id, r in template["Resources"].items()
    }


def _elsewhere(template: Mapping[str, Json]) -> set[str]:
    """Return the roles that a template makes in member accounts only."""
    return {
        r["Properties"]["RoleName"]
        for r in template["Resources"].values()
        if "Condition" in r and "RoleName" in r["Properties"]
    }


def _differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[tuple[str, Action]]:
    return [
        *((part, Action.CREATE) for part in sorted(after.keys() - before.keys())),
        *(
            (part, Action.UPDATE)
            for part in sorted(after.keys() & before.keys())
            if after[part] != before[part]
        ),
        *((part, Action.DELETE) for part in sorted(before.keys() - after.keys())),
    ]
