# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether our roles in the Jump account are what our templates make of them.

CloudFormation compares templates, so it neither notices nor undoes what somebody did to a role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..arns import iam_arn
from ..change import Json, Kind, State, kind_of
from ..policies.document import canonical_policy, policy_text, texts_of
from ..quotas import SESSION_SHORTEST
from ..step import Run, Step
from ..templates.values import Place, resources_in

Roles = Mapping[str, Mapping[str, Json]]
"""What people and services get from roles, by their names."""


def roles_in(template: Mapping[str, Json], place: Place) -> dict[str, dict[str, Json]]:
    """Return the roles that a template makes in an account, by the names that it gives them.

    The template may be somebody else's, whose functions are not all known: what they stand for is
    then not found, and so the role differs.
    """
    return {
        role["RoleName"]: {
            "trust_policy": canonical_policy(role["AssumeRolePolicyDocument"]),
            "managed_policies": texts_of(role.get("ManagedPolicyArns", [])),
            "inline_policies": {
                str(policy.get("PolicyName")): canonical_policy(policy.get("PolicyDocument", {}))
                for policy in role.get("Policies", [])
            },
            "permissions_boundary": role.get("PermissionsBoundary"),
            "max_session_duration": role.get("MaxSessionDuration", SESSION_SHORTEST),
        }
        for kind, role in resources_in(template, place)
        if kind == "AWS::IAM::Role" and isinstance(role.get("RoleName"), str)
    }


def describe_roles(state: State, sessions: Mapping[str, int]) -> dict[str, dict[str, Json]]:
    """Return roles as they are, in the form in which templates describe them.

    Seconds that their sessions may last come by the names of the roles, from a read of its own.
    """
    found: dict[str, dict[str, Json]] = {
        i.key[0]: {
            "trust_policy": role["trust_policy"],
            "managed_policies": [],
            "inline_policies": {},
            "permissions_boundary": role["permissions_boundary"],
            "max_session_duration": sessions.get(i.key[0]),
        }
        for i, role in state.items()
        if i.kind is Kind.ROLE
    }
    for i, document in sorted(state.items(), key=lambda item: item[0].key):
        if i.kind is Kind.ROLE_ATTACHMENT:
            found[i.key[0]]["managed_policies"].append(i.key[1])
        elif i.kind is Kind.ROLE_POLICY:
            found[i.key[0]]["inline_policies"][i.key[1]] = document
    return found


def role_problems(run: Run, found: Roles) -> dict[str, str]:
    """Return what is wrong with our roles, by their names, each with what to do at once.

    The fence is left out: its own check tells of it.
    """
    problems = {}
    spared = _fence_arns(run)
    for name, allowed in sorted(_allowed_roles(run).items()):
        if name in found:
            flaws = min(([*_flaws(name, role, found[name], spared)] for role in allowed), key=len)
            if flaws:
                problems[name] = _problem(run, name, flaws)
    return problems


def _fence_arns(run: Run) -> frozenset[str]:
    fence = run.desired["fence"]
    if not fence:
        return frozenset()
    return frozenset({iam_arn(run.desired["partition"], _jump(run), fence["policy"])})


def _jump(run: Run) -> str:
    return str(run.desired["jump"]["account_id"])


def _allowed_roles(run: Run) -> dict[str, list[Mapping[str, Json]]]:
    """Return by role what it may be when the roles are read: what is deployed then.

    Roles that are not deployed yet, or only after they are read, are left out.
    """
    allowed: dict[str, list[Mapping[str, Json]]] = {}
    for step, roles in run.desired["roles"].items():
        for deployed in _deployed(run, Step(step), roles):
            for name, role in deployed.items():
                allowed.setdefault(name, []).append(role)
    return allowed


def _deployed(run: Run, step: Step, roles: Roles) -> list[Roles]:
    """Return which roles the stack of a step may have made so far."""
    if step is Step.STACK_SET and _is_jump_behind(run):
        return []
    result = run.results[step]
    changes = [c for c in result.get("changes", []) if kind_of(c["target"]) in _TEMPLATED]
    if not changes:
        return [roles]
    before = changes[0]["before"]
    former = roles_in(before["template"], _place(run)) if before else {}
    # An update may have failed, and for a moment IAM shows roles as they were before it.
    return [former] if run.is_check else [roles, former]


