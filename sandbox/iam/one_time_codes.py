"""The codes of virtual MFA devices (RFC 6238: six digits, thirty seconds)."""

from __future__ import annotations

from datetime import datetime

from pyotp import TOTP

from sandbox.errors import AwsError
from sandbox.iam.model import MfaDevice

STEP_SECONDS = 30
_DRIFT_STEPS = 1
"""How far the clock of a device may be off when people sign in."""
_RESYNC_STEPS = 100


def is_valid_code(device: MfaDevice, code: str, now: datetime) -> bool:
    """Whether a code is the device's of about now; AWS takes each only once."""
    current = _step(now)
    for step in range(current - _DRIFT_STEPS, current + _DRIFT_STEPS + 1):
        if step > device.last_step and _code(device, step) == code:
            device.last_step = step
            return True
    return False


def synchronise(device: MfaDevice, codes: tuple[str, str], now: datetime) -> None:
    """Accept two codes that follow each other, or raise InvalidAuthenticationCode."""
    current = _step(now)
    for step in range(current - _RESYNC_STEPS, current + _RESYNC_STEPS):
        if (_code(device, step), _code(device, step + 1)) == codes:
            device.last_step = step + 1
            return
    raise AwsError(
        "InvalidAuthenticationCode", f"Authentication code for device is not valid: {device.serial}"
    )


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def _code(device: MfaDevice, step: int) -> str:
    return str(TOTP(device.seed.decode()).generate_otp(step))
