"""What can be set, from ``KABINET_*`` variables of the environment. Read once, by wiring and the command line."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline import tagkey
from pipeline.errors import ConfigurationError
from pipeline.mail.addresses import canonical, to_ascii
from pipeline.mailbox import ImapSettings
from pipeline.model import FILING_OUTCOMES
from pipeline.model.schedules import SCHEDULES, Every
from pipeline.oauth import PROVIDERS, OAuthSettings, TokenSource
from pipeline.outbox import SmtpSettings
from pipeline.steps.base.limits import (
    AlertingLimits,
    HoursLimits,
    JudgingLimits,
    Limits,
    RemindingLimits,
    SendingLimits,
)
from pipeline.webhook import WebhookSettings

Tls = Literal["none", "starttls", "tls"]
PROJECT = Path(__file__).resolve().parent.parent


def _split(value: object) -> object:
    return tuple(item.strip() for item in value.split(",") if item.strip()) if isinstance(value, str) else value


def _pairs(value: str) -> list[tuple[str, str]]:
    """``a:1, b:2`` → [("a", "1"), ("b", "2")]."""
    split = (item.partition(":") for item in value.split(",") if item.strip())
    return [(name.strip(), rest.strip()) for name, _, rest in split]


def _own_address(value: str) -> str:
    """Refuse an address that some servers do not carry: our own ones are in every letter."""
    found = canonical(value)
    if not found.isascii():
        raise ValueError("exchange@example.org")
    return found


OwnAddress = Annotated[str, AfterValidator(_own_address)]
Folders = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]
_SHORTEST_KEY = 16
_ALONE = 4  # so many times as long as beside others a message may take in a process of its own
_IMAP_PORTS = {"none": 143, "starttls": 143, "tls": 993}


class MoreImap(BaseSettings):
    """One more mailbox, from ``KABINET_IMAP_<n>_*``."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    host: str
    user: str
    port: int | None = Field(None, ge=1, le=65535)
    password: SecretStr | None = None
    tls: Tls = "tls"
    folders: Folders = ("INBOX",)
    oauth_file: Path | None = Field(None, description="set for XOAUTH2 with the application of KABINET_OAUTH_*")


