# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults, other runs at the same time, and runs that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from tests.unit.modules.stack_sets import (
    NAME,
    REGION,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
    template,
)

ACCOUNTS = [f"{number:012}" for number in range(1, 9)]
A = ACCOUNTS[0]

RUN_MODULE = """
import importlib, json, sys
from ansible.module_utils.testing import patch_module_args
name, arguments = sys.argv[1], json.loads(sys.argv[2])
plugins = "ansible_collections.jumpaccount.aws.plugins.modules"
module = importlib.import_module(f"{plugins}.{name}")
with patch_module_args(arguments):
    module.main()
"""


@pytest.fixture
def start():
    """Return a function that starts a module in a process of its own."""
    started = []

    def begin(module, **arguments):
        command = [sys.executable, "-c", RUN_MODULE, module, json.dumps(arguments)]
        environment = {**os.environ, "PYTHONPATH": "collections"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def result_of(process):
    output, _nothing = process.communicate(timeout=60)
    return json.loads(output)


@pytest.fixture
def prepared(aws, run):
    """Return a local AWS with an empty stack set and execution roles."""
    prepare(aws, ACCOUNTS)
    run(stackset, **stack_set())
    return aws


def targets(result):
    return sorted(change["target"] for change in result["changes"])


FAULTS = [
    {"throttle": 0.3, "seed": 1},
    {"server_error": 0.2, "seed": 2},
    {"drop_connection": 0.2, "seed": 3},
    {"throttle": 0.3, "server_error": 0.1, "drop_connection": 0.1, "seed": 4},
    {"stale_requests": 2},
    {"invisible_reads": 2},
]


@pytest.mark.usefixtures("instant")
@pytest.mark.parametrize("faults", FAULTS, ids=lambda faults: "+".join(faults))
def test_a_bad_day_of_aws_changes_nothing_in_the_end(aws, run, monkeypatch, faults):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    prepare(aws, ACCOUNTS)
    aws.fault(**faults)
    new = stack_set(template_body=template("two"))
    for arguments in (stack_set(), new):
        result = run(stackset, **arguments)
        assert result["failures"] == []
        result = run(stackset_instance, **instances(ACCOUNTS))
        assert result["failures"] == []
    aws.fault()
    assert statuses(aws) == dict.fromkeys(ACCOUNTS, "CURRENT")
    assert sorted(operation["Action"] for operation in operations(aws)) == ["CREATE", "UPDATE"]
    assert not run(stackset, **new)["changed"]
    assert not run(stackset_instance, **instances(ACCOUNTS))["changed"]


def test_two_runs_at_once_both_end_well(prepared, start):
    prepared.world.clock.instance_ticks = 4
    runs = [start("stackset_instance", **instances(ACCOUNTS)) for _ in range(2)]
    results = [result_of(process) for process in runs]
    assert [result["failures"] for result in results] == [[], []]
    created = sorted(target for result in results for target in targets(result))
    assert created == [f"stack instance {account}/{REGION}" for account in ACCOUNTS]
    assert statuses(prepared) == dict.fromkeys(ACCOUNTS, "CURRENT")
    assert [operation["Action"] for operation in operations(prepared)] == ["CREATE"]


@pytest.mark.usefixtures("instant")
def test_two_updates_at_once_are_one(prepared, start, run):
    run(stackset_instance, **instances(ACCOUNTS))
    new = stack_set(template_body=template("two"))
    results = [result_of(process) for process in [start("stackset", **new) for _ in range(2)]]
    assert [result["failures"] for result in results] == [[], []]
    assert sorted(result["changed"] for result in results) == [False, True]
    assert [o["Action"] for o in operations(prepared)] == ["UPDATE", "CREATE"]


def wait_for_call(aws, action):
    end = time.monotonic() + 30
    while action not in aws.calls:
        assert time.monotonic() < end, f"{action} was not called"
        time.sleep(0.01)


@pytest.mark.usefixtures("instant")
def test_the_run_after_a_killed_one_waits_for_its_operation(prepared, start, run):
    prepared.world.clock.configure({"mode": "manual"})
    process = start("stackset_instance", **instances(ACCOUNTS[:4]))
    wait_for_call(prepared, "cloudformation:CreateStackInstances")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert operations(prepared)[0]["Status"] == "RUNNING"
    prepared.world.clock.configure({"mode": "poll"})
    result = run(stackset_instance, **instances(ACCOUNTS))
    assert (result["failures"], len(result["changes"])) == ([], 4)
    assert statuses(prepared) == dict.fromkeys(ACCOUNTS, "CURRENT")
    assert len(operations(prepared)) == 2


def test_running_out_of_time_tells_how_to_go_on_and_the_next_run_does(prepared, run):
    prepared.world.clock.configure({"mode": "manual"})
    wanted = instances(ACCOUNTS)
    late = run(stackset_instance, **wanted, wait_timeout=1)
    (operation,) = operations(prepared)
    assert f"operation {operation['OperationId']} (CREATE) of stack set {NAME}" in late["msg"]
    assert "AWS answered RUNNING: it has not ended" in late["msg"]
    assert "Run again to wait for it" in late["msg"]
    assert len(late["pending"]) == len(ACCOUNTS)
    prepared.world.clock.configure({"mode": "poll"})
    again = run(stackset_instance, **wanted)
    assert (again["changed"], again["failures"]) == (False, [])
    assert statuses(prepared) == dict.fromkeys(ACCOUNTS, "CURRENT")


@pytest.mark.usefixtures("instant")
def test_an_operation_that_somebody_stops_is_told_and_completed_later(prepared, start, run):
    prepared.world.clock.configure({"mode": "manual"})
    preferences = {"max_concurrent_count": 1}
    wanted = instances(ACCOUNTS, operation_preferences=preferences)
    process = start("stackset_instance", **wanted)
    wait_for_call(prepared, "cloudformation:CreateStackInstances")
    (operation,) = operations(prepared)
    prepared.client("cloudformation").stop_stack_set_operation(
        StackSetName=NAME, OperationId=operation["OperationId"]
    )
    prepared.world.clock.configure({"mode": "poll"})
    stopped = result_of(process)
    assert stopped["failed"]
    assert "ended STOPPED" in stopped["failures"][0]["message"]
    assert run(stackset_instance, **wanted)["failures"] == []
    assert statuses(prepared) == dict.fromkeys(ACCOUNTS, "CURRENT")


@pytest.mark.usefixtures("instant")
def test_progress_is_written_while_it_runs(prepared, run, tmp_path):
    prepared.world.clock.instance_ticks = 3
    path = tmp_path / "progress"
    run(stackset_instance, **instances(ACCOUNTS), progress_file=str(path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["stack_set_name"] == NAME
    assert lines[0]["action"] == "CREATE"
    assert lines[0]["total"] == len(ACCOUNTS)


@pytest.mark.usefixtures("instant")
@pytest.mark.parametrize("passes", [False, True])
def test_what_the_update_failed_to_do_is_tried_again_only_if_it_may_have_passed(
    prepared, run, passes
):
    run(stackset_instance, **instances(ACCOUNTS))
    prepared.fault(failing_accounts=[A])
    failed = run(stackset, **stack_set(template_body=template("two"), defer_failures=True))
    known = failed["failures"]
    if passes:
        known = [{**f, "message": f["message"] + " Rate exceeded"} for f in known]
    before = len(operations(prepared))
    again = instances(ACCOUNTS, known_failures=known, defer_failures=True)
    result = run(stackset_instance, **again)
    assert [f["account_id"] for f in result["failures"]] == [A]
    assert len(operations(prepared)) - before == passes
    assert (result["failures"] == known) is not passes
    prepared.fault()
    assert not run(stackset_instance, **instances(ACCOUNTS))["failures"]
    assert statuses(prepared) == dict.fromkeys(ACCOUNTS, "CURRENT")
