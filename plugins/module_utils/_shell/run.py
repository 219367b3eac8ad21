# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""From two states to a finished module: plan, guard, apply, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible.module_utils.common.yaml import yaml_dump
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import AwsAccount
from .._aws.writing import Writers
from .._core.change import Json, Plan
from .._core.ordering import rank
from .._core.planning import without
from .._core.words import counted
from .apply import Failure, Outcome, apply_plan
from .module import require_account

MakeWriters = Callable[[], Writers]
Describe = Callable[[Outcome], Mapping[str, Json]]
Alarm = Callable[[Outcome], Mapping[str, str]]


def run_plan(
    module: AnsibleAWSModule,
    aws: AwsAccount | None,
    plan: Plan,
    make_writers: MakeWriters,
    *,
    refused: Mapping[str, str] | None = None,
    told: Mapping[str, str] | None = None,
    describe: Describe | None = None,
    alarm: Alarm | None = None,
    **facts: Json,
) -> None:
    """Carry out a plan, or only report it in check mode, and end the module.

    aws is None when the caller has checked whose credentials it uses. refused maps subjects that
    must not be touched to the sentences that say why, told are refusals that the plan heeds
    already; facts are further return values, describe makes those that depend on the outcome, and
    alarm finds what is wrong after it by subject. In check mode no writer is made, so nothing can
    be written.
    """
    refused = refused or {}
    allowed = without(plan, refused)
    if allowed and aws:
        require_account(aws)
    if module.check_mode or not allowed:
        outcome = Outcome(applied=allowed)
    else:
        outcome = apply_plan(allowed, make_writers())
    if describe:
        facts = {**facts, **describe(outcome)}
    failures = [
        *_failures({**(told or {}), **refused}),
        *outcome.failures,
        *_failures(alarm(outcome) if alarm else {}),
    ]
    finish(module, allowed, outcome, failures, **facts)


def _failures(sentences: Mapping[str, str]) -> list[Failure]:
    return [Failure(subject, subject, text) for subject, text in sorted(sentences.items())]


def finish(
    module: AnsibleAWSModule,
    plan: Plan,
    outcome: Outcome,
    failures: Sequence[Failure],
    **facts: Json,
) -> None:
    """End the module with the result that all writing modules share."""
    result: dict[str, Json] = {
        "changed": bool(outcome.applied),
        "changes": [change.as_dict() for change in plan],
        "failures": [failure.as_dict() for failure in failures],
        **facts,
    }
    if module._diff:
        result["diff"] = build_diff(plan)
    if not failures:
        module.exit_json(**result)
    result["applied"] = [change.as_dict() for change in outcome.applied]
    result["pending"] = [change.as_dict() for change in outcome.pending]
    if module.params["defer_failures"]:
        module.exit_json(**result)
    module.fail_json(msg=failure_text(failures, outcome, module.check_mode), **result)


def failure_text(failures: Sequence[Failure], outcome: Outcome, is_check: bool) -> str:
    """Return all failures and what became of the rest, as text."""
    count = len(outcome.applied)
    others = counted(count, "other change") if count else "no other changes"
    made = "would be made" if is_check else "was made" if count == 1 else "were made"
    rest = len(outcome.pending) - len(outcome.failures)
    held = f", {rest} not made because of this" if rest > 0 else ""
    listed = "\n".join(failure.message for failure in failures)
    return f"{listed}\n({others} {made}{held}; fix the cause and run again.)"


def build_diff(plan: Plan) -> dict[str, str]:
    """Return the objects before and after as YAML, in the order of the plan."""
    ordered = sorted(plan, key=rank)
    before = {str(c.id): c.before for c in ordered if c.before is not None}
    after = {str(c.id): c.after for c in ordered if c.after is not None}
    return {"before": _yaml(before), "after": _yaml(after)}


def _yaml(objects: Mapping[str, Json]) -> str:
    if not objects:
        return ""
    return str(yaml_dump(dict(objects), sort_keys=False, default_flow_style=False))
