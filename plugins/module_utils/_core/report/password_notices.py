# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run tells of console passwords, MFA devices and keys, with what to do about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..change import Json
from ..iam.login_profiles import reset_advice
from ..words import IN_JSON, counted, listed

_SHOWN = 10


def password_notices(result: Mapping[str, Json]) -> list[str]:
    """Return the lines about a result of iam_login_profile."""
    return [
        *_lost(result.get("lost", [])),
        *_missing(result.get("missing", [])),
        *_orphaned(result.get("orphaned", [])),
        *_unused(result.get("unused", [])),
        *_without_mfa(result.get("without_mfa", []), result.get("report_made", "")),
        *_access_keys(result.get("access_keys", []), result.get("report_made", "")),
    ]


def _lost(found: Sequence[Mapping[str, str]]) -> list[str]:
    """Return who cannot sign in for the first time."""
    why = {"missing": "is gone", "overwritten": "was overwritten after it was set"}
    return [
        f"  user {lost['name']} never signed in and cannot: the initial password, "
        f"{lost['parameter']}, {why[lost['reason']]}. {reset_advice(lost['name'])}"
        for lost in found
    ]


def _missing(names: Sequence[str]) -> list[str]:
    return [
        f"  user {name} has no console password, and none was issued: it was removed, or the "
        "user was not created by this collection. To issue one, run new_user with -e "
        f"reset_password={name}"
        for name in names
    ]


def _orphaned(found: Sequence[Mapping[str, str]]) -> list[str]:
    shown = found if len(found) <= _SHOWN + 1 else found[:_SHOWN]
    lines = [
        f"  {one['parameter']} is not the password of any user: {one['reason']}" for one in shown
    ]
    if not lines:
        return []
    if len(shown) < len(found):
        rest = counted(len(found) - len(shown), "more parameter")
        lines.append(f"  and {rest} like it; {IN_JSON}")
    return [*lines, "    to delete them, run with -e jump_users_prune_passwords=true"]


def _unused(found: Sequence[Mapping[str, Json]]) -> list[str]:
    if not found:
        return []
    names = [f"{one['name']} ({_age(one['days'])})" for one in found]
    return [
        f"  {counted(len(found), 'initial password')} not used yet: {listed(names, _SHOWN)}; "
        "anyone who can read one can sign in as that person. Hand it out, or remove it with "
        "aws iam delete-login-profile --user-name NAME"
    ]


def _age(days: int) -> str:
    return counted(days, "day") if days else "today"


def _without_mfa(names: Sequence[str], made: str) -> list[str]:
    if not names:
        return []
    return [
        f"  {counted(len(names), 'person')} with a console password and no MFA device, as of "
        f"{made}: {listed(names, _SHOWN)}; anyone with such a password can enroll a device"
    ]


def _access_keys(found: Sequence[Mapping[str, Json]], made: str) -> list[str]:
    if not found:
        return []
    names = [f"{one['name']} ({counted(one['keys'], 'key')})" for one in found]
    return [
        f"  {counted(len(found), 'person')} with active access keys, as of {made}: "
        f"{listed(names, _SHOWN)}; delete those that are not needed"
    ]
