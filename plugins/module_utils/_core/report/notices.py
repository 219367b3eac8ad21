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
            f"  inventory group {name} has no hosts; is a project's account missing?"
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
            f"  account {account_id} left the inventory, but keeps its execution role, through "
            "which the Jump account can administer it; its owner deletes the role with its stack:",
            f"    aws cloudformation update-termination-protection --stack-name {stack} "
            f"--region {region} --no-enable-termination-protection",
            f"    aws cloudformation delete-stack --stack-name {stack} --region {region}",
            f'    afterwards this line goes with -e \'{{"member_account_released": '
            f'["{account_id}"]}}\', once',
        )
    ]


def _groups(result: Mapping[str, Json]) -> list[str]:
    return [
        *(
            f"  group {name} is ours, but inventory and levels do not ask for it; it keeps its "
            "policy and members, who still switch with it: delete it with "
            "-e jump_account_prune_groups=true"
            for name in result.get("unlisted", [])
        ),
        *(
            f"  group {p['group']} has policy {p['policy']}, which is not ours: its members have "
            f"what it allows in the Jump account; take it off with {_group_command(p)}"
            for p in result.get("foreign_policies", [])
        ),
        *(
            f"  policy {name} is ours, but nothing has it any more; delete it in IAM"
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
            f"  user {name} is in {', '.join(groups_of[name])}, but not in the roster, so somebody "
            "put it there and it can switch; add it to the roster, or take it out with "
            + "; ".join(
                f"aws iam remove-user-from-group --user-name {name} --group-name {group}"
                for group in groups_of[name]
            )
            for name in strangers
        ),
        *(
            f"  user {name} is in groups or has policies that are not ours, and in no group that "
            "forces MFA, so a password alone is enough for what they allow; it gets no password "
            "from this collection: take these away from it, or give it access in the roster"
            for name in result.get("unguarded", [])
        ),
        *(
            f"  user {p['name']} has policy {p['policy']} by itself, which is not ours; take it "
            f"off with {_command('user', p['name'], p['policy'])}"
            for p in policies
            if p["name"] not in ours
        ),
    ]


def _left(name: str, groups: list[str], *, is_shut_out: bool) -> list[str]:
    """Return how to end the access of somebody who left the roster: at once, whatever it is."""
    if is_shut_out:
        return [
            f"  user {name} is ours, but not in the roster; policy {LEFT_POLICY} shuts it out. "
            "Delete it in IAM when its audit trail is not needed any more"
        ]
    kept = f", keys and groups ({', '.join(groups)})" if groups else " and keys"
    return [
        f"  user {name} is ours, but not in the roster; it keeps password{kept}, so access "
        "remains. To end it today:",
        f"    aws iam put-user-policy --user-name {name} --policy-name {LEFT_POLICY} "
        f"--policy-document '{json.dumps(_DENY_ALL, separators=(',', ':'))}'",
    ]


def _exceptions(desired: Mapping[str, Json]) -> list[str]:
    return [
        f"  {_exception_words(e)} was over after {e['until']}"
        if e["is_over"]
        else f"  {_exception_words(e)} allows {', '.join(e['lasting'])}: what is made with that "
        f"stays when it ends after {e['until']}; look in CloudTrail then for what "
        f"{e['name']} made, and delete it"
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
        "  groups, switch roles and exceptions come with bootstrap: run it if the levels or "
        f"exceptions of these people are newer than its last run{exceptions}"
    ]
