# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary: once, always, and in words that say what a change means."""

from __future__ import annotations

from .conftest import LEVELS, MEMBERS, ROSTER, A, C, Played, World, people

HEAD = "Jump account 111111111111 in "


def summary_of(played: Played) -> list[str]:
    """Return the lines of the summary, which is there once."""
    assert played.output.count(HEAD) == 1, played.output
    text = played.output.partition(HEAD)[2]
    return [" ".join(line.split()) for line in text.partition("\nok: [jump]")[0].splitlines()]


def test_changes_are_told_by_what_they_mean(estate: World):
    old = ROSTER[0]["name"]
    roster = [{"name": old, "access": [{"level": "operator", "project": "project-a"}]}]
    roster += [*ROSTER[1:], *people(["ana"], level="operator")]
    levels = {**LEVELS, "developer": {"managed_policies": ["ReadOnlyAccess"]}}
    estate.write(MEMBERS, roster, levels)
    predicted = summary_of(estate.play_well("bootstrap", "--check"))
    made = summary_of(estate.play_well("bootstrap"))
    assert "level developer to change in 4 accounts" in predicted
    assert "level developer changed in 4 accounts" in made
    for lines, verb, issue in ((predicted, "to create", "to issue"), (made, "created", "issued")):
        assert f"people 1 {verb}: ana" in lines
        assert f"passwords 1 {issue}: ana" in lines
        assert f"memberships {old} -group-admin +group-operator-project-a" in lines
        assert any(line.endswith("compared with IAM: 1 new, 1 changed") for line in lines)


def test_a_cause_is_told_once_and_every_name_is_in_the_result(estate: World):
    estate.write(MEMBERS, ROSTER, {**LEVELS, "operator": {"managed_policies": ["SecurityAudit"]}})
    estate.sandbox.post("faults", {"failing_accounts": [A, C]})
    played = estate.play("bootstrap")
    estate.sandbox.post("faults", {})
    assert played.code == 2
    lines = summary_of(played)
    (told,) = (line for line in lines if line.startswith("- Could not update stack instance"))
    assert told.endswith(f"The same applies to 1 more account: {C}.")
    assert played.output.count(told.removeprefix("- ")) == 1
    (result,) = (r for r in played.results if "verdict" in r)
    assert [A in text or C in text for text in result["failures"]] == [True, True]
    assert result["verdict"].startswith("2 problems, listed in the summary above.")


def test_a_run_that_ends_early_has_a_summary_and_fails_by_its_cause(estate: World):
    estate.sandbox.post("faults", {"denied_operations": ["s3:GetBucketTagging"]})
    played = estate.play("bootstrap")
    assert played.code == 2
    assert "failed=1" in played.output
    lines = summary_of(played)
    assert "Nothing was changed." in lines
    ended = "This run ended at the step 'template bucket'; later steps did not run:"
    assert ended in lines
    assert lines[lines.index(ended) + 1].startswith("Could not read bucket")


def test_a_run_that_ends_before_its_first_step_has_a_summary(estate: World):
    estate.write(MEMBERS, ROSTER, {**LEVELS, "operator": {"managed_policies": ["SecurityAudit"]}})
    played = estate.play("new_account", "--limit", next(iter(MEMBERS)))
    assert played.code == 2
    assert any(
        line.startswith("This run ended before its first step") for line in summary_of(played)
    )


def test_wrong_input_is_told_as_such_at_the_end(estate: World):
    estate.write(MEMBERS, people(["ana"], level="no-such-level"))
    played = estate.play("new_user")
    assert played.code == 2
    assert "This run ended before it made any AWS call" in played.output
    assert "unknown level 'no-such-level'" in played.output
