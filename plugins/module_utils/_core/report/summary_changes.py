# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run changed, in the words of its objects: people, groups, accounts, passwords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..change import Action, Json, Kind, kind_of
from ..step import Run, Step
from ..words import IN_JSON, counted, listed
from .level_changes import level_rows

LABEL_WIDTH = 17
SHOWN_MEMBERSHIPS = 10
_VERBS = {
    Action.CREATE: ("created", "to create"),
    Action.UPDATE: ("updated", "to update"),
    Action.DELETE: ("deleted", "to delete"),
}
_MEMBERSHIP_MARKS = {Action.CREATE: "+", Action.DELETE: "-"}
_BUCKET = (
    Kind.BUCKET,
    Kind.BUCKET_PUBLIC_ACCESS_BLOCK,
    Kind.BUCKET_VERSIONING,
    Kind.BUCKET_POLICY,
)
_GROUP = (Kind.GROUP, Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT, Kind.GROUP_POLICY)
_MOVE = (Kind.PASSWORD_ELSEWHERE, Kind.PASSWORD_UNDER_KEY)
_STACK = (Kind.STACK, Kind.STACK_LEFTOVER, Kind.STACK_PROTECTION)
_OF_PEOPLE = (
    (Kind.FORMER_USER, ("deleted with all credentials", "to delete with all credentials")),
    (Kind.CREDENTIALS, ("lost password and keys", "to lose password and keys")),
    (Kind.USER_POLICY, ("no longer shut out", "no longer to be shut out")),
)


@dataclass(frozen=True)
class Made:
    """One change of a result; name is the owner of the object, rest what else names it."""

    kind: Kind | None
    action: Action
    name: str
    rest: str = ""


def read_made(result: Mapping[str, Json]) -> tuple[Made, ...]:
    """Return what a step changed, or would change in check mode."""
    return tuple(_read(change) for change in applied_changes(result))


