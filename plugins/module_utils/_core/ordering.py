# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The order of changes: one table, each rank with its reason."""

from __future__ import annotations

from .change import Action, Change, Kind

_C, _U, _D = Action.CREATE, Action.UPDATE, Action.DELETE

_RANKS: tuple[tuple[tuple[tuple[Kind, Action], ...], str], ...] = (
    (
        (
            (Kind.LOGIN_PROFILE, _D),
            (Kind.INITIAL_PASSWORD, _D),
            (Kind.FORMER_PASSWORD, _D),
            (Kind.FORMER_USER, _D),
            (Kind.CREDENTIALS, _D),
        ),
        "the door is shut before anything else, and a password that was used is no longer kept",
    ),
    (
        ((Kind.MEMBERSHIP, _D),),
        "access is withdrawn before it is granted, which also keeps within the groups of a user",
    ),
    (
        ((Kind.STACK_INSTANCE, _D),),
        "instances go before the stack set that holds them",
    ),
    (
        ((Kind.STACK_SET, _D),),
        "only an empty stack set can be deleted",
    ),
    (
        (
            (Kind.GROUP_POLICY, _D),
            (Kind.ROLE_POLICY, _D),
            (Kind.ROLE_ATTACHMENT, _D),
        ),
        "IAM deletes only empty groups and roles, and permissions end before protection does",
    ),
    (
        ((Kind.STACK_PROTECTION, _D),),
        "CloudFormation deletes no stack that is protected",
    ),
    (
        ((Kind.ROLE, _D), (Kind.USER, _D)),
        "empty by now",
    ),
    (
        ((Kind.STACK_LEFTOVER, _D),),
        "what a failed first creation left holds the name that the stack needs",
    ),
    (
        (
            (Kind.PASSWORD_POLICY, _C),
            (Kind.PASSWORD_POLICY, _U),
            (Kind.BUCKET, _C),
            (Kind.BUCKET, _U),
        ),
        "passwords are generated to meet the password policy; all else of a bucket needs it",
    ),
    (
        (
            (Kind.BUCKET_PUBLIC_ACCESS_BLOCK, _C),
            (Kind.BUCKET_PUBLIC_ACCESS_BLOCK, _U),
        ),
        "a bucket is closed before anything else of it is set",
    ),
    (
        (
            (Kind.BUCKET_VERSIONING, _C),
            (Kind.BUCKET_VERSIONING, _U),
            (Kind.BUCKET_POLICY, _C),
            (Kind.BUCKET_POLICY, _U),
        ),
        "objects get a version and are readable by nobody else from their first moment",
    ),
    (
        ((Kind.OBJECT, _C), (Kind.OBJECT, _U)),
        "templates are in place before anything is launched from them",
    ),
    (
        ((Kind.POLICY, _C),),
        "a policy exists before it is attached",
    ),
    (
        (
            (Kind.GROUP, _C),
            (Kind.GROUP, _U),
            (Kind.ROLE, _C),
            (Kind.ROLE, _U),
            (Kind.STACK, _C),
            (Kind.STACK, _U),
        ),
        "an owner exists before what belongs to it",
    ),
    (
        ((Kind.GROUP_MFA, _C), (Kind.STACK_PROTECTION, _C)),
        "a group forces MFA before it permits anything, and before an older MFA policy leaves it",
    ),
    (
        ((Kind.POLICY, _U),),
        "a policy that is attached permits no more before its groups force MFA",
    ),
    (
        ((Kind.GROUP_ATTACHMENT, _D),),
        "what leaves makes room for what comes: a group holds few managed policies",
    ),
    (
        ((Kind.GROUP_MFA, _D),),
        "the MFA policy leaves a group after the group's permissions",
    ),
    (
        ((Kind.GROUP, _D),),
        "empty by now",
    ),
    (
        ((Kind.POLICY, _D),),
        "IAM deletes only policies that are attached to nothing",
    ),
    (
        (
            (Kind.GROUP_ATTACHMENT, _C),
            (Kind.GROUP_POLICY, _C),
            (Kind.GROUP_POLICY, _U),
            (Kind.ROLE_POLICY, _C),
            (Kind.ROLE_POLICY, _U),
            (Kind.ROLE_ATTACHMENT, _C),
        ),
        "permissions come when their protection is in place",
    ),
    (
        ((Kind.STACK_SET, _C), (Kind.STACK_SET, _U)),
        "a stack set exists before its instances and updates them with itself",
    ),
    (
        ((Kind.STACK_INSTANCE, _C), (Kind.STACK_INSTANCE, _U)),
        "instances are made from the stack set as it is by now",
    ),
    (
        ((Kind.USER, _C), (Kind.USER, _U)),
        "a user is marked as ours by the call that creates it, before it belongs anywhere",
    ),
    (
        ((Kind.MEMBERSHIP, _C),),
        "a user is in its groups, MFA policy included, before it has a password",
    ),
    (
        ((Kind.USER_POLICY, _D),),
        "who was shut out is let in when the groups are those of the roster",
    ),
    (
        ((Kind.INITIAL_PASSWORD, _C), (Kind.INITIAL_PASSWORD, _U)),
        "stored before it is set, so that a crash in between loses nothing",
    ),
    (
        ((Kind.PASSWORD_ELSEWHERE, _D),),
        "a password is copied before it leaves, all of them at first: their names rest for a while",
    ),
    (
        ((Kind.PASSWORD_UNDER_KEY, _C),),
        "a name is taken again when AWS has forgotten what it was before",
    ),
    (
        ((Kind.LOGIN_PROFILE, _C),),
        "the person can sign in only when everything else is right",
    ),
    (
        ((Kind.ISSUE_RECORD, _C), (Kind.ISSUE_RECORD, _U)),
        "whose password is recorded as issued never gets one by itself again",
    ),
)

_RANK_OF = {pair: rank for rank, (pairs, _reason) in enumerate(_RANKS) for pair in pairs}


def rank(change: Change) -> int:
    """Return the place of a change in the order; equal places may run side by side."""
    return _RANK_OF[(change.id.kind, change.action)]


def sort_key(change: Change) -> tuple[int, str, tuple[str, ...]]:
    """Return the key that makes the same plan from the same input, always."""
    return (rank(change), change.id.kind.value, change.id.key)
