"""Loads every module that registers handlers; a new service file is added here."""

from __future__ import annotations

from importlib import import_module

_MODULES = (
    "sandbox.sts",
    "sandbox.cloudtrail",
    "sandbox.watching",
    "sandbox.kms",
    "sandbox.ssm",
    "sandbox.s3",
    "sandbox.cloudformation.stacks",
    "sandbox.cloudformation.stack_reads",
    "sandbox.cloudformation.change_sets",
    "sandbox.cloudformation.drift",
    "sandbox.cloudformation.targets",
    "sandbox.stacksets.sets",
    "sandbox.stacksets.instances",
    "sandbox.stacksets.operations",
    "sandbox.stacksets.drift",
    "sandbox.stacksets.imports",
    "sandbox.iam.targets",
    "sandbox.iam.users",
    "sandbox.iam.groups",
    "sandbox.iam.roles",
    "sandbox.iam.managed_policies",
    "sandbox.iam.attachments",
    "sandbox.iam.inline_policies",
    "sandbox.iam.boundaries",
    "sandbox.iam.tags",
    "sandbox.iam.login_profiles",
    "sandbox.iam.password_policy",
    "sandbox.iam.access_keys",
    "sandbox.iam.user_credentials",
    "sandbox.iam.mfa_devices",
    "sandbox.iam.instance_profiles",
    "sandbox.iam.account",
    "sandbox.iam.authorization_details",
    "sandbox.iam.credential_report",
)


def load() -> None:
    for module in _MODULES:
        import_module(module)
