# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a run."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Run, Step, parse_run

from tests.unit.runs import make_run

NOTHING = {step.value: {} for step in Step}


def refusal(results, last_step="users"):
    with pytest.raises(InputError) as caught:
        parse_run({}, results, last_step, is_check=False)
    return str(caught.value)


def test_all_steps_and_only_these_are_taken():
    run = parse_run({}, NOTHING, "users", is_check=True)
    assert run == Run({}, NOTHING, Step.USERS, is_check=True)
    assert list(run.results) == list(Step)


def test_a_step_that_was_left_out_has_the_result_that_was_foreseen():
    left_out, ran = {"changed": False, "skipped": True}, {"changed": True}
    results = {**NOTHING, "users": left_out, "groups": left_out, "stack_set": ran}
    foreseen = {"users": {"ready": ["a"]}, "stack_set": {"changed": False}}
    run = parse_run({}, results, "groups", is_check=False, settled=foreseen)
    assert run.results == {**results, "users": {"ready": ["a"]}}


@pytest.mark.parametrize("step", [step.value for step in Step])
def test_a_step_of_another_name_is_refused(step):
    renamed = {f"{name}x" if name == step else name: {} for name in NOTHING}
    text = refusal(renamed)
    assert f"unknown key '{step}x' (did you mean '{step}'?)" in text
    assert f"'{step}' is missing" in text


@pytest.mark.parametrize(
    ("results", "last_step", "text"),
    [
        ({**NOTHING, "users": []}, "users", "results.users: expected the result of a module"),
        ([], "users", "results: expected a mapping, found an empty list"),
        (NOTHING, "user", "last_step: 'user' is not a step"),
    ],
)
def test_what_is_no_result_is_refused(results, last_step, text):
    assert text in refusal(results, last_step)


@pytest.mark.parametrize(
    ("results", "is_finished", "stopped_at"),
    [
        ({"groups": {"changes": []}}, False, None),
        ({"groups": {"failed": True}}, False, Step.GROUPS),
        ({"users": {"failed": True}}, False, Step.USERS),
        ({"users": {"changes": []}}, True, None),
        ({"users": {"skipped": True}}, True, None),
    ],
)
def test_a_run_ends_with_its_last_step(results, is_finished, stopped_at):
    run = make_run(results, last_step="users", is_finished=False)
    assert (run.is_finished, run.stopped_at) == (is_finished, stopped_at)


def test_labels_are_words():
    assert Step.INITIAL_PASSWORDS.label == "initial passwords"
