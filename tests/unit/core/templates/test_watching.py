# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of watching the Jump account."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.watching import (
    Watching,
    parse_watching,
)
from hypothesis import given

from tests.unit.inputs import ANYTHING, problems_of, record

START = "arn:aws:iam::111111111111:"
ROLE = f"{START}role/ci/runner"


def parse(**given_options):
    return problems_of(lambda p: parse_watching(p, given_options, START))


def test_options_that_are_not_given():
    nothing = dict.fromkeys(("is_wanted", "emails", "break_glass", "runners"))
    assert parse() == parse(**nothing) == (Watching(), [])


def test_options():
    found, problems = parse(
        is_wanted=True,
        emails=["b@example.com", "a+b@mail.example.co.jp"],
        break_glass=["glass.1", "Glass=2"],
        runners=[ROLE, f"{START}user/run"],
    )
    assert problems == []
    assert found == Watching(
        True,
        ("a+b@mail.example.co.jp", "b@example.com"),
        ("Glass=2", "glass.1"),
        (ROLE, f"{START}user/run"),
    )


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("is_wanted", "yes", "jump_watch: must be true or false, found the string 'yes'"),
        ("emails", "a@b.cd", "jump_watch_emails: expected a list, found the string 'a@b.cd'"),
        ("emails", ["security"], "jump_watch_emails[0]: expected an email address such as "),
        ("emails", ["a@b"], "jump_watch_emails[0]: expected an email address such as "),
        ("emails", ["a b@c.de"], "jump_watch_emails[0]: expected an email address such as "),
        (
            "emails",
            [f"a@{'b' * 64}.de"],
            "jump_watch_emails[0]: expected an email address such as ",
        ),
        (
            "emails",
            [f"a@{'b.' * 130}de"],
            "jump_watch_emails[0]: expected an email address such as ",
        ),
        ("emails", ["a@b.cd", "A@b.cd"], "jump_watch_emails[1]: 'A@b.cd' is already "),
        ("break_glass", ["a/b"], "jump_break_glass[0]: 'a/b' contains characters that "),
        ("break_glass", ["x" * 65], "jump_break_glass[0]: "),
        ("break_glass", [1], "jump_break_glass[0]: expected a string, found the number 1"),
        ("runners", ["runner"], "jump_watch_runners[0]: expected the ARN of a role or user of "),
        (
            "runners",
            ["arn:aws:sts::111111111111:assumed-role/a/b"],
            "jump_watch_runners[0]: expected the ARN of a role or user of the Jump account, such "
            f"as {START}role/NAME, found the string ",
        ),
        ("runners", ["arn:aws:iam::222222222222:role/a"], "jump_watch_runners[0]: expected "),
        ("runners", [f"{START}root"], "jump_watch_runners[0]: expected "),
        ("runners", [f"{ROLE}\n"], "jump_watch_runners[0]: expected "),
    ],
)
def test_what_is_wrong(option, value, text):
    (problem,) = parse(**{option: value})[1]
    assert problem.startswith(text)


@given(record(is_wanted=ANYTHING, emails=ANYTHING, break_glass=ANYTHING, runners=ANYTHING))
def test_anything_else_is_a_problem_and_no_exception(options):
    parse(**options)
