# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan to a finished module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_module,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import build_diff, run_plan
from botocore.stub import Stubber

ANA = Change(ObjectId(Kind.USER, ("ana",)), Action.CREATE, None, {"path": "/"})
BEN = Change(ObjectId(Kind.USER, ("ben",)), Action.CREATE, None, {"path": "/"})
JOINS = Change(ObjectId(Kind.MEMBERSHIP, ("ana", "g")), Action.CREATE, None, {})
PLAN = (ANA, BEN, JOINS)
REFUSAL = (
    "Could not create user ana: AWS answered AccessDenied: no. Use credentials with permission "
    "to do this, or extend their policy."
)


class Aws:
    """An account that knows whether it was asked whose credentials these are."""

    def __init__(self, caller: str = "111111111111") -> None:
        sts = boto3.client(
            "sts", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
        )
        self.stubber = Stubber(sts)
        arn = f"arn:aws:iam::{caller}:user/x"
        self.stubber.add_response("get_caller_identity", {"Account": caller, "Arn": arn}, {})
        self.stubber.activate()
        self.account = AwsAccount("111111111111", lambda _service: sts)

    @property
    def was_asked(self) -> bool:
        try:
            self.stubber.assert_no_pending_responses()
        except AssertionError:
            return False
        return True


class Writers:
    """Writers that know whether they were made, and refuse some users."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.were_made = False
        self.written: list[Change] = []

    def make(self) -> dict[Any, Callable[[Change], None]]:
        self.were_made = True
        pairs = [(Kind.USER, Action.CREATE), (Kind.MEMBERSHIP, Action.CREATE)]
        return dict.fromkeys(pairs, self.write)

    def write(self, change: Change) -> None:
        if change.subject in self.refused:
            raise AwsError(f"create user {change.subject}", "AccessDenied", "no")
        self.written.append(change)


def body(aws: Aws, writers: Writers, plan=PLAN, **options: Any) -> Callable[[], None]:
    return lambda: run_plan(build_module(WRITING_SPEC), aws.account, plan, writers.make, **options)


def shown(*changes: Change) -> list[dict[str, Any]]:
    return [change.as_dict() for change in changes]


def test_a_plan_is_carried_out(ended) -> None:
    aws, writers = Aws(), Writers()
    result = ended(body(aws, writers, unlisted=["zoe"]))
    assert result["changed"] is True
    assert result["changes"] == shown(*PLAN)
    assert result["failures"] == []
    assert result["unlisted"] == ["zoe"]
    assert "applied" not in result
    assert "diff" not in result
    assert sorted(c.id for c in writers.written) == sorted(c.id for c in PLAN)
    assert aws.was_asked


def test_check_mode_tells_the_same_and_makes_no_writer(ended) -> None:
    writers = Writers()
    real = ended(body(Aws(), Writers()))
    checked = ended(body(Aws(), writers), _ansible_check_mode=True)
    assert not writers.were_made
    assert {k: checked[k] for k in ("changed", "changes", "failures")} == {
        k: real[k] for k in ("changed", "changes", "failures")
    }


def test_an_empty_plan_asks_and_makes_nothing(ended) -> None:
    aws, writers = Aws(), Writers()
    result = ended(body(aws, writers, plan=()))
    assert (result["changed"], result["changes"]) == (False, [])
    assert not writers.were_made
    assert not aws.was_asked


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_wrong_account_is_not_written(check_mode: bool, ended) -> None:
    writers = Writers()

    def in_the_wrong_account() -> None:
        with pytest.raises(InputError, match="are for account 222222222222"):
            body(Aws("222222222222"), writers)()
        raise SystemExit

    with pytest.raises(ValueError, match="Expecting value"):
        ended(in_the_wrong_account, _ansible_check_mode=check_mode)
    assert not writers.were_made


def test_a_checked_account_is_not_asked_again(ended) -> None:
    result = ended(lambda: run_plan(build_module(WRITING_SPEC), None, PLAN, Writers().make))
    assert result["changed"] is True


def test_a_refusal_by_aws_fails_at_the_end(ended) -> None:
    result = ended(body(Aws(), Writers("ana")))
    assert result["failed"] is True
    assert result["changed"] is True
    assert result["changes"] == shown(*PLAN)
    assert result["applied"] == shown(BEN)
    assert result["pending"] == shown(ANA, JOINS)
    assert result["failures"] == [{"subject": "ana", "target": "user ana", "message": REFUSAL}]
    assert result["msg"] == (
        f"{REFUSAL}\n"
        "(1 other change was made, 1 not made because of this; fix the cause and run again.)"
    )


def test_when_everything_is_refused(ended) -> None:
    result = ended(body(Aws(), Writers("ana", "ben"), plan=(ANA, BEN)))
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].endswith("\n(no other changes were made; fix the cause and run again.)")


def test_failures_can_wait_for_the_end_of_the_run(ended) -> None:
    result = ended(body(Aws(), Writers("ana")), defer_failures=True)
    assert "failed" not in result
    assert result["failures"] == [{"subject": "ana", "target": "user ana", "message": REFUSAL}]
    assert result["pending"] == shown(ANA, JOINS)


def test_what_we_refuse_is_neither_planned_nor_written(ended) -> None:
    writers = Writers()
    result = ended(body(Aws(), writers, refused={"ana": "Not ana."}))
    assert writers.written == [BEN]
    assert result["changes"] == result["applied"] == shown(BEN)
    assert result["failures"] == [{"subject": "ana", "target": "ana", "message": "Not ana."}]
    assert result["msg"].startswith("Not ana.\n(1 other change was made;")


def test_a_refusal_in_check_mode_claims_nothing(ended) -> None:
    result = ended(body(Aws(), Writers(), refused={"ben": "Not ben."}), _ansible_check_mode=True)
    assert result["failed"] is True
    assert result["msg"] == (
        "Not ben.\n(2 other changes would be made; fix the cause and run again.)"
    )


def test_facts_that_depend_on_the_outcome(ended) -> None:
    result = ended(
        body(Aws(), Writers("ana"), describe=lambda outcome: {"made": len(outcome.applied)})
    )
    assert result["made"] == 1


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_diff_is_readable_yaml(ended, check_mode: bool) -> None:
    result = ended(body(Aws(), Writers()), _ansible_diff=True, _ansible_check_mode=check_mode)
    assert result["diff"]["before"] == ""
    assert yaml.safe_load(result["diff"]["after"]) == {
        "user ana": {"path": "/"},
        "user ben": {"path": "/"},
        "membership ana/g": {},
    }


def test_a_diff_shows_both_sides() -> None:
    moved = Change(ObjectId(Kind.GROUP, ("g",)), Action.UPDATE, {"path": "/"}, {"path": "/j/"})
    gone = Change(ObjectId(Kind.GROUP, ("h",)), Action.DELETE, {"path": "/"}, None)
    assert build_diff((moved, gone)) == {
        "before": "group g:\n  path: /\ngroup h:\n  path: /\n",
        "after": "group g:\n  path: /j/\n",
    }
