# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is refused or fails: nobody comes to a password in a group that does not force MFA."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
    Plan,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import (
    GroupOptions,
    UserOptions,
    changed_groups,
    decide_groups,
    decide_users,
    groups_after,
    user_alarms,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.group_findings import (
    FoundGroups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    GroupQuotas,
    GroupSettings,
    JumpGroup,
    build_group_state,
    build_mfa_document,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    SignInState,
    build_login_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.user_findings import (
    FoundUsers,
    members_of,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    build_user_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    canonical_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import (
    Outcome,
    apply_plan,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.laws import SWITCHES

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
SMALL = GroupQuotas(inline_size=300, policy_size=300, attached_policies=4)
BASE = GroupSettings("111111111111", "aws", "/jumpaccount/", "mfa", SMALL)
VERSIONS = (
    replace(BASE, quotas=replace(SMALL, policy_size=9000)),
    replace(BASE, source_networks=("203.0.113.0/24",)),
    replace(BASE, mfa_policy="mfa-new"),
)
"""Settings that a company has one after the other: each wants another MFA policy."""

MFA_TEXTS = [canonical_policy(build_mfa_document(version)) for version in VERSIONS]
GROUP_KINDS = (Kind.GROUP, Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT, Kind.GROUP_POLICY)
GROUPS, PEOPLE = "gh", ("ana", "bo")
ROLES = frozenset(f"arn:aws:iam::{n:012}:role/role-x" for n in range(6))


@dataclass
class Iam:
    """Groups, users and passwords as they are, and who came to a password without MFA."""

    state: dict[ObjectId, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    refused: frozenset[ObjectId] = frozenset()
    tolerated: frozenset[tuple[str, str]] = frozenset()
    lock: Any = field(default_factory=threading.Lock)

    def write(self, change: Change) -> None:
        """Do what AWS would, or refuse; note who is worse off than before the run."""
        with self.lock:
            if change.id in self.refused:
                raise AwsError(f"write {change.id}", "AccessDenied", "no")
            if change.id.kind is Kind.GROUP_MFA and change.action is Action.CREATE:
                name = change.id.key[1].rpartition("/")[2]
                if ObjectId(Kind.POLICY, (name,)) not in self.state:
                    raise AwsError(f"write {change.id}", "NoSuchEntity", "no")
            self.state.pop(change.id, None)
            if change.action is not Action.DELETE:
                self.state[change.id] = change.after
            if change.id.kind is Kind.GROUP and change.action is Action.DELETE:
                for obj in [i for i in self.state if i.kind is Kind.MEMBERSHIP]:
                    if obj.key[1] == change.id.key[0]:
                        del self.state[obj]
            for person, group in self.worse_off(change) - self.tolerated:
                self.broken.append(f"{person} in {group} after {change.action} {change.id}")

    def worse_off(self, change: Change) -> set[tuple[str, str]]:
        """Return who must not be where after this change."""
        if change.id.kind is Kind.LOGIN_PROFILE:
            return self.exposed() | self.exposed(is_foreign=True)
        if (change.id.kind, change.action) != (Kind.MEMBERSHIP, Action.CREATE):
            return self.exposed()
        is_joined_open = not self.forces_mfa(change.id.key[1])
        return self.exposed() | (
            {(change.id.key[0], change.id.key[1])} if is_joined_open else set()
        )

    def forces_mfa(self, group: str) -> bool:
        """Return whether a group has a policy with a text that forces MFA."""
        arns = (i.key[1] for i in self.state if i.kind in GROUP_KINDS[1:3] and i.key[0] == group)
        names = (arn.rpartition("/")[2] for arn in arns)
        found = (self.state.get(ObjectId(Kind.POLICY, (name,)), {}) for name in names)
        return any(policy.get("document") in MFA_TEXTS for policy in found)

    def permits(self, group: str) -> bool:
        return any(i.kind in GROUP_KINDS[2:] and i.key[0] == group for i in self.state)

    def exposed(self, *, is_foreign: bool = False) -> set[tuple[str, str]]:
        """Return those of the open whom no other group forces to use MFA, or in groups of ours."""
        return {
            (person, group)
            for person, group in self.open()
            if self.is_foreign(group) is is_foreign and not (is_foreign and self.is_guarded(person))
        }

    def open(self) -> set[tuple[str, str]]:
        """Return who has a password in which group that permits something without MFA."""
        return {
            (person, group)
            for group, members in members_of(self.state).items()
            for person in members
            if ObjectId(Kind.LOGIN_PROFILE, (person,)) in self.state
            and self.permits(group)
            and not self.forces_mfa(group)
        }

    def is_foreign(self, group: str) -> bool:
        return bool(self.state.get(ObjectId(Kind.GROUP, (group,))) == {"path": "/"})

    def is_guarded(self, person: str) -> bool:
        """Return whether a group of a person forces MFA on all that the person does."""
        return any(
            person in members and self.forces_mfa(group)
            for group, members in members_of(self.state).items()
        )

    def of(self, *kinds: Kind) -> dict[ObjectId, Any]:
        return {i: v for i, v in self.state.items() if i.kind in kinds}

    def groups(self) -> dict[ObjectId, Any]:
        return self.of(*GROUP_KINDS, Kind.POLICY)


class Vouched(NamedTuple):
    """What a step says of the groups to the one that follows."""

    protected_groups: frozenset[str] | None = None
    changed_groups: frozenset[str] = frozenset()


@dataclass
class Run:
    """One run of a playbook, with what AWS refuses in it."""

    iam: Iam
    version: GroupSettings
    data: st.DataObject
    failures: set[str] = field(default_factory=set)
    noticed: set[str] = field(default_factory=set)

    def write(self, plan: Plan) -> Outcome:
        ids = [change.id for change in plan]
        refused = self.data.draw(st.sets(st.sampled_from(ids), max_size=2)) if ids else set()
        self.iam.refused = frozenset(refused)
        steps = {(c.id.kind, c.action) for c in plan}
        outcome = apply_plan(plan, dict.fromkeys(steps, self.iam.write))
        self.failures |= {f.subject for f in outcome.failures}
        return outcome

    def set_up_groups(self, wanted: list[JumpGroup], options: GroupOptions) -> Vouched:
        found = FoundGroups(self.iam.groups(), members=members_of(self.iam.state))
        decision = decide_groups(wanted, found, self.version, options)
        outcome = self.write(decision.plan)
        protected, alarms = groups_after(found, decision, self.version, outcome.applied)
        self.failures |= {*decision.refused, *alarms}
        changed = changed_groups(found, self.version, outcome.applied)
        return Vouched(frozenset(protected), frozenset(changed))

    def set_up_people(self, wanted: list[JumpUser], options: UserOptions) -> None:
        groups = self.iam.of(Kind.GROUP)
        found = FoundUsers(
            self.iam.of(Kind.USER, Kind.MEMBERSHIP),
            frozenset(i.key[0] for i, v in groups.items() if v["path"] == self.version.path),
            groups=frozenset(i.key[0] for i in groups),
            group_state=self.iam.groups(),
        )
        decision = decide_users(wanted, found, self.version, options)
        outcome = self.write(decision.plan)
        self.failures |= {*decision.refused, *user_alarms(found, self.version, options)}
        self.noticed = set(decision.findings["unguarded"])
        ready = set(decision.findings["ready"]) - {c.subject for c in outcome.pending}
        self.issue_passwords(ready)

    def issue_passwords(self, ready: set[str]) -> None:
        has = {i.key[0] for i in self.iam.of(Kind.LOGIN_PROFILE)}
        states = {name: SignInState(has_login_profile=name in has) for name in ready}
        self.write(plan_changes(*build_login_state(states, "/p")))


def disturb(iam: Iam, data: st.DataObject, version: GroupSettings) -> None:
    """Let somebody do by hand what ends protection, or makes what is not ours."""
    group, person = data.draw(st.sampled_from(GROUPS)), data.draw(st.sampled_from(PEOPLE))
    there = ObjectId(Kind.GROUP, (group,))
    deed = data.draw(st.sampled_from(["none", "detach", "admin", "text", "foreign", "full", "in"]))
    if deed == "detach":
        iam.state = {i: v for i, v in iam.state.items() if i.kind is not Kind.GROUP_MFA}
    elif deed == "text":
        for obj in iam.of(Kind.POLICY):
            if obj.key[0] == version.mfa_policy:
                iam.state[obj] = {"document": {"Version": "2012-10-17", "Statement": []}}
    elif deed in ("admin", "full") and there in iam.state:
        for number in range(1 if deed == "admin" else 4):
            iam.state[ObjectId(Kind.GROUP_ATTACHMENT, (group, f"{ADMIN}{number}"))] = {}
    elif deed == "foreign" and there not in iam.state:
        iam.state[there] = {"path": "/"}
        iam.state[ObjectId(Kind.GROUP_ATTACHMENT, (group, ADMIN))] = {}
    elif deed == "in" and there in iam.state:
        iam.state.update(build_user_state([JumpUser(person, groups=frozenset(group))]))
        if data.draw(SWITCHES):
            iam.state[ObjectId(Kind.LOGIN_PROFILE, (person,))] = {}


def play(iam: Iam, data: st.DataObject) -> None:
    """Let somebody disturb, then run bootstrap, new_account or new_user."""
    version = data.draw(st.sampled_from(VERSIONS))
    disturb(iam, data, version)
    before = iam.tolerated = frozenset(iam.open())
    playbook = data.draw(st.sampled_from(["bootstrap", "new_account", "new_user"]))
    listed = data.draw(st.sets(st.sampled_from(GROUPS), min_size=1))
    groups = [JumpGroup(name, data.draw(st.sampled_from([ROLES, frozenset()]))) for name in listed]
    adopt, purge = data.draw(SWITCHES), data.draw(SWITCHES)
    run, vouched = Run(iam, version, data), Vouched()
    if playbook != "new_user":
        options = GroupOptions(adopt, data.draw(SWITCHES), purge, max_removal_ratio=1)
        vouched = run.set_up_groups(groups, options)
        if playbook == "bootstrap" and not vouched.changed_groups:
            disturb(iam, data, version)
            before = iam.tolerated = before | iam.open()
    if playbook != "new_account":
        wanted = [
            JumpUser(name, groups=frozenset(data.draw(st.sets(st.sampled_from(GROUPS)))))
            for name in data.draw(st.sets(st.sampled_from(PEOPLE)))
        ]
        users = UserOptions(adopt, purge, max_removal_ratio=1, **vouched._asdict())
        run.set_up_people(wanted, users)
    assert iam.broken == []
    assert iam.exposed() <= before
    told = run.failures | ({*GROUPS} if version.mfa_policy in run.failures else set())
    assert {group for _person, group in iam.exposed()} <= told
    if playbook != "new_account":
        open_to = {person for person, _group in iam.exposed(is_foreign=True)}
        assert open_to & {user.name for user in wanted} <= run.noticed | run.failures


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nobody_comes_to_a_password_in_a_group_without_mfa(data: st.DataObject) -> None:
    iam = Iam()
    for _run in range(data.draw(st.integers(1, 4))):
        play(iam, data)


def test_the_law_would_notice_a_person_who_is_exposed() -> None:
    iam = Iam(dict(build_group_state([JumpGroup("g", ROLES)], VERSIONS[0])))
    iam.state.update(build_user_state([JumpUser("ana", groups=frozenset("g"))]))
    iam.write(Change(ObjectId(Kind.LOGIN_PROFILE, ("ana",)), Action.CREATE, None, {}))
    assert iam.broken == []
    attached = ObjectId(Kind.GROUP_MFA, ("g", VERSIONS[0].mfa_policy_arn))
    iam.write(Change(attached, Action.DELETE, {}, None))
    assert iam.broken == [f"ana in g after delete {attached}"]
