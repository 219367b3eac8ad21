# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hundreds of accounts: one operation, and a second run that only reads."""

from __future__ import annotations

from collections import Counter

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from tests.unit.modules.stack_sets import (
    add_execution_role,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
)

ACCOUNTS = [f"{number:012}" for number in range(1, 251)]
NEW = "900000000000"

pytestmark = pytest.mark.usefixtures("instant")


def calls_of(aws, action):
    before = Counter(aws.calls)
    result = action()
    return result, {k.split(":")[1]: n for k, n in (Counter(aws.calls) - before).items()}


def test_250_accounts(aws, run):
    prepare(aws, ACCOUNTS)
    run(stackset, **stack_set())
    wanted = instances(ACCOUNTS)
    overridden = ACCOUNTS[:100]
    for account in wanted["accounts"][:100]:
        account["parameter_overrides"] = {"Stage": "prod"}
    created, calls = calls_of(aws, lambda: run(stackset_instance, **wanted))
    assert created["failures"] == []
    assert len(created["changes"]) == 250
    assert calls["CreateStackInstances"] == len(created["operations"]) == 2

    plain = instances(ACCOUNTS)
    again, calls = calls_of(aws, lambda: run(stackset_instance, **plain))
    assert not again["changed"]
    assert calls == {"ListStackSetOperations": 1, "ListStackInstances": 3}

    again, calls = calls_of(aws, lambda: run(stackset_instance, **wanted))
    assert not again["changed"]
    assert calls["DescribeStackInstance"] == len(overridden)

    add_execution_role(aws, NEW)
    one_more = instances([*ACCOUNTS, NEW])
    added, calls = calls_of(aws, lambda: run(stackset_instance, **one_more))
    assert [change["target"].split()[-1].split("/")[0] for change in added["changes"]] == [NEW]
    assert calls["CreateStackInstances"] == 1
    assert "UpdateStackInstances" not in calls
    assert set(statuses(aws).values()) == {"CURRENT"}
    assert len(operations(aws)) == 3
