"""A person at the console of the sandbox, with an authenticator app: a client, as a browser is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from pyotp import TOTP

_STEP_SECONDS = 30
Answer = dict[str, Any]


@dataclass
class Person:
    """Somebody who signs in to an account of the sandbox at this address."""

    address: str
    account_id: str
    name: str
    region: str = "us-east-1"
    source_ip: str = ""  # where the person is, for policies that limit networks
    seed: str = field(default="", repr=False)
    credentials: dict[str, str] = field(default_factory=dict, repr=False)

    def sign_in(self, password: str, **form: str) -> Answer:
        """Sign in on the console's page; whoever has enrolled a device gives its code."""
        if self.seed and "mfa_code" not in form:
            form = {"mfa_code": self.code(), **form}
        if self.source_ip:
            form = {"source_ip": self.source_ip, **form}
        who = {"account_id": self.account_id, "user_name": self.name, "password": password}
        try:
            answer = self._post("sign_in", {**who, **form})
        except HTTPError as error:
            refusal = json.load(error)
            raise ClientError(
                {"Error": {"Code": refusal["error"], "Message": refusal["message"]}}, "SignIn"
            ) from None
        self.credentials = answer["credentials"]
        return answer

    def enroll(self, iam: Any = None) -> str:
        """Make a virtual device, type two codes that follow each other; gives its serial number.

        With somebody else's client, an administrator's for instance, it is enrolled by them.
        """
        iam = iam or self.client("iam")
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=self.name)
        device = made["VirtualMFADevice"]
        seed = device["Base32StringSeed"].decode()
        first, second = self._code(seed), self._code(seed)
        serial = str(device["SerialNumber"])
        iam.enable_mfa_device(
            UserName=self.name,
            SerialNumber=serial,
            AuthenticationCode1=first,
            AuthenticationCode2=second,
        )
        self.seed = seed
        return serial

    def code(self) -> str:
        """Wait for the next code of the device and read it."""
        return self._code(self.seed)

    def _code(self, seed: str) -> str:
        # AWS takes a code once: half a minute passes, on the sandbox's clock only.
        now = self._post("clock", {"advance_seconds": _STEP_SECONDS})["now"]
        return TOTP(seed).at(datetime.fromisoformat(now))

    def switch(self, role_arn: str, session_name: str | None = None) -> Answer:
        """Switch role as the console does, under the person's own name unless told otherwise."""
        sts = self.client("sts")
        return dict(sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name or self.name))

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        """A client with the credentials of the console session, or with those of a role."""
        given = credentials or self.credentials
        client = boto3.client(
            service,
            endpoint_url=self.address,
            region_name=self.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given.get("SessionToken"),
            config=Config(retries={"max_attempts": 0}),
        )
        if self.source_ip:
            client.meta.events.register(f"before-sign.{service}", self._add_source)
        return client

    def _add_source(self, request: AWSRequest, **_: Any) -> None:
        request.headers["X-Forwarded-For"] = self.source_ip

    def _post(self, endpoint: str, content: dict[str, Any]) -> Answer:
        request = Request(f"{self.address}/_sandbox/{endpoint}", json.dumps(content).encode())
        with urlopen(request) as answer:
            return dict(json.load(answer))
