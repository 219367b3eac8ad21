# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about what lower levels may do beside the fence is up to date and says what is so."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest

from scripts.fence_page import build_page
from scripts.review_fence import PAGE, Review, Sources, load_decisions, load_fence, read_sources

sources = cache(read_sources)


def problems(fence: Any = None, decided: Any = None, **more_actions: str) -> list[str]:
    """Return what the review finds with another fence, other decisions or more actions of AWS."""
    known = {name.replace("__", ":"): access for name, access in more_actions.items()}
    given = Sources(sources().policies, {**sources().actions, **known}) if known else sources()
    return Review(given, fence or load_fence(), decided or load_decisions()).problems()


def test_the_page_is_up_to_date() -> None:
    """Run `make review-fence` after a change of the fence, the decisions or the requirements."""
    decided = load_decisions()
    review = Review(sources(), load_fence(), decided)
    assert review.problems() == []
    assert PAGE.read_text(encoding="utf-8") == build_page(review, decided["intro"])


@pytest.mark.parametrize(
    ("action", "access", "found"),
    [
        ("newservice__DescribeThing", "Read", "service newservice: nobody looked at it yet"),
        ("sts__AskForMore", "Read", "sts:AskForMore of PowerUserAccess: is of a service whose "),
        ("glacier__GrantEverybody", "Permissions management, Write", "glacier:GrantEverybody of "),
        ("tax__GetMasterUserData", "Read", "tax:GetMasterUserData of PowerUserAccess: shows "),
    ],
)
def test_what_aws_adds_is_found(action: str, access: str, found: str) -> None:
    assert [text for text in problems(**{action: access}) if text.startswith(found)]


def test_what_aws_adds_to_a_policy_is_found() -> None:
    policies = copy.deepcopy(dict(sources().policies))
    statements = policies["PowerUserAccess"]["Document"]["Statement"]
    statements.append({"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "*"})
    fence = {"Version": "2012-10-17", "Statement": []}
    review = Review(Sources(policies, sources().actions), fence, load_decisions())
    assert any(text.startswith("iam:UpdateAssumeRolePolicy of Power") for text in review.problems())


@pytest.mark.parametrize("sid", [s["Sid"] for s in load_fence()["Statement"]])
def test_every_part_of_the_fence_is_missed(sid: str) -> None:
    fence = load_fence()
    fence["Statement"] = [s for s in fence["Statement"] if s["Sid"] != sid]
    assert problems(fence)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"actions": ["ssm:GetNothing"]}, "passwords: no level may do ssm:GetNothing; take it off"),
        ({"fenced_on": ["everything"]}, "ssm:GetParameter: passwords claims a fence on *"),
    ],
)
def test_a_decision_that_is_not_so_is_found(change: dict[str, Any], found: str) -> None:
    decided = load_decisions()
    decided["concerns"][0] |= change
    assert [text for text in problems(decided=decided) if text.startswith(found)]


def test_a_service_that_is_gone_is_found() -> None:
    decided = load_decisions()
    decided["services"] += " gone"
    (problem,) = problems(decided=decided)
    assert problem.startswith("service gone: the levels have nothing in it any more")
