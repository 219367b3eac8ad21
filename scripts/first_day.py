# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last scene of the quickstart: a new person's first day, with what AWS answers to each step.

Every answer comes from the local AWS, which decides by the policies that the playbooks wrote.
"""

from __future__ import annotations

import secrets
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from sandbox.person import Person

Step = tuple[str, Callable[[], str], bool]
"""What the person does, how, and whether AWS must allow it."""


def first_day(person: Person, initial_password: str, own: str, foreign: str) -> None:
    """Play the day of an admin of a project.

    own and foreign are the ids of an account of the project and of one that is not.
    """
    password = f"{secrets.token_urlsafe(18)}aA1!"
    for words, act, is_allowed in (
        *_without_mfa(person, initial_password, password, own),
        *_with_mfa(person, password, own, foreign),
    ):
        _play(words, act, is_allowed)


def _without_mfa(person: Person, initial: str, password: str, own: str) -> tuple[Step, ...]:
    return (
        (
            "signs in with the initial password",
            lambda: _sign_in(person, initial),
            False,
        ),
        (
            "signs in and gives a new password, as the page demands",
            lambda: _sign_in(person, initial, new_password=password),
            True,
        ),
        (
            "switches to role-admin in project-a-prod, still without MFA",
            lambda: _switch(person, own),
            False,
        ),
        (
            "lists the users, still without MFA",
            lambda: str(person.client("iam").list_users()),
            False,
        ),
        (
            "enrolls an authenticator app with two codes",
            lambda: f"enabled {person.enroll()}",
            True,
        ),
    )


def _with_mfa(person: Person, password: str, own: str, foreign: str) -> tuple[Step, ...]:
    return (
        (
            "signs in again, with the new password and a code of the app",
            lambda: _sign_in(person, password),
            True,
        ),
        (
            "switches to role-admin in project-a-prod",
            lambda: _switch(person, own),
            True,
        ),
        (
            "makes a group there, which only an administrator may",
            lambda: _make_group(person, own),
            True,
        ),
        (
            "switches to role-admin in project-b-prod, another project's account",
            lambda: _switch(person, foreign),
            False,
        ),
        (
            "switches to role-admin in project-a-prod under another's name",
            lambda: _switch(person, own, "yamada.taro"),
            False,
        ),
    )


def _play(words: str, act: Callable[[], str], is_allowed: bool) -> None:
    """Show a step and AWS's answer; end the demo when the answer is not as it must be."""
    try:
        answer, was_allowed = act(), True
    except ClientError as refusal:
        error = refusal.response["Error"]
        answer, was_allowed = f"{error['Code']}: {error['Message']}", False
    mark = "allowed" if was_allowed else "denied"
    sys.stdout.write(f"  {mark:<8} {words}\n{textwrap.indent(_wrapped(answer), ' ' * 13)}\n")
    sys.stdout.flush()
    if was_allowed is not is_allowed:
        sys.exit(f"AWS should have {'allowed' if is_allowed else 'denied'} this.")


def _wrapped(answer: str) -> str:
    return textwrap.fill(f"AWS: {answer}", 87, break_long_words=False, break_on_hyphens=False)


def _sign_in(person: Person, password: str, **form: str) -> str:
    answer = person.sign_in(password, **form)
    return f"signed in as {answer['arn']}, {'with' if answer['has_mfa'] else 'without'} MFA"


def _switch(person: Person, account_id: str, session_name: str | None = None) -> str:
    return str(_inside(person, account_id, session_name)["AssumedRoleUser"]["Arn"])


def _inside(person: Person, account_id: str, session_name: str | None = None) -> dict[str, Any]:
    return person.switch(f"arn:aws:iam::{account_id}:role/role-admin", session_name)


def _make_group(person: Person, account_id: str) -> str:
    iam = person.client("iam", _inside(person, account_id)["Credentials"])
    return f"made {iam.create_group(GroupName='reporting')['Group']['Arn']}"
