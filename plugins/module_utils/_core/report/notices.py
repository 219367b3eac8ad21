# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run saw and did not touch, each line with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..change import Json
from ..iam.user_findings import LEFT_POLICY
from ..step import Run, Step
from .password_notices import password_notices
from .principals import strong_principal_lines
from .watch_notices import watch_lines

_DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"},
}


def noticed(run: Run) -> list[str]:
    """Return the lines about what was left alone."""
    desired, results = run.desired, run.results
    return [
        *(
            f"  inventory group {name} has no hosts; is the account of a project missing?"
            for name in desired.get("empty_groups", [])
        ),
        *_sources(desired.get("sources", {})),
        *_accounts(desired, results[Step.STACK_INSTANCES]),
        *_former_accounts(desired, results[Step.STACK_INSTANCES]),
        *strong_principal_lines(run),
        *_groups(results[Step.GROUPS]),
        *_people(desired, results[Step.USERS]),
        *password_notices(results[Step.INITIAL_PASSWORDS]),
        *_exceptions(desired),
        *(f"  {line}" for line in desired.get("policy_notices", [])),
        *watch_lines(run),
        *_left_to_bootstrap(run),
    ]


def _accounts(desired: Mapping[str, Json], result: Mapping[str, Json]) -> list[str]:
    """Return the accounts that left the inventory; those out of the scope of the run did not."""
    listed = {account["account_id"] for account in desired["accounts"]}
    found = (i.split("/") for i in result.get("unlisted", []))
    return [
        line
        for account_id, region in found
        if account_id not in listed
        for line in (
            f"  account {account_id} is not in the inventory, but keeps its stack, its switch "
            "roles and the exceptions in them; to remove them:",
            f"    aws cloudformation delete-stack-instances --stack-set-name "
            f"{desired['stack_set']} --accounts {account_id} --regions {region} "
            f"--no-retain-stacks --region {desired['region']}",
        )
    ]


def _sources(sources: Mapping[str, Json]) -> list[str]:
    return [
        *(
            f"  {also['variable']} is also set in {also['source']}, which is ignored: this run "
            f"read {sources[also['variable']]}; delete one of them"
            for also in sources.get("also", [])
        ),
        *(
            f"  {path} is ignored: the inventory has no group or host of this name"
            for path in sources.get("unread", [])
        ),
    ]


def _former_accounts(desired: Mapping[str, Json], result: Mapping[str, Json]) -> list[str]:
    """Return how owners of accounts that left end the access that the Jump account kept there."""
    stack, region = desired.get("execution_stack"), desired["region"]
    return [
        line
        for account_id in result.get("former_accounts", [])
        for line in (
            f"  account {account_id} left the inventory, but keeps its execution role, which "
            "lets the Jump account administer it. Its owner deletes the role with its stack:",
            f"    aws cloudformation update-termination-protection --stack-name {stack} "
            f"--region {region} --no-enable-termination-protection",
            f"    aws cloudformation delete-stack --stack-name {stack} --region {region}",
            '    afterwards, remove this notice once with -e \'{"member_account_released": '
            f'["{account_id}"]}}\'',
        )
    ]


def _groups(result: Mapping[str, Json]) -> list[str]:
    return [
        *(
            f"  group {name} belongs to this collection, but inventory and levels no longer "
            "need it. Its members can still switch roles; delete it with -e "
            "jump_account_prune_groups=true"
            for name in result.get("unlisted", [])
        ),
        *(
            f"  group {p['group']} has policy {p['policy']}, which is not from this collection "
            "and gives its members rights in the Jump account; detach it with "
            f"{_group_command(p)}"
            for p in result.get("foreign_policies", [])
        ),
        *(
            (
                f"  policy {name} belongs to this collection, but is no longer attached to "
                "anything; delete it in IAM"
            )
            for name in result.get("unused_policies", [])
        ),
    ]


def _group_command(found: Mapping[str, str]) -> str:
    return _command("group", found["group"], found["policy"])


