"""Delivery reports of servers that are met less often, and the rarer words of those that are met daily."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, PATH, RETURNED_HEADERS
from tests.factories.corpus.case import OTHER, Case, fields, pathless, report, words
from tests.factories.messages import DATE, EXCHANGE, b64, message

DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@mx.spo24.test>"
SYSTEM = "Mail Delivery System <Mailer-Daemon@mx.spo24.test>"
POSTMASTER = "postmaster@spo24.test"
HEADERS = RETURNED_HEADERS


def _html(sender: str, subject: str, body: str, *, to: tuple[str, ...] = (DEAD,), path: str = "<>") -> Case:
    """A report whose only words are a page."""
    lines = [f"Return-Path: {path}", f"From: {sender}", f"To: {PATH}", f"Subject: {subject}", f"Date: {DATE}"]
    return Case(message(lines, "", html=f"<html><body>{body}</body></html>"), bounced=to)


_SENDMAIL = {
    "sendmail-fatal-old": words(
        DAEMON,
        "Returned mail: User unknown",
        f"The original message was received at {DATE}\nfrom root@localhost\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n{DEAD}\n\n"
        f"   ----- Transcript of session follows -----\n550 {DEAD}... User unknown\n",
    ),
    "sendmail-host-unknown": words(
        DAEMON,
        "Returned mail: Host unknown (Name server: spo24.test: host not found)",
        f"   ----- The following addresses have delivery notifications -----\n<{DEAD}>  (unrecoverable error)\n\n"
        "   ----- Transcript of session follows -----\n"
        f"550 <{DEAD}>... Host unknown (Name server: spo24.test: host not found)\n\n"
        f"   ----- Original message follows -----\n\n{HEADERS}\n",
    ),
    "sendmail-transcript-first": words(
        DAEMON,
        "Returned mail: Cannot send message within 3 days",
        "   ----- Transcript of session follows -----\n451 spo24.test: Name server timeout\n"
        "Message could not be delivered for 3 days\nMessage will be deleted from queue\n\n"
        f"   ----- Unsent message follows -----\n{HEADERS}\n",
    ),
    "sendmail-too-many-hops": words(
        DAEMON,
        "Returned mail: Too many hops 26 (25 max): from <a@b.test> via mx.spo24.test",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DEAD}>\n\n"
        "   ----- Transcript of session follows -----\n554 Too many hops 26 (25 max)\n",
    ),
    "sendmail-pipe": words(
        DAEMON,
        "Returned mail: unknown mailer error 75",
        f'   ----- The following addresses had permanent fatal errors -----\n"|/usr/bin/procmail -Y -a"\n'
        f"    (expanded from: <{DEAD}>)\n\n   ----- Transcript of session follows -----\n"
        '554 "|/usr/bin/procmail -Y -a"... unknown mailer error 75\n',
    ),
    "sendmail-rejected-content": words(
        DAEMON,
        "Returned mail: see transcript for details",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DEAD}>\n"
        f"    (reason: 554 5.7.1 Message cannot be accepted, content filter rejection)\n",
    ),
    "sendmail-warning-text": words(
        DAEMON,
        "Warning: could not send message for past 4 hours",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n"
        "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n"
        f"The original message was received at {DATE}\n\n"
        f"   ----- The following addresses had transient non-fatal errors -----\n<{DEAD}>\n",
        kind="delay",
    ),
    "ibm-vm": words(
        "IBM VM SMTP <SMTP@vm.spo24.test>",
        "Undeliverable Mail",
        f"VM.SPO24.TEST unable to deliver following mail to recipient(s):\n    <{DEAD}>\n"
        "VM.SPO24.TEST unable to connect for 3 days to host:\n    spo24.test\n\n   ** Text of Mail follows **\n"
        f"{HEADERS}\n",
    ),
}
_EXIM = {
    "exim-local-part": words(
        SYSTEM,
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software (Exim).\n\n"
        "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) "
        f'failed:\n\n  {DEAD}\n    unknown local-part "school65" in domain "spo24.test"\n',
    ),
    "exim-router-fail": words(
        SYSTEM,
        "Mail delivery failed: returning message to sender",
        "A message that you sent using the -t command line option contained no addresses that were not also on the "
        f"command line.\nThe following address(es) failed:\n\n  {DEAD}:\n    all relevant MX records point to "
        "non-existent hosts or (invalidly) to IP addresses\n",
    ),
    "exim-child-of": words(
        SYSTEM,
        "Mail delivery failed: returning message to sender",
        "The following address(es) failed:\n\n  save to /home/x/Maildir\n"
        f"    (ultimately generated from {DEAD})\n    mailbox is full (quota exceeded while writing file)\n",
    ),
    "exim-undisclosed": words(
        SYSTEM,
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
        "The following text was generated during the delivery attempt:\n\n"
        f"------ {DEAD} ------\n\nUnrouteable address\n\n------ This is a copy of the message, including all the "
        f"headers. ------\n\n{HEADERS}\n",
    ),
    "exim-warning-queue": words(
        SYSTEM,
        "Warning: message 1mKabc-0001Ab-Qx delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been "
        "delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.kabinet.test.\n\n"
        f"The message identifier is:     1mKabc-0001Ab-Qx\n\nThe address to which the message has not yet been "
        f"delivered is:\n\n  {DEAD}\n\nNo action is required on your part. Delivery attempts will continue for\n"
        "some time, and this warning may be repeated at intervals if the message\nremains undelivered.\n",
        kind="delay",
    ),
    "exim-russian": words(
        f"{b64('Система доставки почты')} <mailer-daemon@spo24.test>",
        b64("Ошибка доставки почты: возврат сообщения отправителю"),
        "Это сообщение создано автоматически программой доставки почты.\n\nСообщение, которое Вы отправили, не может "
        f"быть доставлено одному или более получателям. Следующие адреса недоступны:\n\n  {DEAD}\n    550 нет такого\n",
    ),
}
_POSTFIX = {
    "postfix-loops": words(
        "MAILER-DAEMON@mx.spo24.test (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        f"This is the mail system at host mx.spo24.test.\n\n<{DEAD}>: mail for spo24.test loops back to myself\n",
    ),
    "postfix-delayed-words": words(
        "MAILER-DAEMON@mx.kabinet.test (Mail Delivery System)",
        "Delayed Mail (still being retried)",
        "####################################################################\n"
        "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
        "####################################################################\n\nYour message could not be delivered "
        f"for more than 2 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<{DEAD}>: connect to "
        "mx.spo24.test[192.0.2.7]:25: Connection timed out\n",
        kind="delay",
    ),
    "postfix-program": words(
        "Mail Delivery System <MAILER-DAEMON@mx.spo24.test>",
        "Undelivered Mail Returned to Sender",
        f"This is the Postfix program at host mx.spo24.test.\n\nI'm sorry.\n\n<{DEAD}>: Command died with status 255: "
        '"/usr/libexec/deliver". Command output: local configuration error\n',
    ),
    "postfix-verify": words(
        "Mail Delivery System <MAILER-DAEMON@mx.spo24.test>",
        "Mail Delivery Status Report",
        f"Enclosed is the mail delivery report that you requested.\n\n<{DEAD}>: delivery via mx.spo24.test: host "
        "mx.spo24.test said: 550 5.1.1 unknown (in reply to RCPT TO command)\n",
    ),
    "postfix-russian": words(
        "MAILER-DAEMON@mx.spo24.test",
        b64("Недоставленное письмо возвращено отправителю"),
        "Это почтовая система на узле mx.spo24.test.\n\nК сожалению, Ваше сообщение не может быть доставлено одному "
        f'или нескольким получателям.\n\n<{DEAD}>: неизвестный пользователь: "school65"\n',
    ),
}
_QMAIL = {
    "qmail-ldap": words(
        "MAILER-DAEMON@mx.spo24.test",
        "failure notice",
        "Hi. This is the qmail-send program at mx.spo24.test.\nI'm afraid I wasn't able to deliver your message to the "
        f"following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{DEAD}>:\n"
        "The users mailfolder is over the allowed quota (size). (#5.2.2)\n\n--- Below this line is a copy of the "
        f"message.\n\n{HEADERS}\n",
    ),
    "qmail-translated": words(
        "MAILER-DAEMON@mx.spo24.test",
        b64("уведомление об ошибке"),
        f"Здравствуйте. Это программа qmail-send на mx.spo24.test.\nБоюсь, что не смогла доставить Ваше письмо по "
        f"этим адресам.\n\n<{DEAD}>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 no mailbox\n",
    ),
    "qmail-still-trying": words(
        "MAILER-DAEMON@mx.spo24.test",
        "Message delayed notice",
        f"Hi. This is the qmail-send program at mx.spo24.test.\nYour message has been waiting for 24 hours. I am still "
        f"trying to deliver it, you need do nothing.\n\n<{DEAD}>:\nSorry, I wasn't able to establish an SMTP "
        "connection. (#4.4.1)\n",
        kind="delay",
    ),
    "qmail-bare-address-in-copy": words(
        "MAILER-DAEMON@mx.spo24.test",
        "failure notice",
        f"Hi. This is the qmail-send program at mx.spo24.test.\n\n<school65@[192.0.2.7]>:\nConnected to 192.0.2.7 but "
        f"sender was rejected.\n\n--- Below this line is a copy of the message.\n\n{HEADERS}\n",
    ),
}
_OFFICE = {
    "lotus-router": words(
        "Postmaster@spo24.test",
        "DELIVERY FAILURE: User school65 (school65@spo24.test) not listed in Domino Directory",
        f"Your message\n\n  Subject: form\n\nwas not delivered to:\n\n  {DEAD}\n\nbecause:\n\n  User school65 ({DEAD}) "
        "not listed in Domino Directory\n",
    ),
    "lotus-ru": words(
        f"{b64('Postmaster')} <Postmaster@spo24.test>",
        b64("ОШИБКА ДОСТАВКИ: Пользователь school65 не указан в каталоге"),
        f"Ваше сообщение\n\n  Тема: форма\n\nне было доставлено:\n\n  {DEAD}\n\nпричина:\n\n  Пользователь не указан в "
        "каталоге Domino\n",
    ),
    "groupwise-words": words(
        "Mailer-Daemon@spo24.test",
        "Message status - undeliverable",
        f"The message that you sent was undeliverable to the following:\n\tschool65@spo24.test (user not found)\n\n"
        "Possibly truncated original message follows:\n\nReceived: from kabinet.test\n\tby spo24.test; x\n"
        f"From: {EXCHANGE}\nTo: {DEAD}\nSubject: form\n",
    ),
    "exchange-365-html": _html(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@spo24.test>",
        "Undeliverable: form",
        f"<p><b>Your message to {DEAD} couldn't be delivered.</b></p><table><tr><td>school65 wasn't found at "
        "spo24.test.</td></tr></table><table><tr><td>exchange</td><td>Office 365</td><td>school65</td></tr><tr><td>"
        "Action Required</td><td></td><td>Recipient</td></tr><tr><td>Unknown To address</td></tr></table>"
        "<p>How to Fix It</p><p>The address may be misspelled or may not exist. Try one or more of the following:</p>"
        "<p>Status code: 550 5.1.10</p>",
    ),
    "exchange-365-policy-html": _html(
        "postmaster@spo24.test",
        "Undeliverable: form",
        f"<p>Your message to <a href='mailto:{DEAD}'>{DEAD}</a> couldn't be delivered.</p><p>A custom mail flow rule "
        "created by an admin at spo24.test has blocked your message.</p><p>Blocked by mail flow rule</p>",
    ),
    "exchange-365-ru-html": _html(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@spo24.test>",
        b64("Не удается доставить: форма"),
        f"<p>Не удалось доставить ваше сообщение получателю {DEAD}.</p><p>Пользователь school65 не найден в "
        "spo24.test.</p><p>Состояние: 550 5.1.10</p>",
    ),
    "exchange-ndr-cz": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Nedoručitelné: form"),
        f"Doručení těmto příjemcům nebo distribučním skupinám se nezdařilo:\n\n{DEAD}\nZadaná e-mailová adresa nebyla "
        "nalezena.\n",
    ),
    "exchange-ndr-pt": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Não entregue: form"),
        f"Falha na entrega a estes destinatários ou grupos:\n\n{DEAD}\nO endereço de email não foi encontrado.\n",
    ),
    "exchange-ndr-sv": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Det går inte att leverera: form"),
        f"Det gick inte att leverera till följande mottagare eller grupper:\n\n{DEAD}\nE-postadressen hittades inte.\n",
    ),
    "exchange-ndr-fi": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Viestiä ei voi toimittaa: form"),
        f"Toimittaminen seuraaville vastaanottajille tai ryhmille epäonnistui:\n\n{DEAD}\n",
    ),
    "exchange-ndr-uk": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Не вдається доставити: форма"),
        f"Не вдалося доставити повідомлення таким одержувачам або групам:\n\n{DEAD}\nАдресу не знайдено.\n",
    ),
    "exchange-ndr-ja": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("配信不能: form"),
        f"次の受信者またはグループへの配信に失敗しました:\n\n{DEAD}\n入力した電子メール "
        f"アドレスが見つかりませんでした。\n",
    ),
    "exchange-ndr-da": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Kan ikke leveres: form"),
        f"Levering til disse modtagere eller grupper mislykkedes:\n\n{DEAD}\n",
    ),
    "exchange-ndr-hu": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Kézbesíthetetlen: form"),
        f"Nem sikerült a kézbesítés az alábbi címzetteknek vagy csoportoknak:\n\n{DEAD}\n",
    ),
    "exchange-ndr-ko": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("배달되지 않음: form"),
        f"다음 받는 사람 또는 그룹에게 배달하지 못했습니다.\n\n{DEAD}\n",
    ),
    "exchange-quota-ru": words(
        f"{b64('Системный администратор')} <postmaster@spo24.test>",
        b64("Не доставлено: форма"),
        f"Ваше сообщение не доставлено некоторым или всем получателям.\n\nНе удалось связаться со следующими "
        f"получателями:\n\n      {DEAD} на 30.08.2021 13:37\n            Почтовый ящик получателя переполнен.\n",
    ),
    "mailenable-words": words(
        "Postmaster <postmaster@spo24.test>",
        "Message Delivery Failure",
        f"MailEnable: Message Delivery Failure.\n\nThe following recipient(s) could not be reached:\n\n\tRecipient: "
        f"[SMTP:{DEAD}]\n\tReason: The mailbox does not exist\n\nMessage headers follow:\n{HEADERS}\n",
    ),
    "hmailserver-words": words(
        "mailer-daemon@spo24.test",
        "Message undeliverable: form",
        f"Your message did not reach some or all of the intended recipients.\n\n   Sent: {DATE}\n   Subject: form\n\n"
        f"The following recipient(s) could not be reached:\n\n{DEAD}\n   Error Type: SMTP\n   Remote server replied: "
        "550 Unknown user\n\nhMailServer\n",
    ),
    "kerio-connect": words(
        "Mail Delivery Subsystem <postmaster@spo24.test>",
        "Delivery failure: form",
        f"The mail server was unable to deliver your message to the following addresses:\n\n<{DEAD}>\n"
        "    (554 5.1.1 Mailbox not found)\n",
    ),
    "zimbra-words": words(
        "MAILER-DAEMON@zimbra.spo24.test (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        f"This is the mail system at host zimbra.spo24.test.\n\n<{DEAD}>: host zimbra.spo24.test[192.0.2.7] said: 452 "
        "4.2.2 Over quota (in reply to end of DATA command)\n",
    ),
    "mdaemon-session": words(
        "MDaemon@spo24.test",
        "Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts "
        "the attached message has\nbeen removed from the mail queue on this server.\n\nTHIS MESSAGE IS PERMANENTLY "
        f"UNDELIVERABLE\n\nFailed address: {DEAD}\n\n--- Session Transcript ---\n--> RCPT To:<{DEAD}>\n<-- 550 User "
        "unknown\n--- End Transcript ---\n",
    ),
    "mdaemon-undeliverable-ru": words(
        "MDaemon@spo24.test",
        b64("Недоставленная почта"),
        f"Письмо не удалось доставить.\n\nПолучатель: <{DEAD}>\nОтвет сервера: 550 <{DEAD}>, Recipient unknown\n",
    ),
    "communigate-failed": words(
        "MAILER-DAEMON@spo24.test",
        "Undeliverable mail: form",
        f"Failed to deliver to '<{DEAD}>'\nLOCAL module(account school65) reports:\n account is full (quota "
        "exceeded)\n",
    ),
    "x400-gateway": words(
        "X.400 Gateway <postmaster@gw.spo24.test>",
        "Delivery Report (failure) for school65@spo24.test",
        f"This report relates to your message:\nSubject: form,\nMessage-ID: <x@kabinet.test>,\nTo: {DEAD}\n\nof "
        f"{DATE}\n"
        f"\nYour message was not delivered to   {DEAD}\nfor the following reason:\n        Recipient unknown\n",
    ),
    "pmdf-words": words(
        "PMDF e-Mail Interconnect <postmaster@vms.spo24.test>",
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n\n  Message-id: <1@kabinet.test>"
        f"\n  Subject: form\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: "
        f"{DEAD}\n  Reason: Illegal user or alias\n",
    ),
    "mmdf-words": words(
        "Spo24 Mail Transport <mmdf@spo24.test>",
        "Failed mail (msg.aa12345)",
        "    Your message could not be delivered to\n'school65@spo24.test (host: spo24.test) (queue: smtp)' for the "
        "following\nreason: '<school65@spo24.test>... User unknown'\n\n    Your message follows:\n\n" + HEADERS,
    ),
    "smail3": words(
        "<MAILER-DAEMON@spo24.test>",
        "mail failed, returning to sender",
        f"|------------------------- Message log follows: -------------------------|\n no valid recipients were found "
        f"for this message\n|------------------------- Failed addresses follow: ---------------------|\n <{DEAD}> ... "
        f"unknown user\n|------------------------- Message text follows: ------------------------|\n{HEADERS}\n",
    ),
}
_WEB = {
    "yahoo-postmaster": words(
        "MAILER-DAEMON@yahoo.test",
        "Failure Notice",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{DEAD}>:\n554: delivery "
        f"error: dd "
        "Sorry your message cannot be delivered. This account has been disabled or discontinued [#102].\n",
    ),
    "gmail-html": _html(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Failure)",
        f"<table><tr><td><h2>Address not found</h2><p>Your message wasn't delivered to <a><b>{DEAD}</b></a> because "
        "the address couldn't be found, or is unable to receive mail.</p></td></tr></table><p>The response was:</p>"
        "<p>550 5.1.1 The email account that you tried to reach does not exist.</p>",
    ),
    "gmail-html-ru": _html(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Failure)",
        f"<h2>Адрес не найден</h2><p>Ваше сообщение не доставлено по адресу <b>{DEAD}</b>, так как этот адрес не "
        f"найден "
        "или не принимает почту.</p><p>Ответ удаленного сервера:</p><p>550 5.1.1 Нет такого ящика</p>",
    ),
    "gmail-delay-ru": _html(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Delay)",
        f"<h2>Сообщение ещё не доставлено</h2><p>При доставке сообщения по адресу {DEAD} возникла временная проблема. "
        "Gmail продолжит попытки в течение 46 часов. Вы получите уведомление, если доставка не удастся.</p>",
    )._replace(kind="delay"),
    "mail-ru-disabled": words(
        "mailer-daemon@corp.mail.test",
        "Mail failure.",
        f"Письмо не доставлено следующим адресатам:\n\n  {DEAD}\n    Пользователь заблокирован за неактивность "
        "(550 account is disabled).\n",
    ),
    "yandex-no-user": words(
        "mailer-daemon@yandex.test",
        b64("Недоставленное сообщение"),
        "Это сообщение создано автоматически почтовой системой Яндекса. К сожалению, Ваше письмо не может быть "
        f"доставлено одному или нескольким адресатам:\n\n<{DEAD}>: host mx.spo24.test[192.0.2.7] said: 550 5.7.1 No "
        "such user!\n",
    ),
    "rambler-spam": words(
        "Rambler Mail <MAILER-DAEMON@mail.rambler.test>",
        b64("Не удалось доставить сообщение"),
        f"Сообщение для {DEAD} отклонено: 550 5.7.1 Spam message rejected\n",
    ),
    "sina": words(
        "MAILER-DAEMON@sina.test",
        b64("系统退信"),
        f"抱歉，您的邮件被退回来了……\n无法发送到 {DEAD}\n退信原因：收件人邮箱不存在\n",
    ),
    "qq": words(
        "PostMaster@qq.test",
        b64("来自qq.test的退信"),
        f"邮件无法投递\n\n收件人邮件地址（{DEAD}）不存在，邮件无法送达。\nhost mx said: 550 Mailbox not found\n",
    ),
    "ses-words": words(
        "MAILER-DAEMON@eu-west-1.amazonses.test",
        "Delivery Status Notification (Failure)",
        f"An error occurred while trying to deliver the mail to the following recipients:\n{DEAD}\n",
    ),
    "mailgun-words": words(
        "Mailgun <mailer-daemon@mailgun.test>",
        "Mail delivery failed",
        f"Not delivering to previously bounced address\n\nRecipient: {DEAD}\n605\n",
    ),
    "aol-old": words(
        "MAILER-DAEMON@aol.test",
        "Mail Delivery Problem",
        f"Your mail to the following recipients could not be delivered because they are not accepting mail from "
        f"{EXCHANGE}:\n\n\tschool65\n\n{HEADERS}",
    ),
    "aol-terse": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@aol.test>",
        "Returned mail: Service unavailable",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DEAD}>\n\n   ----- Transcript of "
        f"session follows -----\n... while talking to air-xn02.mail.aol.test.:\n>>> RCPT To:<{DEAD}>\n<<< 550 MAILBOX "
        "NOT FOUND\n",
    ),
    "hotmail-terse": words(
        "postmaster@mail.hotmail.test",
        "Delivery Status Notification (Failure)",
        f"This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients "
        f"failed.\n\n       {DEAD}\n\n",
    ),
    "proton": words(
        "MAILER-DAEMON@proton.test",
        "Undelivered Mail Returned to Sender",
        f"This is the mail system at host mail.proton.test.\n\n<{DEAD}>: host mx.spo24.test said: 550 5.4.1 Recipient "
        "address rejected: Access denied. (in reply to RCPT TO command)\n",
    ),
    "icloud": words(
        "postmaster@icloud.test",
        "Undeliverable: form",
        f"This message was undeliverable due to the following reason:\n\nYour message was not delivered because the "
        f"following recipient is over quota:\n\n   <{DEAD}>\n",
    ),
}
_FILTERS = {
    "ironport": words(
        "Mail Delivery System <MAILER-DAEMON@ironport.spo24.test>",
        "Delivery Status Notification (Failure)",
        f"The following message to <{DEAD}> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address "
        "error 550-'5.1.1 User unknown'\n",
    ),
    "ironport-delay": words(
        "Mail Delivery System <MAILER-DAEMON@ironport.spo24.test>",
        "Delivery Status Notification (Delay)",
        f"The following message to <{DEAD}> has not been delivered yet. It is being retried.\nThe reason for the "
        "problem:\n4.1.1 - Connection timeout\n",
        kind="delay",
    ),
    "mimecast": words(
        "Postmaster <postmaster@spo24.test>",
        "[Postmaster] Email Delivery Failure",
        f"This is a delivery failure notification message indicating that an email you addressed to email address :\n"
        f"-- {DEAD}\n\ncould not be delivered. The problem appears to be :\n-- Recipient email address is possibly "
        "incorrect\n\nAdditional information follows :\n-- 5.1.1 User unknown\n",
    ),
    "mimecast-warning": words(
        "Postmaster <postmaster@spo24.test>",
        "[Postmaster] Email Delivery Warning",
        f"This is a delivery warning notification message indicating that an email you addressed to email address :\n"
        f"-- {DEAD}\n\nhas not yet been delivered. Delivery will be retried; you do not need to resend it.\n",
        kind="delay",
    ),
    "proofpoint": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@pphosted.test>",
        "Returned mail: see transcript for details",
        f"The original message was received at {DATE}\n\n----- The following addresses had permanent delivery errors "
        f"-----\n\n<{DEAD}>\n\n  *** User unknown ***\n",
    ),
    "barracuda-blocked": words(
        POSTMASTER,
        "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {DEAD}\nwas blocked by our Spam Firewall. The email you sent with the following subject has "
        "NOT BEEN DELIVERED:\n\nSubject: form\n",
    ),
    "messagelabs-virus": words(
        "virus-alert@messagelabs.test",
        "WARNING. You tried to send a potential virus or unauthorised code",
        "The MessageLabs Email Security System discovered a possible virus or unauthorised code in an email sent by "
        f"you.\nPossible MalWare found.\n\nThe email was not delivered.\n\nTo: {DEAD}\nSubject: form\n",
        path="<>",
    ),
    "surfcontrol": words(
        POSTMASTER,
        "Message undeliverable: form",
        f"The email message you sent to {DEAD} was rejected by SurfControl E-mail Filter because it contained a "
        "prohibited attachment.\n",
    ),
    "postini-blocked": words(
        "Postini Mail <MAILER-DAEMON@psmtp.test>",
        "Delivery failure",
        f"Your message to {DEAD} was not delivered.\n\n554 delivery error: dd This user doesn't have an account\n",
    ),
    "kaspersky-ru": words(
        f"{b64('Защита почты')} <postmaster@spo24.test>",
        b64("Сообщение заблокировано: форма"),
        f"Ваше сообщение для {DEAD} заблокировано антивирусной защитой: вложение запрещено политикой. Сообщение не "
        "доставлено.\n",
    ),
    "drweb": words(
        "DrWEB-DAEMON <DrWEB-DAEMON@spo24.test>",
        "Undelivered mail: attachment blocked",
        f"Dear User,\n\nthe message sent by you to {DEAD}\nwas not delivered because it contains an object that is not "
        "allowed here.\n",
    ),
    "amavis-banned": words(
        '"Content-filter at mx.spo24.test" <postmaster@spo24.test>',
        "BANNED CONTENTS IN MAIL FROM YOU",
        f"BANNED FILENAME ALERT\n\nOur content checker found\n    banned name: .exe\n\nin email presumably from you\n"
        f"to the following recipient:\n-> {DEAD}\n\nDelivery of the email was stopped!\n",
    ),
    "mailscanner": words(
        '"MailScanner" <postmaster@spo24.test>',
        "Warning: E-mail viruses detected",
        f"Our virus detector has just been triggered by a message you sent:-\n  To: {DEAD}\n  Subject: form\n  "
        f"Date: x\n"
        "\nAny infected parts of the message will not have been delivered.\n",
    ),
    "policy-reject-html": _html(
        "postmaster@spo24.test",
        "Rejected: form",
        f"<p>Message rejected. The recipient <b>{DEAD}</b> only accepts mail from people in its organisation or on "
        "its allowed senders list.</p><p>550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup</p>",
    ),
}
_SHAPES = {
    "report-of-two-groups-in-one": report(
        SYSTEM,
        "Undelivered Mail",
        "See below.",
        fields(
            f"Final-Recipient: rfc822; {DEAD} | Action: failed | Status: 5.1.1",
            f"Final-Recipient: rfc822; {OTHER} | Action: failed | Status: 5.2.2",
        ),
        to=(DEAD, OTHER),
    ),
    "report-final-x400": report(
        POSTMASTER,
        "Delivery Report (failure)",
        f"Your message to {DEAD} was not delivered.",
        fields("Final-Recipient: X400; /S=school65/O=SPO/C=RU/ | Action: failed | Status: 5.1.1"),
    ),
    "report-lower-case-fields": report(
        SYSTEM,
        "failure notice",
        "x",
        f"reporting-mta: dns;x.test\n\nfinal-recipient: RFC822;<{DEAD}>\naction: Failed\nstatus: 5.0.0 (permanent)\n",
    ),
    "report-comment-in-address": report(
        SYSTEM,
        "Undeliverable",
        "x",
        fields(f"Final-Recipient: rfc822; {DEAD} (school 65) | Action: failed (no user) | Status: 5.1.1 (bad)"),
    ),
    "report-unix-recipient": report(
        SYSTEM,
        "Returned mail",
        f"<{DEAD}>: unknown",
        fields("Final-Recipient: unix; school65 | Action: failed | Status: 5.1.1"),
    ),
    "pathless-words-from-system": pathless(
        "Mail System <system@spo24.test>",
        "Undeliverable Mail",
        f"Unknown user: {DEAD}\n\n{HEADERS}\n",
    ),
    "pathless-admin-ru": pathless(
        f"{b64('Администратор почты')} <admin@spo24.test>",
        b64("Письмо не доставлено"),
        f"Не удалось доставить письмо по адресу {DEAD}: такого пользователя нет.\n\nИсходное письмо:\n{HEADERS}\n",
    ),
    "pathless-nobody-at-all": pathless(
        "<>", "Delivery failure", f"Your message could not be delivered to\n<{DEAD}>\n550 5.1.1 unknown user\n"
    ),
    "one-line": words(DAEMON, "Undeliverable", f"{DEAD} unknown"),
    "smtp-transcript-alone": words(
        "MAILER-DAEMON@spo24.test", "Error", f"RCPT TO:<{DEAD}>\n550 5.1.1 unknown\nQUIT\n221 bye\n"
    ),
    "challenge-like-refusal": words(
        POSTMASTER,
        "Your message was refused",
        f"The mailbox {DEAD} is no longer in use. Your message has been refused.\n",
    ),
    "moved": words(
        POSTMASTER,
        "Mail for school65@spo24.test returned",
        f"The user {DEAD} has left. Your mail is returned unopened.\n{HEADERS}",
    ),
    "relay-denied": words(
        "MAILER-DAEMON@relay.test",
        "Mail could not be delivered",
        f"The message could not be sent to {DEAD}:\n550 5.7.1 Unable to relay\n",
    ),
    "greylist-expired": words(
        "MAILER-DAEMON@relay.test",
        "Undeliverable: delivery time expired",
        f"Message for <{DEAD}> expired in the queue after 5 days: 451 4.7.1 Greylisting in action, please come back\n",
    ),
}
RARE_BOUNCES: dict[str, Case] = {
    **_SENDMAIL,
    **_EXIM,
    **_POSTFIX,
    **_QMAIL,
    **_OFFICE,
    **_WEB,
    **_FILTERS,
    **_SHAPES,
}
