# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""New people: what each of them needs to begin, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..change import Json
from ..step import Run, Step
from ..words import IN_JSON, counted, listed
from .links import read_parameter_command, sign_in_url, switch_role_url
from .passwords_key import readers_line
from .summary_accounts import accounts_without_roles

SHOWN_PEOPLE = 3
NOT_YET = "(not available yet)"
_NO_REACH: Mapping[str, Json] = {"count": 0, "first": []}


def new_people(run: Run) -> list[dict[str, Json]]:
    """Return what to send to each person who got a password, or would get one in check mode."""
    result = run.results[Step.INITIAL_PASSWORDS]
    refused = {failure["subject"] for failure in result.get("failures", [])}
    groups_of = {user["name"]: user["groups"] for user in run.desired["users"]}
    missing = accounts_without_roles(run)
    return [
        _person(run.desired, person, groups_of.get(person["name"], []), missing)
        for person in result.get("issued", [])
        if person["name"] not in refused
    ]


def _person(
    desired: Mapping[str, Json],
    person: Mapping[str, str],
    groups: Sequence[str],
    missing: frozenset[str],
) -> dict[str, Json]:
    partition, name = desired["partition"], person["name"]
    reach = desired["reach"].get(name, _NO_REACH)
    return {
        "name": name,
        "sign_in_url": sign_in_url(desired["jump"]["account_id"], partition),
        "groups": list(groups),
        "roles": [
            {
                "account_id": r["account_id"],
                "role": r["role"],
                "url": switch_role_url(r["account_id"], r["role"], r["host"], partition),
                "is_ready": r["account_id"] not in missing,
            }
            for r in reach["first"]
        ],
        "role_count": reach["count"],
        "parameter": person["parameter"],
        "command": read_parameter_command(person["parameter"], desired["region"]),
    }


def people_lines(run: Run) -> list[str]:
    """Return the lines about new people; those beyond the first few by name only."""
    people = new_people(run)
    if not people:
        return []
    head = "New people: send each of them these lines and, over a safe channel, the password."
    if run.is_check:
        head = "People who would receive a password:"
    lines = [head]
    readers = readers_line(run)
    lines += [readers] if readers else []
    shown = people if len(people) <= SHOWN_PEOPLE + 1 else people[:SHOWN_PEOPLE]
    for person in shown:
        lines += ["", *_lines_of(person)]
    rest = people[len(shown) :]
    if rest:
        names = listed([person["name"] for person in rest])
        where = rest[0]["parameter"].rpartition("/")[0]
        lines += [
            "",
            f"  and {counted(len(rest), 'more person')}: {names}; {IN_JSON}.",
            f"  Their passwords are parameters under {where}.",
        ]
    return lines


def _lines_of(person: Mapping[str, Json]) -> list[str]:
    links = [
        f"    switch to  {r['url']}{'' if r['is_ready'] else f'  {NOT_YET}'}"
        for r in person["roles"]
    ]
    rest = person["role_count"] - len(person["roles"])
    if rest:
        links.append(f"               and {counted(rest, 'more role')}")
    return [
        f"  {person['name']}",
        f"    sign in    {person['sign_in_url']}",
        f"    groups     {', '.join(person['groups']) or 'none'}",
        *links,
        f"    password   {person['parameter']} in Parameter Store; read it with",
        f"               {person['command']}",
    ]