class Settings(BaseSettings):
    """All settings with their defaults. With neither SMTP nor IMAP host set the embedded mail server is used."""

    model_config = SettingsConfigDict(
        env_prefix="KABINET_", frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Path = Field(PROJECT, description="folder with templates/, publications/ and inbox_rules.yaml")
    state: Path = Field(PROJECT / "var", description="database, archive of received bytes, keys")
    outbox: Path = Field(PROJECT / "outbox", description="readable copies of letters")
    database_url: str | None = Field(None, description="SQLAlchemy URL; by default SQLite in the state folder")

    address: OwnAddress = Field("exchange@kabinet.test", description="the mailbox that organisations answer to")
    sender_name: str = Field("Кабинет сбора данных", description="the name beside that address")
    support: OwnAddress = Field("support@kabinet.test", description="where questions go; named in every letter")
    support_phone: str = Field("", description="named beside that address, as people should read it")

    smtp_host: str | None = None
    smtp_port: int | None = Field(None, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Tls = "starttls"
    smtp_connections: int = Field(3, ge=1, le=20, description="connections that letters go out over, at most")
    send_per_minute: int | None = Field(None, ge=1, description="letters a minute that the provider takes")
    send_per_day: int | None = Field(None, ge=1, description="letters in 24 hours that the provider takes")
    domain_per_minute: Annotated[dict[str, int], NoDecode] = Field(
        default_factory=dict, description="letters a minute to one domain, as mail.ru:60,yandex.ru:100"
    )
    dkim_domain: str | None = Field(None, description="set with the key's file when letters are signed here (RFC 6376)")
    dkim_selector: str = Field("kabinet", description="the name of the key in the DNS")
    dkim_key_file: Path | None = Field(None, description="private key, PEM: RSA or Ed25519")
    imap_host: str | None = None
    imap_port: int | None = Field(None, ge=1, le=65535)
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_tls: Tls = "tls"
    imap_folders: Folders = Field(("INBOX",), description="where mail is read, as name,name")
    imap_processed: str = Field("Kabinet", description="the folder under which judged messages are filed by outcome")
    imap_filing: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="names of those folders as outcome:name,outcome:name; an empty name: not apart",
    )
    imap_largest: int = Field(25, ge=1, description="megabytes; of a larger message only the header is fetched")
    more_imap: tuple[MoreImap, ...] = Field((), description="KABINET_IMAP_2_*, KABINET_IMAP_3_*… read by load_settings")
    watch_poll: float = Field(60, ge=1, description="seconds between two rounds of «watch» when nothing is announced")
    plain_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = Field(
        (), description="mail servers, not on this machine, that may be talked to without encryption"
    )
    mail_timeout: float = Field(60, gt=0, description="seconds to wait for a mail server")
    authserv_id: str | None = Field(None, description="whose Authentication-Results are believed (RFC 8601)")
    trust_strict: bool = Field(default=False, description="hold returns from unregistered mailboxes until confirmed")
    coordinator_days: int = Field(3, ge=0, description="days after the closing that a coordinator may extend to")
    largest_letter: int = Field(
        14, ge=2, le=100, description="megabytes of a letter as sent; files are issued in parts"
    )
    message_seconds: int = Field(
        10,
        ge=1,
        description="seconds that a message may take beside others; in a process of its own four times as long",
    )
    alert_after: int = Field(60, ge=1, description="minutes that the oldest unjudged or unsent item may wait")
    silent_after: int = Field(
        600, ge=1, description="seconds without an exchange by itself after which that is a fault"
    )
    alert_webhook: str | None = Field(None, description="where alerts are posted as JSON, beside the letter to support")
    alert_webhook_token: SecretStr | None = Field(None, description="sent along as Authorization: Bearer")
    waking_hours: Annotated[tuple[int, int], NoDecode] = Field(
        (8, 22), description="hours, Moscow time, in which letters leave that nobody asked for just now, as 8-22"
    )
    intervals: Annotated[dict[str, float], NoDecode] = Field(
        default_factory=dict, description="seconds between runs that are not the usual, as exchange:30,close:300"
    )

    oauth_provider: Literal["microsoft", "google"] | None = None
    oauth_client_id: str | None = Field(None, description="set for XOAUTH2 instead of passwords, IMAP and SMTP")
    oauth_client_secret: SecretStr | None = None
    oauth_tenant: str = Field("common", description="Microsoft's tenant")
    oauth_token_url: str | None = Field(None, description="for a provider that is not named here")
    oauth_scope: str | None = None
    oauth_file: Path | None = Field(None, description="file of the refresh token; by default oauth.json in the state")

    tag_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=dict, description="signing keys as id:secret,id:secret; the first one signs"
    )

    embedded_smtp_port: int = Field(4025, ge=1, le=65535)
    embedded_imap_port: int = Field(4143, ge=1, le=65535)
    embedded_web_port: int = Field(4080, ge=1, le=65535)
    prefect_port: int = Field(4200, ge=1, le=65535)
    web_port: int = Field(4210, ge=1, le=65535, description="our own page beside Prefect's, on loopback")
    prefect_password: SecretStr | None = Field(None, min_length=8, description="what Prefect's page and API ask for")

    @field_validator("tag_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = _pairs(value)
        keys = dict(pairs)
        if len(keys) < len(pairs):
            raise ValueError("id:secret,id:secret")
        return keys

    @field_validator("tag_keys")
    @classmethod
    def _long_enough(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if any(len(secret.get_secret_value().strip()) < _SHORTEST_KEY for secret in value.values()):
            raise ValueError(f"id:secret,id:secret, {_SHORTEST_KEY}+")
        return value

    @field_validator("domain_per_minute", mode="before")
    @classmethod
    def _split_rates(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [item.strip().lower().rpartition(":") for item in value.split(",") if item.strip()]
        if not all(domain and rate.isdecimal() and int(rate) > 0 for domain, _, rate in pairs):
            raise ValueError("mail.ru:60,yandex.ru:100")
        return {to_ascii(domain) or domain: int(rate) for domain, _, rate in pairs}

    @field_validator("waking_hours", mode="before")
    @classmethod
    def _split_hours(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        begin, _, end = (part.strip() for part in value.partition("-"))
        if not (begin.isdecimal() and end.isdecimal() and int(begin) < int(end) <= 24):
            raise ValueError("8-22")
        return int(begin), int(end)

    @field_validator("intervals", mode="before")
    @classmethod
    def _split_intervals(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = dict(_pairs(value))
        usual = sorted(name for name, schedule in SCHEDULES.items() if isinstance(schedule, Every))
        if not found.keys() <= set(usual) or not all(
            seconds.isdecimal() and int(seconds) > 0 for seconds in found.values()
        ):
            raise ValueError(f"name:seconds, {', '.join(usual)}")
        return found

    @field_validator("imap_filing", mode="before")
    @classmethod
    def _split_filing(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = dict(_pairs(value))
        if not named.keys() <= frozenset(FILING_OUTCOMES):
            raise ValueError(f"outcome:name, {', '.join(FILING_OUTCOMES)}")
        return named

    @field_validator("oauth_token_url", "alert_webhook")
    @classmethod
    def _encrypted(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("https://")
        return value

    @property
    def embedded_mail(self) -> bool:
        """Whether no mail server is configured, so that the embedded one serves."""
        return self.smtp_host is None and self.imap_host is None

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.state / 'kabinet.db'}"

    def smtp(self) -> SmtpSettings:
        """Return the SMTP server in force; raises ConfigurationError when only IMAP is configured."""
        if self.embedded_mail:
            # One connection: the embedded server is for a first look, and keeps letters in the order they came.
            port = self.embedded_smtp_port
            return SmtpSettings("127.0.0.1", port, None, None, "none", self.mail_timeout, connections=1)
        if self.smtp_host is None:
            raise ConfigurationError("settings.smtp_missing")
        port = self.smtp_port or {"none": 25, "starttls": 587, "tls": 465}[self.smtp_tls]
        return SmtpSettings(
            self.smtp_host,
            port,
            self.smtp_user or (self.address if self._by_token else None),
            _reveal(self.smtp_password),
            self.smtp_tls,
            self.mail_timeout,
            tokens=self._tokens(self.oauth_file),
            connections=self.smtp_connections,
            plain=self._is_plain(self.smtp_host),
        )

    def imap(self) -> ImapSettings:
        """Return the IMAP server in force; raises ConfigurationError when only SMTP is configured."""
        if self.embedded_mail:
            return ImapSettings(
                "127.0.0.1", self.embedded_imap_port, self.address, EMBEDDED_PASSWORD, "none", self.mail_timeout
            )
        if self.imap_host is None:
            raise ConfigurationError("settings.imap_missing")
        return ImapSettings(
            self.imap_host,
            self.imap_port or _IMAP_PORTS[self.imap_tls],
            self.imap_user or self.address,
            _reveal(self.imap_password) or "",
            self.imap_tls,
            self.mail_timeout,
            self._tokens(self.oauth_file),
            self._is_plain(self.imap_host),
        )

    def other_imaps(self) -> list[tuple[ImapSettings, tuple[str, ...]]]:
        """Return the mailboxes beside the first one, each with its folders."""
        return [
            (
                ImapSettings(
                    box.host,
                    box.port or _IMAP_PORTS[box.tls],
                    box.user,
                    _reveal(box.password) or "",
                    box.tls,
                    self.mail_timeout,
                    self._tokens(box.oauth_file) if box.oauth_file else None,
                    self._is_plain(box.host),
                ),
                box.folders,
            )
            for box in self.more_imap
        ]

    def limits(self) -> Limits:
        """Return the usual sizes and patience with what is set here."""
        seconds = timedelta(seconds=self.message_seconds)
        return Limits(
            judging=JudgingLimits(
                largest_message=self.imap_largest * 1024 * 1024, message=seconds, message_alone=seconds * _ALONE
            ),
            sending=SendingLimits(
                largest_letter=self.largest_letter * 1024 * 1024,
                per_minute=self.send_per_minute,
                per_day=self.send_per_day,
                domain_per_minute=self.domain_per_minute,
            ),
            reminding=RemindingLimits(coordinator_days=self.coordinator_days),
            hours=HoursLimits(waking=self.waking_hours),
            alerting=AlertingLimits(
                alert_after=timedelta(minutes=self.alert_after), silent_after=timedelta(seconds=self.silent_after)
            ),
        )

    def webhook(self) -> WebhookSettings | None:
        """Return where alerts are posted, None when nowhere."""
        if self.alert_webhook is None:
            return None
        return WebhookSettings(self.alert_webhook, _reveal(self.alert_webhook_token))

    def _is_plain(self, host: str) -> bool:
        """Whether it was said that ``host`` may be talked to without encryption, though it is another machine."""
        return host.lower() in {name.lower() for name in self.plain_hosts}

    @property
    def _by_token(self) -> bool:
        return self.oauth_client_id is not None and not self.embedded_mail

    def _tokens(self, file: Path | None) -> TokenSource | None:
        """Return where access tokens come from, None for logins by password."""
        if not self._by_token:
            return None
        url, scope = self.oauth_token_url, self.oauth_scope
        if self.oauth_provider is not None:
            known, asked = PROVIDERS[self.oauth_provider]
            url, scope = url or known.format(tenant=self.oauth_tenant), scope or asked
        if url is None:
            raise ConfigurationError("settings.oauth_url_missing")
        return TokenSource(
            OAuthSettings(
                token_url=url,
                client_id=self.oauth_client_id or "",
                file=file or self.state / "oauth.json",
                client_secret=_reveal(self.oauth_client_secret),
                scope=scope,
                timeout=self.mail_timeout,
            )
        )

    @property
    def prefect_secret(self) -> str | None:
        """The password of Prefect's page and API, None when it asks for none."""
        return _reveal(self.prefect_password)

    @property
    def key_file(self) -> Path:
        """Where the signing key lies when no setting gives any."""
        return self.state / "tag.key"

    def signing_keys(self, *, make: bool = True) -> tuple[dict[str, bytes], str]:
        """Return (keys by id, id of the key that signs). Without a setting one key is made once in the state folder;
        without ``make`` nothing is written. Raises ConfigurationError for a key that is not whole."""
        if self.tag_keys:
            keys = {key_id: secret.get_secret_value().encode() for key_id, secret in self.tag_keys.items()}
            return keys, next(iter(keys))
        if make:
            return {"1": tagkey.read_or_make(self.key_file)}, "1"
        # Where there is none nothing was ever signed, and nobody is going to now.
        return {"1": tagkey.read(self.key_file) or secrets.token_bytes(32)}, "1"


EMBEDDED_PASSWORD = "embedded"  # noqa: S105 - the embedded server listens on loopback and asks for this word only


def load_settings(**overrides: object) -> Settings:
    """Read the environment; ``overrides`` win. Raises ConfigurationError naming the first wrong variable."""
    prefix = "KABINET_"
    try:
        if "more_imap" not in overrides:
            found: list[MoreImap] = []
            # Numbered without gaps: what was left out by mistake is seen at once, for the rest is not read either.
            while os.environ.get(f"KABINET_IMAP_{len(found) + 2}_HOST"):
                prefix = f"KABINET_IMAP_{len(found) + 2}_"
                found.append(MoreImap(_env_prefix=prefix))
            overrides["more_imap"] = tuple(found)
        prefix = "KABINET_"
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates what comes in
    except ValidationError as error:
        first = error.errors()[0]
        name = prefix + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError("settings.invalid", name=name, reason=first["msg"]) from error


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
