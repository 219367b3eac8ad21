# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.operation import (
    Operation,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.progress import (
    ProgressFile,
)

RUNNING = Operation("id-1", "CREATE", "RUNNING", "2026-04-01T09:00:00+00:00")


def expect_count(stubber, *statuses):
    rows = [{"Account": str(n), "Region": "r", "Status": s} for n, s in enumerate(statuses)]
    stubber.add_response("list_stack_set_operation_results", {"Summaries": rows})


def test_progress_is_written_but_not_at_every_look(stubber, address, clock, tmp_path):
    path = tmp_path / "progress"
    watch = ProgressFile(str(path), address, clock.now)
    expect_count(stubber, "SUCCEEDED", "FAILED", "RUNNING", "PENDING")
    expect_count(stubber, "SUCCEEDED", "FAILED", "SUCCEEDED", "CANCELLED")
    for _ in range(8):
        watch(RUNNING)
        clock.sleep(1)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["done"], line["failed"], line["total"]) for line in lines] == [
        (2, 1, 4),
        (4, 1, 4),
    ]
    assert lines[0] == {
        "stack_set_name": "roles",
        "operation_id": "id-1",
        "action": "CREATE",
        "status": "RUNNING",
        "created": "2026-04-01T09:00:00+00:00",
        "done": 2,
        "failed": 1,
        "total": 4,
    }


def test_the_end_is_the_result_and_no_progress(address, clock, tmp_path):
    path = tmp_path / "progress"
    ProgressFile(str(path), address, clock.now)(Operation("id-1", "CREATE", "SUCCEEDED"))
    assert not path.exists()
