# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.operation import (
    FINISHED,
    InstanceResult,
    Operation,
    fill_preferences,
    judge,
)
from hypothesis import given
from hypothesis import strategies as st

statuses = st.sampled_from(["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "NEW_ONE"])
results = st.dictionaries(st.tuples(st.sampled_from("abcd"), st.just("r")), statuses)


def operation(status, failed=0):
    return Operation("id-1", "CREATE", status, failed_instances=failed)


def rows(found):
    return [InstanceResult(a, r, status) for (a, r), status in found.items()]


@pytest.mark.parametrize(
    ("status", "is_finished"),
    [
        ("RUNNING", False),
        ("QUEUED", False),
        ("STOPPING", False),
        ("SOMETHING_NEW", False),
        ("SUCCEEDED", True),
        ("FAILED", True),
        ("STOPPED", True),
    ],
)
def test_only_what_is_known_to_be_the_end_is_the_end(status, is_finished):
    assert operation(status).is_finished is is_finished


def test_an_operation_has_the_form_of_results():
    assert operation("RUNNING", None).as_dict() == {
        "operation_id": "id-1",
        "action": "CREATE",
        "status": "RUNNING",
        "created": "",
        "ended": "",
        "reason": "",
        "failed_instances": None,
    }


@given(results, results, st.sampled_from(sorted(FINISHED)), st.sampled_from([None, 0, 1]))
def test_every_instance_is_done_refused_or_unreached(wanted, found, status, failed):
    verdict = judge(operation(status, failed), rows(found), wanted)
    refused = [result.pair for result in verdict.refused]
    assert sorted([*verdict.done, *refused, *verdict.unreached]) == sorted(wanted)


@pytest.mark.parametrize(
    ("status", "failed", "result", "became"),
    [
        ("SUCCEEDED", 0, "SUCCEEDED", "done"),
        ("SUCCEEDED", 0, None, "done"),
        ("SUCCEEDED", None, None, "done"),
        ("SUCCEEDED", 1, None, "unreached"),
        ("SUCCEEDED", 0, "FAILED", "refused"),
        ("SUCCEEDED", 1, "CANCELLED", "unreached"),
        ("FAILED", 1, "SUCCEEDED", "done"),
        ("FAILED", 1, "NEW_ONE", "refused"),
        ("STOPPED", 0, None, "unreached"),
        ("STOPPED", 0, "PENDING", "unreached"),
    ],
)
def test_succeeded_is_not_believed(status, failed, result, became):
    found = [] if result is None else [InstanceResult("a", "r", result)]
    verdict = judge(operation(status, failed), found, [("a", "r")])
    assert {
        "done": verdict.done,
        "refused": {r.pair for r in verdict.refused},
        "unreached": verdict.unreached,
    }[became] == {("a", "r")}


def test_by_default_every_account_is_tried_and_none_waits():
    assert fill_preferences({}) == {
        "failure_tolerance_percentage": 100,
        "max_concurrent_percentage": 100,
        "concurrency_mode": "SOFT_FAILURE_TOLERANCE",
        "region_concurrency_type": "PARALLEL",
    }


def test_what_is_given_wins_over_its_default_in_either_unit():
    given_preferences = {
        "failure_tolerance_count": 0,
        "max_concurrent_percentage": 10,
        "concurrency_mode": "STRICT_FAILURE_TOLERANCE",
        "region_concurrency_type": None,
        "region_order": ["r"],
    }
    assert fill_preferences(given_preferences) == {
        "failure_tolerance_count": 0,
        "max_concurrent_percentage": 10,
        "concurrency_mode": "STRICT_FAILURE_TOLERANCE",
        "region_concurrency_type": "PARALLEL",
        "region_order": ["r"],
    }
