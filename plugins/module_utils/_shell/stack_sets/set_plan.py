# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""From a module's options to the plan of a stack set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..._aws.account import AwsAccount
from ..._aws.cfn_yaml import parse_template
from ..._aws.stack_sets.instances import instances_from, read_instances
from ..._aws.stack_sets.sets import TemplateSource, read_stack_set_state
from ..._aws.stack_sets.templates import read_template_object
from ..._core.change import Action, Json, Plan
from ..._core.checking import InputError
from ..._core.planning import plan_changes
from ..._core.quotas import TEMPLATE_BODY_LONGEST, TEMPLATE_LONGEST
from ..._core.stacks.canonical import parameter_text
from ..._core.stacks.rectangles import Pair, build_rectangles
from ..._core.stacks.stack_set import StackSet, build_stack_set_state, undeclared_parameters
from .queue import OperationQueue
from .report import build_advice, build_preferences
from .set_apply import StackSetSettings


def build_source(aws: AwsAccount, params: Mapping[str, Json]) -> TemplateSource:
    """Return what AWS shall get as template and parameters."""
    values = {k: parameter_text(v) for k, v in (params["parameters"] or {}).items()}
    if params["state"] == "absent":
        return TemplateSource()
    url = params["template_url"]
    if url is not None:
        return TemplateSource(
            read_template_object(aws, url, params["template_url_owner"]), url, values
        )
    given = params["template_body"]
    if given is None:
        raise InputError(["template_body: is missing; set it or template_url"])
    body = given if isinstance(given, str) else json.dumps(given)
    size = len(body.encode())
    longest = TEMPLATE_LONGEST if params["template_bucket"] else TEMPLATE_BODY_LONGEST
    if size > longest:
        raise InputError(
            [
                f"template_body: has {size} bytes, AWS allows {TEMPLATE_BODY_LONGEST} in a call "
                f"and {TEMPLATE_LONGEST} from S3; set template_bucket or make it smaller"
            ]
        )
    return TemplateSource(body, None, values)


def build_stack_set(params: Mapping[str, Json], source: TemplateSource) -> StackSet | None:
    """Return the stack set as it is wanted; None when it shall not be there."""
    if params["state"] == "absent":
        return None
    place = "template_url" if source.url else "template_body"
    template = parse_template(source.body, place)
    unknown = undeclared_parameters(template, source.parameters)
    if unknown:
        raise InputError([f"parameters.{name}: not declared in the template" for name in unknown])
    capabilities, tags = params["capabilities"], params["tags"]
    return StackSet(
        name=params["name"],
        template=template,
        description=params["description"],
        parameters=None if params["parameters"] is None else source.parameters,
        capabilities=None if capabilities is None else frozenset(capabilities),
        tags=None if tags is None else {k: str(v) for k, v in tags.items()},
        administration_role_arn=params["administration_role_arn"],
        execution_role_name=params["execution_role_name"],
        permission_model=params["permission_model"],
        managed_execution=params["managed_execution"],
        auto_deployment=params["auto_deployment"],
    )


class StackSetPlanner:
    """Reads what is there and says what differs, again whenever something came between."""

    def __init__(
        self,
        queue: OperationQueue,
        wanted: StackSet | None,
        update_accounts: Sequence[str] | None = None,
    ) -> None:
        self._queue = queue
        self._wanted = wanted
        self._update_accounts = frozenset(update_accounts or ())

    def plan(self) -> Plan:
        """Return the plan; one that changes anything is made when no other operation runs."""
        if not self.plan_again():
            return ()
        self._queue.wait_until_idle()
        self._queue.address.forget_reads()
        return self.plan_again()

    def plan_again(self) -> Plan:
        """Return the plan for what is there now."""
        observed = read_stack_set_state(self._queue.address)
        wanted = self._wanted
        return plan_changes(build_stack_set_state(wanted, observed) if wanted else {}, observed)

    def reached_instances(self, plan: Plan) -> tuple[Pair, ...]:
        """Return the instances that an update will reach: all, or those of the given accounts."""
        if not any(change.action is Action.UPDATE for change in plan):
            return ()
        found = instances_from(read_instances(self._queue.address))
        pairs = sorted((i.key[0], i.key[1]) for i in found)
        if not pairs or not self._update_accounts:
            return tuple(pairs)
        chosen = build_rectangles(p for p in pairs if p[0] in self._update_accounts)
        if not chosen:
            raise InputError(["update_accounts: none of them has an instance of the stack set"])
        return tuple(sorted(max(chosen, key=lambda r: len(r.pairs())).pairs()))

    def _targets(self, instances: tuple[Pair, ...]) -> Mapping[str, list[str]]:
        if not self._update_accounts or not instances:
            return {}
        return {
            "Accounts": sorted({account_id for account_id, _region in instances}),
            "Regions": sorted({region for _account_id, region in instances}),
        }

    def settings(
        self, params: Mapping[str, Json], source: TemplateSource, instances: tuple[Pair, ...]
    ) -> StackSetSettings:
        """Return how the stack set is written."""
        return StackSetSettings(
            preferences=build_preferences(params),
            advice=build_advice(self._queue.address.name, params),
            source=source,
            template_bucket=params["template_bucket"],
            instances=instances,
            targets=self._targets(instances),
        )
