"""What can be set, from ``KABINET_*`` variables of the environment. Read once, by wiring and the command line."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.errors import ConfigurationError
from pipeline.mailbox import ImapSettings
from pipeline.outbox import SmtpSettings

Tls = Literal["none", "starttls", "tls"]
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """All settings with their defaults. With neither SMTP nor IMAP host set the embedded mail server is used."""

    model_config = SettingsConfigDict(env_prefix="KABINET_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Field(PROJECT, description="folder with templates/, publications/ and inbox_rules.yaml")
    state: Path = Field(PROJECT / "var", description="database, archive of received bytes, keys")
    outbox: Path = Field(PROJECT / "outbox", description="readable copies of letters")
    database_url: str | None = Field(None, description="SQLAlchemy URL; by default SQLite in the state folder")

    address: str = Field("exchange@kabinet.test", description="the mailbox that organisations answer to")
    sender_name: str = Field("Кабинет сбора данных", description="the name beside that address")
    support: str = Field("support@kabinet.test", description="where questions go; named in every letter")

    smtp_host: str | None = None
    smtp_port: int | None = Field(None, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Tls = "starttls"
    imap_host: str | None = None
    imap_port: int | None = Field(None, ge=1, le=65535)
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_tls: Tls = "tls"
    imap_folder: str = "INBOX"
    imap_processed: str = Field("Kabinet", description="where processed messages are moved")
    mail_timeout: float = Field(60, gt=0, description="seconds to wait for a mail server")
    authserv_id: str | None = Field(None, description="whose Authentication-Results are believed (RFC 8601)")

    tag_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=dict, description="signing keys as id:secret,id:secret; the first one signs"
    )

    embedded_smtp_port: int = Field(4025, ge=1, le=65535)
    embedded_imap_port: int = Field(4143, ge=1, le=65535)
    embedded_web_port: int = Field(4080, ge=1, le=65535)
    prefect_port: int = Field(4200, ge=1, le=65535)

    @field_validator("tag_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [item.partition(":") for item in value.split(",") if item.strip()]
        if not all(separator and len(secret) >= 16 for _, separator, secret in pairs):
            raise ValueError("id:secret,id:secret")
        return {key_id.strip(): secret.strip() for key_id, _, secret in pairs}

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
            return SmtpSettings("127.0.0.1", self.embedded_smtp_port, None, None, "none", self.mail_timeout)
        if self.smtp_host is None:
            raise ConfigurationError("settings.smtp_missing")
        port = self.smtp_port or {"none": 25, "starttls": 587, "tls": 465}[self.smtp_tls]
        return SmtpSettings(
            self.smtp_host, port, self.smtp_user, _reveal(self.smtp_password), self.smtp_tls, self.mail_timeout
        )

    def imap(self) -> ImapSettings:
        """Return the IMAP server in force; raises ConfigurationError when only SMTP is configured."""
        if self.embedded_mail:
            return ImapSettings(
                "127.0.0.1", self.embedded_imap_port, self.address, EMBEDDED_PASSWORD, "none", self.mail_timeout
            )
        if self.imap_host is None:
            raise ConfigurationError("settings.imap_missing")
        port = self.imap_port or {"none": 143, "starttls": 143, "tls": 993}[self.imap_tls]
        user = self.imap_user or self.address
        return ImapSettings(
            self.imap_host, port, user, _reveal(self.imap_password) or "", self.imap_tls, self.mail_timeout
        )

    def signing_keys(self) -> tuple[dict[str, bytes], str]:
        """Return (keys by id, id of the key that signs). Without a setting one key is made once in the state folder."""
        if self.tag_keys:
            keys = {key_id: secret.get_secret_value().encode() for key_id, secret in self.tag_keys.items()}
            return keys, next(iter(keys))
        path = self.state / "tag.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return {"1": path.read_text(encoding="ascii").strip().encode()}, "1"


EMBEDDED_PASSWORD = "embedded"  # noqa: S105 - the embedded server listens on loopback and asks for this word only


def load_settings(**overrides: object) -> Settings:
    """Read the environment; ``overrides`` win. Raises ConfigurationError naming the first wrong variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates what comes in
    except ValidationError as error:
        first = error.errors()[0]
        name = "KABINET_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError("settings.invalid", name=name, reason=first["msg"]) from error


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
