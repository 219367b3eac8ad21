# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress as people see it while a module runs."""

from __future__ import annotations

import json
import threading

import pytest
from ansible_collections.jumpaccount.aws.plugins.action import stackset, stackset_instance
from ansible_collections.jumpaccount.aws.plugins.action.stackset import ProgressLines, progress_text

PROGRESS = {
    "stack_set_name": "iam-roles",
    "operation_id": "id-1",
    "action": "CREATE",
    "status": "RUNNING",
    "created": "2026-04-01T09:00:00+00:00",
    "done": 37,
    "failed": 0,
    "total": 250,
}


@pytest.mark.parametrize(
    ("failed", "text"), [(0, "37 of 250 instances done (op"), (2, "37 of 250 instances done, 2 fa")]
)
def test_a_line_of_progress(failed, text):
    line = progress_text({**PROGRESS, "failed": failed})
    assert line.startswith(f"stack set iam-roles: CREATE RUNNING, {text}")
    assert line.endswith("(operation id-1, started 2026-04-01T09:00:00+00:00)")


class Screen:
    """Remembers what was displayed and tells when the first line came."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.has_lines = threading.Event()

    def display(self, text: str) -> None:
        self.lines.append(text)
        self.has_lines.set()


def append(path, **progress):
    with path.open("a") as file:
        file.write(json.dumps({**PROGRESS, **progress}) + "\n")


def test_lines_show_while_the_module_runs_and_the_last_one_is_not_lost(tmp_path):
    path = tmp_path / "progress"
    path.touch()
    screen = Screen()
    with ProgressLines(path, screen):
        append(path, done=1)
        assert screen.has_lines.wait(30)
        append(path, done=2)
    assert [line.split(", ")[1][:8] for line in screen.lines] == ["1 of 250", "2 of 250"]


def test_both_modules_have_the_same_action():
    assert stackset_instance.ActionModule is stackset.ActionModule
