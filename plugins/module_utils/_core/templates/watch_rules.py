# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What should never happen by hand in the Jump account, as EventBridge's patterns.

They compare fields of CloudTrail's records, and not the envelope around these, whose words differ
between partitions. EventBridge delivers no reads to rules like these, so that reading an initial
password, which is how it is handed over, is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..arns import build_arn, iam_arn
from ..change import Json
from ..naming import Names
from ..policies.document import policy_text
from .watching import Watching

_PRODUCT_PARAMETERS = "/jumpaccount/"
_POLICY_CHANGES = [
    *("CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"),
]


class Where(Enum):
    """In which regions AWS records what a rule waits for."""

    IAM = "with IAM"
    HOME = "in the region of the stack set"
    BOTH = "in either"


@dataclass(frozen=True)
class Rule:
    """A rule: what it waits for, and what it tells; paths name values of the record."""

    name: str
    where: Where
    pattern: dict[str, Json]
    sentence: str
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return what EventBridge counts."""
        return len(policy_text(self.pattern))


@dataclass(frozen=True)
class Watched:
    """The Jump account, its names, and whom its changes are expected from."""

    account_id: str
    partition: str
    home_region: str
    names: Names
    watching: Watching

    @property
    def iam_root(self) -> str:
        """Return what the ARNs of IAM begin with."""
        return iam_arn(self.partition, self.account_id, "")

    @property
    def execution_role(self) -> str:
        """Return the role with which StackSets makes what the watched stack set says."""
        return f"{self.iam_root}role/{self.names.execution_role}"

    def topic(self, region: str) -> str:
        """Return the ARN of the topic in a region."""
        return build_arn(self.partition, "sns", self.account_id, self.names.watch_stack, region)


def build_rules(watched: Watched, region: str) -> list[Rule]:
    """Return all rules; region is the one they are for, which only names our topic there."""
    return [
        _root_sign_in(),
        *_break_glass(watched.watching.break_glass),
        _iam_changes(watched),
        _stack_changes(watched, region),
        _bucket_changes(watched),
        _parameter_changes(watched),
        _trail_changes(),
        _watcher_changes(watched, region),
    ]


def _sign_in(who: str) -> str:
    return f"{who} signed in to Jump account <account>: <what> <result>, MFA <mfa>"


_SIGN_IN_PATHS = {
    "result": "$.detail.responseElements.ConsoleLogin",
    "mfa": "$.detail.additionalEventData.MFAUsed",
}


def _root_sign_in() -> Rule:
    record = {"eventSource": ["signin.amazonaws.com"], "userIdentity": {"type": ["Root"]}}
    return Rule("root", Where.IAM, {"detail": record}, _sign_in("The root user"), _SIGN_IN_PATHS)


def _break_glass(users: Sequence[str]) -> list[Rule]:
    if not users:
        return []
    names = [{"equals-ignore-case": name} for name in users]
    record = {
        "eventSource": ["signin.amazonaws.com"],
        "userIdentity": {"type": ["IAMUser"], "userName": names},
    }
    paths = {**_SIGN_IN_PATHS, "user": "$.detail.userIdentity.userName"}
    pattern = {"detail": record}
    return [Rule("break-glass", Where.BOTH, pattern, _sign_in("User <user>"), paths)]


def _iam_changes(watched: Watched) -> Rule:
    names = watched.names
    groups = [_like(names.group_name), _like(names.project_group_name)]
    roles = [
        _like(names.switch_role_name),
        *({"equals-ignore-case": n} for n in (names.administration_role, names.execution_role)),
    ]
    ours = [
        {"requestParameters": {"groupName": _each_once(groups)}},
        {"requestParameters": {"roleName": _each_once(roles)}},
        {
            "eventName": _POLICY_CHANGES,
            "requestParameters": {
                "policyArn": [{"prefix": f"{watched.iam_root}policy{names.path}"}]
            },
        },
    ]
    record = _changes("iam", (*watched.watching.runners, watched.execution_role))
    paths = _requested("groupName", "roleName", "policyArn", "userName")
    return _change_rule("iam", Where.IAM, {**record, "$or": ours}, paths)


def _stack_changes(watched: Watched, region: str) -> Rule:
    names = watched.names
    arn = build_arn(watched.partition, "cloudformation", watched.account_id, "stack/", region)
    instances = f"StackSet-{names.stack_set}-"
    by_name = [
        *names.stacks,
        *({"prefix": f"{arn}{name}/"} for name in names.stacks),
        {"prefix": instances},
        {"prefix": f"{arn}{instances}"},
    ]
    ours = [
        {"stackName": by_name},
        {"stackSetName": [names.stack_set, {"prefix": f"{names.stack_set}:"}]},
    ]
    record = {
        **_changes("cloudformation", (*watched.watching.runners, watched.execution_role)),
        "eventName": [{"anything-but": {"prefix": "Detect"}}],
        "requestParameters": {"$or": ours},
    }
    return _change_rule("stacks", Where.BOTH, record, _requested("stackSetName", "stackName"))


def _bucket_changes(watched: Watched) -> Rule:
    bucket = watched.names.bucket(watched.account_id)
    record = {
        **_changes("s3", watched.watching.runners),
        "requestParameters": {"bucketName": [bucket]},
    }
    return _change_rule("bucket", Where.HOME, record, _requested("bucketName", "key"))


def _parameter_changes(watched: Watched) -> Rule:
    own = f"{watched.names.parameter_prefix}/"
    prefixes = [_PRODUCT_PARAMETERS, *([] if own.startswith(_PRODUCT_PARAMETERS) else [own])]
    arn = build_arn(watched.partition, "ssm", watched.account_id, "parameter", watched.home_region)
    ours = [{"prefix": f"{start}{prefix}"} for start in ("", arn) for prefix in prefixes]
    record = {
        **_changes("ssm", watched.watching.runners),
        "requestParameters": {"$or": [{key: ours} for key in ("name", "names", "resourceId")]},
    }
    return _change_rule("parameters", Where.HOME, record, _requested("name", "names", "resourceId"))


def _trail_changes() -> Rule:
    """Return the rule that holds for runs, too: they never touch a trail."""
    verbs = [{"prefix": verb} for verb in ("Delete", "Put", "Stop", "Update")]
    record = {**_changes("cloudtrail", ()), "eventName": verbs}
    return _change_rule("trails", Where.BOTH, record, _requested("name", "trailName"))


def _watcher_changes(watched: Watched, region: str) -> Rule:
    topic = watched.topic(region)
    rules = [{"prefix": f"{watched.names.watch_stack}-"}]
    record = {
        **_changes("events", watched.watching.runners),
        "eventSource": ["events.amazonaws.com", "sns.amazonaws.com"],
        "requestParameters": {
            "$or": [
                {"name": rules},
                {"rule": rules},
                {"topicArn": [topic]},
                {"subscriptionArn": [{"prefix": f"{topic}:"}]},
            ]
        },
    }
    paths = _requested("name", "rule", "topicArn", "subscriptionArn")
    return _change_rule("watchers", Where.BOTH, record, paths)


def _like(pattern: str) -> dict[str, Json]:
    """Return what matches the names of a pattern, whatever stands in place of its placeholders.

    IAM does not tell names apart by case.
    """
    before, after = pattern.partition("{")[0], pattern.rpartition("}")[2]
    if before:
        return {"prefix": {"equals-ignore-case": before}}
    return {"suffix": {"equals-ignore-case": after}} if after else {"exists": True}


def _each_once(matchers: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
    return [m for number, m in enumerate(matchers) if m not in matchers[:number]]


def _changes(service: str, expected: Sequence[str]) -> dict[str, Json]:
    """Return the record of a change that nobody of these made.

    A session has the ARN of its role as its issuer; other callers have none.
    """
    users = sorted(arn for arn in expected if ":user/" in arn)
    roles = sorted(arn for arn in expected if ":role/" in arn)
    identity: dict[str, Json] = {
        **({"arn": _none_of(users)} if users else {}),
        **({"sessionContext": {"sessionIssuer": {"arn": _none_of(roles)}}} if roles else {}),
    }
    return {
        "eventSource": [f"{service}.amazonaws.com"],
        "readOnly": [False],
        **({"userIdentity": identity} if identity else {}),
    }


def _none_of(values: list[str]) -> list[dict[str, Json]]:
    return [{"anything-but": values}, {"exists": False}]


def _requested(*names: str) -> dict[str, str]:
    return {name: f"$.detail.requestParameters.{name}" for name in names}


def _change_rule(
    name: str, where: Where, record: dict[str, Json], requested: dict[str, str]
) -> Rule:
    objects = " ".join(f"<{path}>" for path in requested)
    sentence = f"In Jump account <account> <type> <who> called <what> of <service> on {objects}"
    return Rule(name, where, {"detail": record}, sentence, requested)