def _command(kind: str, name: str, policy: str) -> str:
    """Return the command that takes a policy off, an attached one by its ARN."""
    if policy.startswith("arn:"):
        return f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {policy}"
    return f"aws iam delete-{kind}-policy --{kind}-name {name} --policy-name {policy}"


def _people(desired: Mapping[str, Json], result: Mapping[str, Json]) -> list[str]:
    # A name that is there in another spelling is refused, which says what to do.
    listed = {name.lower() for name in desired["roster"]}
    groups_of = {m["name"]: m["groups"] for m in result.get("unlisted_members", [])}
    ours = [name for name in result.get("unlisted", []) if name.lower() not in listed]
    policies = result.get("direct_policies", [])
    shut_out = {p["name"] for p in policies if p["policy"] == LEFT_POLICY}
    strangers = [name for name in groups_of if name.lower() not in {*listed, *map(str.lower, ours)}]
    return [
        *(
            line
            for name in ours
            for line in _left(name, groups_of.get(name, []), is_shut_out=name in shut_out)
        ),
        *(
            f"  user {name} is in {', '.join(groups_of[name])}, but not in the roster, and can "
            "switch roles; add the user to the roster, or remove it with "
            + "; ".join(
                f"aws iam remove-user-from-group --user-name {name} --group-name {group}"
                for group in groups_of[name]
            )
            for name in strangers
        ),
        *(
            f"  user {name} has groups or policies that are not from this collection, and no "
            "group that forces MFA, so a password alone would be enough to use them. No "
            "password was issued; remove these groups and policies, or give the user access in "
            "the roster"
            for name in result.get("unguarded", [])
        ),
        *(
            f"  user {p['name']} has policy {p['policy']} attached directly, which is not from "
            f"this collection; detach it with {_command('user', p['name'], p['policy'])}"
            for p in policies
            if p["name"] not in ours
        ),
    ]


def _left(name: str, groups: list[str], *, is_shut_out: bool) -> list[str]:
    """Return how to end the access of somebody who left the roster: at once, whatever it is."""
    if is_shut_out:
        return [
            f"  user {name} belongs to this collection, but is not in the roster; policy "
            f"{LEFT_POLICY} shuts it out. Delete it in IAM when its audit trail is no longer "
            "needed"
        ]
    kept = f", keys and groups ({', '.join(groups)})" if groups else " and keys"
    return [
        f"  user {name} belongs to this collection, but is not in the roster. It keeps its "
        f"password{kept}, so it still has access. To end that access now:",
        f"    aws iam put-user-policy --user-name {name} --policy-name {LEFT_POLICY} "
        f"--policy-document '{json.dumps(_DENY_ALL, separators=(',', ':'))}'",
    ]


def _exceptions(desired: Mapping[str, Json]) -> list[str]:
    return [
        f"  {_exception_words(e)} ended after {e['until']}"
        if e["is_over"]
        else f"  {_exception_words(e)} allows {', '.join(e['lasting'])}: anything created with "
        f"it remains when the exception ends after {e['until']}. Then search CloudTrail for "
        f"what {e['name']} created, and delete it"
        for e in desired.get("exceptions", [])
        if e["is_over"] or e["lasting"]
    ]


def _exception_words(exception: Mapping[str, Json]) -> str:
    return "exception of {name} in {level} of {project}".format_map(exception)


def _left_to_bootstrap(run: Run) -> list[str]:
    """Return what people of this run lack until bootstrap runs; only AWS knows whether it has."""
    desired = run.desired
    if run.results[Step.STACK_SET] or not run.results[Step.USERS]:
        return []
    people = {user["name"] for user in desired["users"]}
    named = sorted(
        f"{e['name']} in {e['level']} of {e['project']} until {e['until']}"
        for e in desired.get("exceptions", [])
        if e["name"] in people and not e["is_over"]
    )
    exceptions = f"; exceptions here: {', '.join(named)}" if named else ""
    return [
        "  bootstrap sets up groups, switch roles and exceptions: run it if the levels or "
        f"exceptions of these people changed since its last run{exceptions}"
    ]
