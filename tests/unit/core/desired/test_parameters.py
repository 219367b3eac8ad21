# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes the stack of one account differ from the others."""

from __future__ import annotations

import json

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.parameters import (
    build_account_parameters,
    build_exceptions,
    build_scope,
    check_parameter_count,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Account,
    Inventory,
    Level,
    Person,
    PersonalException,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of

JUMP = Account("111111111111", "jump", is_jump=True)
PROD = Account("222222222222", "p-prod", project="p", stage="prod")
STAGING = Account("333333333333", "p-staging", project="p", stage="staging")
OTHER = Account("444444444444", "q", project="q")
MEMBERS = (PROD, STAGING, OTHER)
DEVELOPER = Level("developer")
STAGED = Level("developer", stages=(("staging", Level("developer", max_session_duration=7200)),))
STATEMENT = {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}
FIRST = "ExceptionsRoleDeveloper1"


def exception(project="p", stage=None, until="2027-03-31", **more):
    return PersonalException("ana", "developer", project, until, (STATEMENT,), stage, **more)


def inventory(*exceptions, levels=(DEVELOPER,)):
    return Inventory(JUMP, MEMBERS, levels, (Person("ana", exceptions=exceptions),))


def parameters_of(given_inventory, day="2027-01-01"):
    return problems_of(
        lambda problems: build_account_parameters(problems, given_inventory, Names(), day)
    )


def test_accounts_are_alike_unless_something_is_said():
    assert parameters_of(inventory()) == ({}, [])


def test_only_accounts_of_stages_that_differ_know_their_stage():
    found, problems = parameters_of(inventory(levels=(STAGED,)))
    assert (found, problems) == ({STAGING.account_id: {"Stage": "staging"}}, [])


exceptions = st.lists(
    st.builds(
        exception,
        st.sampled_from(["p", "q"]),
        st.sampled_from([None, "staging"]),
        st.sampled_from(["2026-12-31", "2027-01-01", "2027-06-30"]),
    ),
    max_size=4,
)


@given(exceptions)
def test_exceptions_are_exactly_in_their_accounts_and_not_over(given_exceptions):
    found, problems = parameters_of(inventory(*given_exceptions))
    assert problems == []
    for account in (JUMP, *MEMBERS):
        here = [
            e
            for e in given_exceptions
            if account.project == e.project
            and e.stage in (None, account.stage)
            and e.until >= "2027-01-01"
        ]
        texts = found.get(account.account_id, {})
        statements = [s for text in texts.values() for s in json.loads(text)["Statement"]]
        assert len(statements) == len(here)
        assert set(texts) == ({FIRST} if here else set())


def test_a_statement_that_does_not_fit_is_told_once_at_its_place():
    large = {**STATEMENT, "Resource": ["r" * 5000]}
    listed = PersonalException("ana", "developer", "p", "2027-03-31", (large,), place="r[1].e[0]")
    found, (problem,) = parameters_of(inventory(exception("q", place="r[0].e[0]"), listed))
    assert set(found) == {OTHER.account_id}
    assert problem.startswith("r[1].e[0]: a statement of ana has 5")
    assert problem.endswith("(role-developer of account 222222222222, 333333333333)")


def test_exceptions_that_do_not_fit_together_are_told_with_all_their_places():
    large = {**STATEMENT, "Resource": ["r" * 3500]}
    listed = [
        PersonalException("ana", "developer", "p", "2027-03-31", (large,), place=f"e[{n}]")
        for n in range(5)
    ]
    found, (problem,) = parameters_of(inventory(*listed))
    assert found == {}
    assert problem.startswith("e[0], e[1], e[2] and 2 more: 5 exceptions need 5 policies of 4096")


def test_exceptions_count_with_the_policies_of_the_level_at_the_stage():
    full = (("x", {"a": "x" * 10_200}),)
    levels = (Level("developer", stages=(("staging", Level("developer", (), full)),)),)
    found, (problem,) = parameters_of(inventory(exception(place="e[7]"), levels=levels))
    assert set(found) == {PROD.account_id, STAGING.account_id}
    assert found[STAGING.account_id] == {"Stage": "staging"}
    assert problem.startswith("e[7]: the exceptions have")
    assert problem.endswith("(role-developer of account 333333333333)")


def test_all_exceptions_are_told_with_their_accounts():
    over = exception(stage="staging", until="2026-12-31")
    assert build_exceptions(inventory(exception(), over), "2027-01-01") == [
        {
            **{"name": "ana", "level": "developer", "project": "p", "stage": None},
            **{"until": "2027-03-31", "is_over": False, "lasting": []},
            "account_ids": [PROD.account_id, STAGING.account_id],
        },
        {
            **{"name": "ana", "level": "developer", "project": "p", "stage": "staging"},
            **{"until": "2026-12-31", "is_over": True, "lasting": []},
            "account_ids": [STAGING.account_id],
        },
    ]


def test_overrides_go_with_the_accounts_that_have_or_had_them():
    here = inventory(exception("q", until="2026-12-31"))
    overrides = {STAGING.account_id: {"Stage": "staging"}}
    assert build_scope(PROD, overrides, here) == {"account_id": PROD.account_id}
    assert build_scope(STAGING, overrides, here)["parameter_overrides"] == {"Stage": "staging"}
    assert build_scope(OTHER, overrides, here)["parameter_overrides"] == {}


def test_a_template_has_room_for_so_many_levels():
    def check(levels):
        return problems_of(lambda problems: check_parameter_count(problems, levels))[1]

    assert check(66) == []
    assert check(67) == ["levels: 67 levels are defined, but a stack set has room for 66"]