_TEMPLATED = (Kind.STACK, Kind.STACK_SET)


def _is_jump_behind(run: Run) -> bool:
    """Return whether the stack instance of the Jump account is behind when the roles are read."""
    result = run.results[Step.STACK_INSTANCES]
    here = f"{Kind.STACK_INSTANCE} {_jump(run)}/"
    return any(c["target"].startswith(here) for c in result.get("changes", []))


def _place(run: Run) -> Place:
    return Place(_jump(run), run.desired["partition"], run.desired["region"])


def _flaws(
    name: str, wanted: Mapping[str, Json], found: Mapping[str, Json], spared: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield in which ways a role differs, each with the command that puts it right."""
    if found["trust_policy"] != wanted["trust_policy"]:
        trust = f"--role-name {name} --policy-document '{policy_text(wanted['trust_policy'])}'"
        yield (
            "its trust policy is not the expected one",
            f"aws iam update-assume-role-policy {trust}",
        )
    yield from _attachment_flaws(name, wanted, found, spared)
    yield from _inline_flaws(name, wanted["inline_policies"], found["inline_policies"])
    boundary = wanted["permissions_boundary"]
    if found["permissions_boundary"] != boundary:
        yield (
            f"its permissions boundary is {found['permissions_boundary'] or 'gone'}",
            f"aws iam put-role-permissions-boundary --role-name {name} "
            f"--permissions-boundary {boundary}"
            if boundary
            else f"aws iam delete-role-permissions-boundary --role-name {name}",
        )
    yield from _session_flaws(name, wanted["max_session_duration"], found["max_session_duration"])


def _session_flaws(name: str, wanted: Json, found: Json) -> Iterator[tuple[str, str]]:
    # A role that was made between the two reads has no length yet.
    if found not in (wanted, None):
        yield (
            f"its maximum session duration is {found} seconds instead of {wanted}",
            f"aws iam update-role --role-name {name} --max-session-duration {wanted}",
        )


def _attachment_flaws(
    name: str, wanted: Mapping[str, Json], found: Mapping[str, Json], spared: frozenset[str]
) -> Iterator[tuple[str, str]]:
    here, there = set(wanted["managed_policies"]) - spared, set(found["managed_policies"]) - spared
    for verb, arns, words in (
        ("detach", there - here, "has policy {}, which is not from this collection"),
        ("attach", here - there, "lacks policy {}"),
    ):
        for arn in sorted(arns):
            command = f"aws iam {verb}-role-policy --role-name {name} --policy-arn {arn}"
            yield f"it {words.format(arn)}", command


def _inline_flaws(
    name: str, wanted: Mapping[str, Json], found: Mapping[str, Json]
) -> Iterator[tuple[str, str]]:
    for policy in sorted({*wanted, *found}):
        at = f"--role-name {name} --policy-name {policy}"
        if policy not in wanted:
            yield (
                f"it has inline policy {policy}, which is not from this collection",
                f"aws iam delete-role-policy {at}",
            )
        elif found.get(policy) != wanted[policy]:
            text = policy_text(wanted[policy])
            yield (
                f"its inline policy {policy} {'was changed' if policy in found else 'is missing'}",
                f"aws iam put-role-policy {at} --policy-document '{text}'",
            )


def _problem(run: Run, name: str, flaws: list[tuple[str, str]]) -> str:
    what = "; ".join(words for words, _command in flaws)
    commands = "; ".join(command for _words, command in flaws)
    return (
        f"Role {name} in the Jump account {_jump(run)} is not what this collection deploys: "
        f"{what}. {_cause(run)}, and find out in CloudTrail who changed it: {commands}"
    )


def _cause(run: Run) -> str:
    steps = [run.results[Step(step)] for step in run.desired["roles"]]
    if all(result and not result.get("failures") for result in steps):
        return "CloudFormation does not undo this. Undo it now"
    return (
        "If levels, settings or this collection changed since the last bootstrap, run "
        "bootstrap first. CloudFormation does not undo manual changes. Undo them now"
    )
