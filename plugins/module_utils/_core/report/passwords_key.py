# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether the key of initial passwords is what our template makes of it, and who can read them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from ..change import Json, Kind, kind_of
from ..iam.kms_key import READERS, listed_readers
from ..patterns import matches
from ..policies.document import canonical_policy, policy_text, statements_of, texts_of
from ..step import Run, Step
from ..templates.values import Place, resources_in

_OPERATOR, _KEY = "ArnLike", "aws:PrincipalArn"


def key_problems(run: Run, found: Mapping[str, Json] | None) -> list[str]:
    """Return that the key policy is not ours, with what to do at once.

    What counts is what is deployed: before an update the former template, after it either one.
    """
    wanted = run.desired.get("passwords_key")
    if not wanted or not found:
        return []
    if "unread" in found:
        return [found["unread"]]
    maker, there = found["maker"], canonical_policy(found["policy"])
    allowed = [canonical_policy(with_maker(p, maker)) for p in _deployed(run, wanted["policy"])]
    if not allowed or there in allowed:
        return []
    text = policy_text(with_maker(wanted["policy"], maker))
    return [
        f"The policy of KMS key {found['arn']}, which encrypts initial passwords, is not what "
        f"this collection deploys, so others may be able to read them. If {READERS}, levels or "
        "this collection changed since the last bootstrap, run bootstrap first. CloudFormation "
        "does not undo manual changes. Undo this one now, and find out in CloudTrail who made "
        f"it: aws kms put-key-policy --region {run.desired['region']} --key-id {found['arn']} "
        f"--policy-name default --policy '{text}'"
    ]


def _deployed(run: Run, wanted: Json) -> list[Json]:
    """Return the key policies that the stack may have by now, without whom made it."""
    changes = run.results[Step.PASSWORDS_KEY].get("changes", [])
    updates = [c["before"] for c in changes if kind_of(c["target"]) is Kind.STACK and c["before"]]
    place = Place(
        run.desired["jump"]["account_id"], run.desired["partition"], run.desired["region"]
    )
    former = [
        key["KeyPolicy"]
        for before in updates
        for kind, key in resources_in(before["template"], place)
        if kind == "AWS::KMS::Key" and "KeyPolicy" in key
    ]
    return former if run.is_check and updates else [wanted, *former]


def with_maker(policy: Json, maker: str) -> Json:
    """Return a key policy with who made the key among those who may decrypt."""
    if not maker:
        return policy
    made = deepcopy(policy)
    for statement in statements_of(made):
        listed = statement.get("Condition", {}).get(_OPERATOR, {})
        if _KEY in listed:
            listed[_KEY] = [*texts_of(listed[_KEY]), maker]
    return made


def readers_line(run: Run) -> str | None:
    """Return who can read the passwords when whoever runs this cannot; None when it can."""
    inspection = run.results[run.inspector].get("inspection") or {}
    wanted, caller = run.desired.get("passwords_key"), inspection.get("caller")
    if not wanted or not caller:
        return None
    maker = (inspection.get("key") or {}).get("maker") or ""
    patterns = [*wanted["readers"], *([maker] if maker else [])]
    if any(matches(pattern, caller) for pattern in patterns):
        return None
    names = ", ".join(dict.fromkeys(listed_readers(patterns)))
    return (
        f"  This run's identity, {caller}, cannot read these passwords. These can: {names}. "
        f"{READERS} adds others."
    )
