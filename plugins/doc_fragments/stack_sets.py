# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  call_as:
    description:
      - With service-managed permissions, whether the credentials are for the management account,
        V(SELF), or for a delegated administrator, V(DELEGATED_ADMIN).
    type: str
    default: SELF
    choices: [SELF, DELEGATED_ADMIN]
"""

    OPERATION = r"""
options:
  operation_preferences:
    description:
      - How AWS goes through the accounts and regions of an operation.
      - By default all accounts at once, all of them tried whatever fails, which suits IAM roles.
        Stack sets whose resources are slow or risky want less.
    type: dict
    suboptions:
      failure_tolerance_count:
        description: Number of accounts per region that may fail before AWS stops.
        type: int
      failure_tolerance_percentage:
        description:
          - Share of accounts per region that may fail before AWS stops, 100 when neither this nor
            O(operation_preferences.failure_tolerance_count) is given.
        type: int
      max_concurrent_count:
        description: Number of accounts that are worked on at once.
        type: int
      max_concurrent_percentage:
        description:
          - Share of accounts that are worked on at once, 100 when neither this nor
            O(operation_preferences.max_concurrent_count) is given.
        type: int
      concurrency_mode:
        description:
          - With V(STRICT_FAILURE_TOLERANCE) AWS lowers the concurrency to the failure tolerance
            plus one, with V(SOFT_FAILURE_TOLERANCE), the default, it does not.
        type: str
        choices: [STRICT_FAILURE_TOLERANCE, SOFT_FAILURE_TOLERANCE]
      region_concurrency_type:
        description: Whether regions come one after the other or, by default, V(PARALLEL).
        type: str
        choices: [SEQUENTIAL, PARALLEL]
      region_order:
        description: The order of the regions.
        type: list
        elements: str
  execution_role_quick_create_url:
    description:
      - A link that creates the execution role, for the messages about accounts without one.
    type: str
  unprepared_accounts:
    description:
      - Accounts where the run cannot create the execution role, because it has no credentials for
        them.
      - One that turns out to have no such role is handed over to its owner. It is in RV(waiting)
        and no failure.
    type: list
    elements: str
    default: []
  progress_file:
    description:
      - A file to which a line of JSON is added every few seconds while an operation runs, with the
        numbers of instances that are done, that failed and that there are.
      - The task shows these lines by itself while it runs on the controller. Give a file to watch
        from elsewhere.
    type: path
  wait_timeout:
    description:
      - How many seconds the module waits for operations, its own and those that came before.
      - After that it fails and names the operation, which goes on in AWS. The next run waits for
        it again and does the rest.
    type: int
    default: 3600
"""
