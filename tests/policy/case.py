# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a row to the request that the evaluator answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tests.policy.callers import Caller, caller
from tests.policy.company import ACCOUNT_IDS, BUCKET, resource_arn
from tests.policy.estate import (
    ALLOWS,
    ANYTHING,
    KEY_POLICY,
    ONLY,
    OPEN_RESOURCE,
    OPEN_TRUST,
    Estate,
    whole,
)
from tests.policy.evaluator import Evaluator, Request
from tests.policy.table import Row

MFA_POLICY = "policy-enforce-mfa"
DENIALS = ("DenyAllWithoutMfa", "DenyByKeyWithoutMfa")
LAYERS = {
    "all": ("own", "real"),
    "beside admin": ("own+anything", "real"),
    "identity": ("own", "open"),
    "identity beside admin": ("own+anything", "open"),
    "trust": ("anything", "real"),
    "mfa policy": ("mfa", "open"),
    "mfa policy beside admin": ("mfa+anything", "open"),
    "mfa policy without denials": ("mfa allows", "open"),
    "first denial beside admin": ("DenyAllWithoutMfa+anything", "open"),
    "key denial beside admin": ("DenyByKeyWithoutMfa+anything", "open"),
    "group policy": ("group", "open"),
    "bucket": ("anything", "real"),
    "boundary": ("anything", "open"),
    "boundary alone": ("nothing", "open"),
}
"""Which documents count: those of the caller, and the trust or bucket policy.

'real' is what stands in AWS. 'open' trusts anybody, so that only the caller's own documents are
left to decide; 'anything' allows everything, so that only the trust or a Deny is left, or the
caller's boundary, which counts in every layer. Two denials of the MFA policy overlap on purpose, so
each has a layer in which the other one is not there.
"""


@dataclass(frozen=True)
class Case:
    """A row with the names of all documents that decide it."""

    row: Row
    caller: Caller
    resource: str
    account: str
    context: tuple[tuple[str, str], ...]
    identity: tuple[str, ...]
    resource_policy: str | None

    @property
    def documents(self) -> set[str]:
        """Return the names of the documents that the answer can depend on."""
        named = {*self.identity, self.resource_policy or "", self.caller.boundary or ""} - {""}
        return {whole(name) for name in named}

    @cached_property
    def user_name(self) -> str:
        """Return what ${aws:username} stands for."""
        return dict(self.context).get("aws:username", "")

    def request(self, estate: Estate) -> Request:
        """Return the request with the documents as they are in this estate."""
        documents, boundary = estate.documents, self.caller.boundary
        return Request(
            self.caller.principal,
            self.row.does,
            self.resource,
            self.account,
            dict(self.context),
            [documents[name] for name in self.identity],
            [documents[boundary]] if boundary else None,
            documents[self.resource_policy] if self.resource_policy else None,
        )


def build_case(estate: Estate, row: Row) -> Case:
    """Return the case of a row."""
    local = estate.company.local
    row = replace(row, on=local(row.on), given=local(row.given))
    asking = caller(estate, row.who, row.session, row.network)
    arn, account = resource_arn(estate.company, _own(row.on, asking), asking.account)
    identity_layer, resource_layer = LAYERS[row.layer]
    context = {**asking.context, "aws:ResourceAccount": account}
    if row.does == "sts:AssumeRole" and asking.account:
        context["sts:RoleSessionName"] = asking.name
    for setting in filter(None, row.given.split(";")):
        key, _equals, value = setting.strip().partition("=")
        context["sts:RoleSessionName" if key == "as" else key] = value
    return Case(
        row,
        asking,
        arn,
        account,
        tuple((key, value) for key, value in sorted(context.items()) if value),
        _identity(asking, identity_layer),
        _resource_policy(estate, row, arn, asking, account, resource_layer),
    )


def _own(text: str, asking: Caller) -> str:
    """Put the caller's own name, and for a user its path, in the place of OWN."""
    own = (asking.principal or "").partition("user/")[2] or asking.name
    return text.replace("OWN", own if text.startswith("user/") else asking.name)


def _identity(asking: Caller, layer: str) -> tuple[str, ...]:
    which, _plus, more = layer.partition("+")
    mfa = tuple(d for d in asking.documents if d.endswith(MFA_POLICY))
    chosen = {
        "own": asking.documents,
        "mfa": mfa,
        "mfa allows": tuple(f"{name}{ALLOWS}" for name in mfa),
        **{sid: tuple(f"{name}{ONLY}{sid}" for name in mfa) for sid in DENIALS},
        "group": tuple(d for d in asking.documents if not d.endswith(MFA_POLICY)),
        "anything": (ANYTHING,),
        "nothing": (),
    }[which]
    return tuple(dict.fromkeys((*chosen, ANYTHING) if more else chosen))


def _resource_policy(
    estate: Estate, row: Row, arn: str, asking: Caller, account: str, layer: str
) -> str | None:
    if _is_asked_of_role(row):
        # A role of an attacker trusts whomever the attacker wants.
        is_open = layer == "open" or account == ACCOUNT_IDS["attacker"]
        return OPEN_TRUST if is_open else estate.roles[account, arn.rpartition("/")[2]].trust
    if row.on.startswith("key/"):
        return KEY_POLICY
    if row.on.startswith("s3:BUCKET"):
        return estate.buckets[BUCKET]
    # Else a resource of another account would hide what the caller's own policies say about it.
    is_open = layer == "open" and account != asking.account
    return OPEN_RESOURCE if is_open else None


def _is_asked_of_role(row: Row) -> bool:
    """Return whether the row asks a role's trust, as AssumeRole and its companions do."""
    return row.does.startswith("sts:") and "role/" in row.on


def decide(evaluator: Evaluator, estate: Estate, cases: Sequence[Case]) -> list[str]:
    """Return allowed or denied for each case."""
    answers = evaluator.decide([case.request(estate) for case in cases])
    return ["allowed" if answer == "Allowed" else "denied" for answer in answers]


def wrong_cases(
    evaluator: Evaluator, estate: Estate, cases: Sequence[Case]
) -> list[tuple[Case, str]]:
    """Return the cases that come out otherwise than their rows say, with what came out."""
    decided = decide(evaluator, estate, cases)
    pairs = zip(cases, decided, strict=True)
    return [(case, word) for case, word in pairs if word != case.row.expected]
