# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What people read at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .change import Json
from .links import read_parameter_command, sign_in_url, switch_role_url

SHOWN_LINKS = 3
_VERBS = {"create": ("created", "to create"), "update": ("updated", "to update")}
_DELETE = ("deleted", "to delete")

Results = Mapping[str, Mapping[str, Json]]
"""Module results by the name of the step, in the order of the run."""


def build_summary(desired: Mapping[str, Json], results: Results, check_mode: bool) -> list[str]:
    """Return the lines of the summary."""
    return [
        *_overview(desired, results),
        *_changes(results, check_mode),
        *_new_people(desired, results, check_mode),
        *_left_alone(desired, results),
        *_failures(results),
    ]


def all_failures(results: Results) -> list[str]:
    """Return the sentences of everything that was refused, each once."""
    found = [f["message"] for r in results.values() for f in r.get("failures", [])]
    return list(dict.fromkeys(found))


def _overview(desired: Mapping[str, Json], results: Results) -> list[str]:
    accounts = f"{len(desired['accounts'])} in the inventory"
    refused = {f["subject"] for f in results.get("stack instances", {}).get("failures", [])}
    if refused:
        accounts += f", {len(refused)} without current switch roles"
    return [
        f"Jump account {desired['jump']['account_id']} in {desired['region']}",
        f"  accounts  {accounts}",
        f"  groups    {len(desired['groups'])}",
        f"  people    {len(desired['roster'])} in the roster",
        "",
    ]


def _made(result: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    made: Sequence[Mapping[str, Json]] = result.get("applied", result.get("changes", []))
    return made


def _changes(results: Results, check_mode: bool) -> list[str]:
    lines = []
    total = 0
    for step, result in results.items():
        counts = Counter(change["action"] for change in _made(result))
        total += counts.total()
        if counts:
            words = ", ".join(
                f"{counts[action]} {_VERBS.get(action, _DELETE)[check_mode]}"
                for action in sorted(counts)
            )
            lines.append(f"  {step:<20} {words}")
    if not total:
        return ["Nothing to change: everything is as the inventory and the roster say.", ""]
    head = "This run would change" if check_mode else "Changed"
    return [f"{head}: {total} objects", *lines, ""]


def _new_people(desired: Mapping[str, Json], results: Results, check_mode: bool) -> list[str]:
    passwords = results.get("initial passwords", {})
    refused = {f["subject"] for f in passwords.get("failures", [])}
    issued = [person for person in passwords.get("issued", []) if person["name"] not in refused]
    if not issued:
        return []
    lines = ["New people: send each of them these lines and, over a safe channel, the password."]
    if check_mode:
        lines = ["People who would get a password:"]
    groups_of = {user["name"]: user["groups"] for user in desired["users"]}
    for person in issued:
        lines += ["", *_person(desired, person, groups_of.get(person["name"], []))]
    return [*lines, ""]


def _person(desired: Mapping[str, Json], person: Mapping[str, str], groups: list[str]) -> list[str]:
    name = person["name"]
    partition = desired["partition"]
    reach = desired["reach"].get(name, [])
    links = [
        f"    switch to  {switch_role_url(r['account_id'], r['role'], r['host'], partition)}"
        for r in reach[:SHOWN_LINKS]
    ]
    if len(reach) > SHOWN_LINKS:
        links.append(f"               and {len(reach) - SHOWN_LINKS} more accounts or roles")
    command = read_parameter_command(person["parameter"], desired["region"])
    return [
        f"  {name}",
        f"    sign in    {sign_in_url(desired['jump']['account_id'], partition)}",
        f"    groups     {', '.join(groups) or 'none'}",
        *links,
        f"    password   {person['parameter']} in the Parameter Store; you read it with",
        f"               {command}",
    ]


def _left_alone(desired: Mapping[str, Json], results: Results) -> list[str]:
    lines = [
        f"  inventory group {name} has no hosts; is a project's account missing?"
        for name in desired.get("empty_groups", [])
    ]
    lines += [
        f"  group {name} is ours, but inventory and levels do not ask for it"
        for name in results.get("groups", {}).get("unlisted", [])
    ]
    lines += [
        f"  user {name} is ours, but not in the roster"
        for name in results.get("users", {}).get("unlisted", [])
        if name not in desired["roster"]
    ]
    lines += [
        f"  exception of {e['name']} in {e['level']} of {e['project']} was over after {e['until']}"
        for e in desired.get("exceptions", [])
        if e["is_over"]
    ]
    return ["Noticed and left alone:", *lines, ""] if lines else []


def _failures(results: Results) -> list[str]:
    failures = all_failures(results)
    if not failures:
        return []
    return [f"Refused: {len(failures)}", *(f"  - {text}" for text in failures), ""]
