"""Statuses in letters, mistakes in inbox_rules.yaml, and faults of the keys that letters are signed with."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Statuses of a participation
    "status.not_started": "Не приступило",
    "status.in_progress": "В работе",
    "status.submitted": "Сдано",
    # inbox_rules.yaml
    "rules.too_much": "{file}, строка {line}: {advice}.",
    "rules.not_yaml": "{file}, строка {line}: это не YAML, проверьте отступы, двоеточия и кавычки.",
    "rules.empty": "{file}: правил нет, нужен список rules с последним правилом без условий.",
    "rules.not_mapping": "{file}, строка {line}: здесь нужны пары «ключ: значение».",
    "rules.not_text": "{file}, строка {line}: здесь нужен непустой текст.",
    "rules.not_size": "{file}, строка {line}: «{value}» не размер, напишите число байт, 500 KB или 10 MB.",
    "rules.unknown_key": "{file}, строка {line}: ключа «{key}» нет; возможно, имелся в виду: {nearest}.",
    "rules.unknown_value": "{file}, строка {line}: значения «{value}» нет; возможно, имелось в виду: {nearest}.",
    "rules.doubled_key": "{file}, строка {line}: ключ «{key}» написан дважды.",
    "rules.missing_key": "{file}, строка {line}: в правиле нет ключа «{key}».",
    "rules.bad_name": "{file}, строка {line}: имя правила «{rule}» пишется латиницей через дефис, например delivery-failure.",
    "rules.doubled": "{file}, строка {line}: правило «{rule}» уже есть выше.",
    "rules.empty_when": "{file}, строка {line}: в when нет ни одного условия, уберите его или добавьте условие.",
    "rules.empty_list": "{file}, строка {line}: список пуст.",
    "rules.unreachable": "{file}, строка {line}: правило «{rule}» без условий стоит не последним, до следующих дело не дойдёт.",
    "rules.no_last": "{file}, строка {line}: последнее правило «{rule}» должно быть без условий, чтобы решение было всегда.",
    "rules.missing_parameter": "{file}, строка {line}: действию {action} нужен ключ «{key}».",
    "rules.foreign_parameter": "{file}, строка {line}: ключ «{key}» действию {action} не нужен, уберите его.",
    "rules.bad_folder": "{file}, строка {line}: папка «{folder}» не годится: до 100 знаков без * % \\ и кавычек, не INBOX.",
    "rules.long_reason": "{file}, строка {line}: причина длиннее {most} знаков.",
    # The key of tags
    "tag.bad_key_id": "Имя ключа подписи «{key}» не годится: до шести строчных латинских букв и цифр (KABINET_TAG_KEYS).",
    "tag.short_key": "Ключ подписи короче 16 знаков: задайте в KABINET_TAG_KEYS длинный и случайный (openssl rand -hex 32).",
    "tag.no_signing_key": "Нет ключа подписи «{key}»: проверьте KABINET_TAG_KEYS.",
    # Signing
    "dkim.key": (
        "В файле KABINET_DKIM_KEY_FILE нет закрытого ключа RSA (от 1024 бит) или Ed25519 в формате PEM без пароля: "
        "сделайте его командой openssl genrsa 2048 или openssl genpkey -algorithm ed25519."
    ),
    "dkim.name": (
        "Имена «{domain}» и «{selector}» не годятся для DNS: поправьте KABINET_DKIM_DOMAIN и KABINET_DKIM_SELECTOR."
    ),
}