def applied_changes(result: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    """Return the changes of a result without those that AWS refused or that waited for these."""
    applied: Sequence[Mapping[str, Json]] = result.get("applied", result.get("changes", []))
    return applied


def _read(change: Mapping[str, Json]) -> Made:
    kind = kind_of(change["target"])
    name, _slash, rest = change["target"].removeprefix(f"{kind} ").partition("/")
    return Made(kind, Action(change["action"]), name, rest)


def change_lines(run: Run) -> list[str]:
    """Return what changed, a line for each sort of object."""
    rows = [
        *_rows_of_jump_account(run),
        *_rows_of_accounts(run),
        *_rows_of_people(run),
    ]
    return [f"  {label:<{LABEL_WIDTH}}{text}".rstrip() for label, text in rows if text]


Row = tuple[str, str]


def _rows_of_jump_account(run: Run) -> list[Row]:
    bucket = read_made(run.results[Step.TEMPLATE_BUCKET])
    policy = read_made(run.results[Step.PASSWORD_POLICY])
    stacks = [
        *read_made(run.results[Step.ADMINISTRATION_ROLE]),
        *read_made(run.results[Step.OWN_EXECUTION_ROLE]),
    ]
    templates = [m for m in bucket if m.kind is Kind.OBJECT]
    watching = [
        *read_made(run.results[Step.WATCHING]),
        *read_made(run.results[Step.WATCHING_OF_IAM]),
    ]
    objects = sorted({m.action for m in templates})
    uploaded = [
        f"{counted(sum(m.action is a for m in templates), 'template')} {_verb(a, run)}"
        for a in objects
    ]
    return [
        ("password policy", _verbs(policy, (Kind.PASSWORD_POLICY,), run)),
        ("template bucket", ", ".join(filter(None, [_verbs(bucket, _BUCKET, run), *uploaded]))),
        ("passwords key", _verbs(read_made(run.results[Step.PASSWORDS_KEY]), _STACK, run)),
        ("StackSets roles", _verbs(stacks, _STACK, run)),
        ("watching", _verbs(watching, _STACK, run)),
    ]


def _rows_of_accounts(run: Run) -> list[Row]:
    hosts = {a["account_id"]: a["host"] for a in run.desired["accounts"]}

    def accounts(step: Step, kinds: Sequence[Kind]) -> str:
        return _named(read_made(run.results[step]), kinds, run, hosts)

    stack_set = run.results[Step.STACK_SET]
    levels = level_rows(stack_set, run.desired["role_levels"], is_check=run.is_check)
    return [
        *(levels or [("stack set", _verbs(read_made(stack_set), (Kind.STACK_SET,), run))]),
        ("execution roles", accounts(Step.EXECUTION_ROLES, _STACK)),
        ("switch roles", accounts(Step.STACK_INSTANCES, (Kind.STACK_INSTANCE,))),
    ]


def _rows_of_people(run: Run) -> list[Row]:
    groups = read_made(run.results[Step.GROUPS])
    users = read_made(run.results[Step.USERS])
    return [
        ("policies", _named(groups, (Kind.POLICY,), run)),
        ("groups", _named(groups, _GROUP, run)),
        ("people", _people(users, run)),
        *(("memberships", text) for text in _memberships(users)),
        ("passwords", _passwords(read_made(run.results[Step.INITIAL_PASSWORDS]), run)),
    ]


def _people(users: Sequence[Made], run: Run) -> str:
    """Return what became of users; those who left only get a mark."""
    left = set(leavers(run))
    marked = sorted({m.name for m in users if m.kind is Kind.USER and m.name in left})
    words = "to mark as having left" if run.is_check else "marked as having left"
    special = [
        (sorted({m.name for m in users if m.kind is kind}), words[run.is_check])
        for kind, words in _OF_PEOPLE
    ]
    texts = [
        _named([m for m in users if m.name not in left], (Kind.USER,), run),
        *(f"{len(n)} {text}: {listed(n)}" for n, text in (*special, (marked, words)) if n),
    ]
    return "; ".join(filter(None, texts))


def _verb(action: Action, run: Run) -> str:
    return _VERBS[action][run.is_check]


def by_action(made: Iterable[Made], kinds: Sequence[Kind]) -> dict[Action, list[str]]:
    """Return the owners of changed objects by what became of them.

    The first of kinds is the owner itself; a change of what belongs to it is its update.
    """
    found: dict[str, Action] = {}
    for m in made:
        if m.kind not in kinds:
            continue
        action = m.action if m.kind is kinds[0] else Action.UPDATE
        if action is not Action.UPDATE or m.name not in found:
            found[m.name] = action
    return {a: sorted(n for n in found if found[n] is a) for a in Action if a in found.values()}


def _verbs(made: Iterable[Made], kinds: Sequence[Kind], run: Run) -> str:
    return ", ".join(_verb(action, run) for action in by_action(made, kinds))


def _named(
    made: Iterable[Made], kinds: Sequence[Kind], run: Run, shown: Mapping[str, str] | None = None
) -> str:
    """Return how many objects were created, updated and deleted, with some of their names."""
    return "; ".join(
        f"{len(names)} {_verb(action, run)}: {listed([(shown or {}).get(n, n) for n in names])}"
        for action, names in by_action(made, kinds).items()
    )


def _memberships(users: Sequence[Made]) -> list[str]:
    """Return who joined and left which groups; new people are shown with theirs elsewhere."""
    new = {m.name for m in users if (m.kind, m.action) == (Kind.USER, Action.CREATE)}
    changed: dict[str, list[str]] = {}
    for m in users:
        if m.kind is Kind.MEMBERSHIP and m.name not in new:
            changed.setdefault(m.name, []).append(f"{_MEMBERSHIP_MARKS[m.action]}{m.rest}")
    texts = [
        f"{name} {' '.join(sorted(marks, key=lambda mark: (mark[0] == '+', mark)))}"
        for name, marks in sorted(changed.items())
    ]
    if len(texts) <= SHOWN_MEMBERSHIPS + 1:
        return texts
    rest = counted(len(texts) - SHOWN_MEMBERSHIPS, "more person")
    return [*texts[:SHOWN_MEMBERSHIPS], f"and {rest}; {IN_JSON}"]


def _passwords(made: Sequence[Made], run: Run) -> str:
    issued = {m.name for m in made if (m.kind, m.action) == (Kind.LOGIN_PROFILE, Action.CREATE)}
    passwords = [m for m in made if m.kind is Kind.INITIAL_PASSWORD]
    # What is nobody's is named by its parameter, which begins with a slash.
    orphaned = {m.rest.rpartition("/")[2] for m in passwords if not m.name}
    moved = {m.name for m in made if m.kind in _MOVE}
    used = {m.name for m in passwords if m.action is Action.DELETE} - issued - {""}
    others = {m.name for m in passwords} - issued - used - {""}
    taken = {m.name for m in made if m.kind is Kind.FORMER_PASSWORD} - issued
    record = {m.kind for m in made} == {Kind.ISSUE_RECORD} and {"who has one"}
    phrases = (
        (issued, ("issued", "to issue")),
        (taken, ("taken away", "to take away")),
        (others, ("stored", "to store")),
        (moved, ("moved to the key", "to move to the key")),
        (used, ("deleted after first sign-in", "to delete after first sign-in")),
        (orphaned, ("orphaned, deleted", "orphaned, to delete")),
        (record or (), ("record updated", "record to update")),
    )
    return "; ".join(
        f"{len(names)} {words[run.is_check]}: {listed(sorted(names))}"
        for names, words in phrases
        if names
    )


def roster_changes(run: Run) -> list[str]:
    """Return how many people join, change and left, compared with what is in IAM."""
    result = run.results[Step.USERS]
    left = leavers(run)
    made = [m for m in read_made(result) if m.name not in left]
    actions = by_action(made, (Kind.USER, Kind.MEMBERSHIP))
    counts = (
        ("new", len(actions.get(Action.CREATE, []))),
        ("changed", len(actions.get(Action.UPDATE, []))),
        ("left", len(left)),
    )
    return [f"{count} {word}" for word, count in counts if count]


def leavers(run: Run) -> list[str]:
    """Return our users who are not in the roster any more, whatever the spelling of their name."""
    listed_names = {name.lower() for name in run.desired["roster"]}
    unlisted = run.results[Step.USERS].get("unlisted", [])
    return [name for name in unlisted if name.lower() not in listed_names]
