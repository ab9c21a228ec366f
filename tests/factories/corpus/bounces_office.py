"""Delivery reports in words alone: Exchange in its languages, Russian providers, office servers, filters, delays."""

from __future__ import annotations

from tests.factories.bounce_texts import (
    DEAD,
    PATH,
    RETURNED_HEADERS,
)
from tests.factories.corpus.case import OTHER, Case, words
from tests.factories.messages import DATE, EXCHANGE, b64, head, message, multipart, part

POSTMASTER = "postmaster@spo24.test"
DAEMON = "MAILER-DAEMON@spo24.test"
COPY = f"\n----- Original message -----\n\n{RETURNED_HEADERS}\ntext\n"


def _with_letter(sender: str, subject: str, text: str, to: tuple[str, ...] = (DEAD,)) -> Case:
    """Words and the returned letter in multipart/mixed."""
    parts = [
        part("Content-Type: text/plain; charset=utf-8", text),
        part("Content-Type: message/rfc822", message(RETURNED_HEADERS.strip().split("\n"), "x")),
    ]
    lines = ["Return-Path: <>", f"From: {sender}", f"To: {PATH}", f"Subject: {subject}", f"Date: {DATE}"]
    return Case(head([*lines, "MIME-Version: 1.0"]) + multipart("multipart/mixed", "_m_", parts), bounced=to)


OFFICE_BOUNCES: dict[str, Case] = {
    "exchange-55": words(
        "System Administrator <postmaster@spo24.test>",
        "Undeliverable: form",
        f"Your message\n\n  To:      {DEAD}\n  Subject: form\n  Sent:    Mon, 30 Aug 2021 13:37:00 +0700\n\ndid not "
        f"reach the "
        f"following recipient(s):\n\n{DEAD} on Mon, 30 Aug 2021 13:37:00 +0700\n    The recipient name is not "
        f"recognized\n\tThe MTS-ID "
        "of the original message is: c=ru;a= ;p=SPO;l=X0108300637\n    MSEXCH:IMS:SPO:X 0 (000C05A6) Unknown "
        "Recipient\n",
    ),
    "exchange-2003-ru": words(
        b64("Системный администратор", "koi8-r") + " <postmaster@spo24.test>",
        b64("Не доставлено: форма", "koi8-r"),
        "Ваше сообщение не доставлено некоторым или всем адресатам.\n\n      Тема:\tформа\n      "
        "Отправлено:\t30.08.2021 13:37\n\n"
        f"Сообщение не доставлено следующим адресатам:\n\n      '{DEAD}' на 30.08.2021 13:37\n            Указанный "
        f"адрес "
        "электронной почты не существует.\n            <mx.spo24.test #5.1.1>\n",
        charset="koi8-r",
    ),
    "exchange-2003-de": words(
        "Systemadministrator <postmaster@spo24.test>",
        "Unzustellbar: form",
        "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\n      Betreff:\tform\n\nFolgende(r) "
        "Empfänger konnte(n) "
        f"nicht erreicht werden:\n\n      {DEAD} am 30.08.2021 13:37\n            550 5.1.1 User unknown\n",
    ),
    "exchange-2003-fr": words(
        b64("Administrateur système") + " <postmaster@spo24.test>",
        "Non remis : form",
        "Votre message n'est pas parvenu à certains ou à tous les destinataires.\n\n      Objet:\tform\n\nLe ou les "
        "destinataires "
        f"suivants n'ont pas pu être joints:\n\n      {DEAD} sur 30/08/2021 13:37\n",
    ),
    "exchange-es": words(
        "Administrador del sistema <postmaster@spo24.test>",
        "No se puede entregar: form",
        f"El mensaje no llegó a algunos o todos los destinatarios.\n\nNo se puede tener acceso a los siguientes "
        f"destinatarios:\n\n"
        f"      {DEAD}\n            550 5.1.1\n",
    ),
    "exchange-it": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        "Non recapitabile: form",
        f"Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:\n\n{DEAD}\nIndirizzo non trovato.\n",
    ),
    "exchange-pl": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("Nie można dostarczyć: form"),
        f"Dostarczenie do następujących adresatów lub grup nie powiodło się:\n\n{DEAD}\n",
    ),
    "exchange-zh": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        b64("无法送达: form"),
        f"无法将邮件发送给以下收件人或组:\n\n{DEAD}\n",
    ),
    "exchange-nl": words(
        "Microsoft Outlook <postmaster@spo24.test>", "Onbestelbaar: form", f"De bezorging is mislukt:\n\n{DEAD}\n"
    ),
    "exchange-tr": words(
        "Microsoft Outlook <postmaster@spo24.test>",
        "Teslim edilemedi: form",
        f"Alıcılara teslim edilemedi:\n\n{DEAD}\n",
    ),
    "outlook-com-new": words(
        "Microsoft Outlook <postmaster@outlook.test>",
        "Undeliverable: form",
        f"Delivery has failed to these recipients or groups:\n\n{DEAD}<mailto:{DEAD}>\nYour message couldn't be "
        f"delivered. The Domain "
        "Name System (DNS) reported that the recipient's domain does not exist.\n",
    ),
    "yandex-full": words(
        "mailer-daemon@yandex.test",
        b64("Недоставленное сообщение"),
        f"Это письмо отправлено почтовым сервером yandex.test.\n\nПричина: ящик получателя переполнен.\n\n<{DEAD}>: "
        f"552 quota\n",
    ),
    "yandex-spam": words(
        "mailer-daemon@yandex.test",
        b64("Недоставленное сообщение"),
        f"Ваше письмо не может быть доставлено.\n\n<{DEAD}>: 554 5.7.1 Message rejected under suspicion of SPAM\n",
    ),
    "mail-ru-no-user": words(
        "mailer-daemon@mail.test",
        "Mail failure.",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one "
        f"or more of its recipients. This is a permanent error. The following address(es) failed:\n\n  {DEAD}\n    "
        "SMTP error from remote mail server after RCPT TO:\n    550 Message was not accepted -- invalid mailbox.\n",
        f"X-Failed-Recipients: {DEAD}",
    ),
    "rambler-words": words(
        "Mail Delivery System <MAILER-DAEMON@rambler.test>",
        "Undelivered Mail Returned to Sender",
        f"Ваше сообщение не может быть доставлено адресату <{DEAD}>:\nпользователь не существует.\n",
    ),
    "ru-host-panel": words(
        "Mail Delivery System <MAILER-DAEMON@hosting.test>",
        b64("Доставка почты невозможна"),
        f"Сервер hosting.test не смог доставить Ваше письмо.\nАдрес получателя: {DEAD}\nОшибка: 550 No such user "
        f"here\n",
    ),
    "ru-koi8-postmaster": words(
        f"{b64('Почтовый робот', 'koi8-r')} <postmaster@spo24.test>",
        b64("Возврат письма", "koi8-r"),
        f"Письмо не может быть доставлено пользователю {DEAD}.\nПочтовый ящик переполнен.\n",
        charset="koi8-r",
    ),
    "ru-cp1251-exchange-relay": words(
        "postmaster@spo24.test",
        b64("Уведомление о состоянии доставки (сбой)", "windows-1251"),
        "Это автоматически созданное уведомление о состоянии доставки.\n\nНе удалось выполнить доставку следующим "
        "получателям:\n\n"
        f"       {DEAD}\n",
        charset="windows-1251",
    ),
    "ru-kerio": words(
        "Mail Delivery Subsystem <mailer-daemon@spo24.test>",
        b64("Сообщение не может быть доставлено"),
        f"Ваше сообщение не может быть доставлено следующему получателю: {DEAD}\nПричина: Mailbox does not exist\n",
    ),
    "kerio": words(
        "Mail Delivery Subsystem <postmaster@spo24.test>",
        "Undeliverable message: form",
        f"The message could not be delivered to the following recipients:\n\n<{DEAD}>: No such mailbox.\n\nKerio "
        f"Connect at x.test\n",
    ),
    "communigate-words": words(
        "<MAILER-DAEMON@spo24.test>",
        "Undeliverable mail: form",
        f"Failed to deliver to '{DEAD}'\nmail loop: too many hops\n",
    ),
    "mdaemon-ru": words(
        "MDaemon at spo24.test <MDaemon@spo24.test>",
        b64("Ошибка доставки: постоянная"),
        f"Сообщение не доставлено: постоянная ошибка.\n\nАдресат: {DEAD}\n\n--- Session Transcript ---\n<-- 550 "
        f"5.1.1 unknown\n",
    ),
    "mdaemon-dsn-warning": words(
        "MDaemon at spo24.test <MDaemon@spo24.test>",
        "Warning: form - delivery is delayed",
        f"The message is still undelivered. Attempts to deliver it to {DEAD} will continue.\n",
        kind="delay",
    ),
    "hmailserver": words(
        "mailer-daemon@spo24.test",
        "Message undeliverable: form",
        "Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 30 Aug 2021\n   "
        "Subject: form\n\nThe "
        f"following recipient(s) could not be reached:\n\n{DEAD}\n   Error Type: SMTP\n   Remote server (192.0.2.7) "
        f"issued an "
        "error.\n   hMailServer sent: RCPT TO\n   Remote server replied: 550 No such user\n",
    ),
    "smartermail": words(
        "System Administrator <postmaster@spo24.test>",
        "Delivery Failure",
        f"Could not deliver message to the following recipient(s):\n\nFailed Recipient: {DEAD}\nReason: Remote host "
        f"said: 550 x\n"
        "\n   -- The header and top 20 lines of the message follows --\n\n" + RETURNED_HEADERS,
    ),
    "mailenable": words(
        "Postmaster <postmaster@spo24.test>",
        "Message Delivery Failure",
        "MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) could not be "
        "reached:\n\n"
        f"\tRecipient: [SMTP:{DEAD}]\n\tReason: Remote SMTP Server Returned: 550 5.1.1\n\nMessage headers "
        f"follow:\n{RETURNED_HEADERS}",
    ),
    "icewarp": words(
        "MAILER-DAEMON@spo24.test",
        "Mail delivery problem",
        f"Undeliverable to {DEAD}\nRemote host said: 550 unknown user\n",
    ),
    "xmail": words(
        f"{b64('Mail Server')} <root@spo24.test>",
        "Error sending message [1630309020.1.spo24] from [spo24.test]",
        f"[<00>] XMail bounce: Rcpt=[{DEAD}];Error=[550 5.1.1 unknown user]\n\n[<01>] Error sending message.\nThe "
        f"reason of the "
        f"delivery failure was:\n\n550 unknown user\n\n[<02>] Here is listed the message header:\n\n{RETURNED_HEADERS}",
    ),
    "barracuda": words(
        "Barracuda Spam Firewall <postmaster@spo24.test>",
        "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {DEAD}\nwas blocked by our Spam Firewall. The email you sent with the following subject "
        f"has NOT BEEN "
        "DELIVERED:\n\nSubject: form\n",
    ),
    "mailmarshal": words(
        "MailMarshal <postmaster@spo24.test>",
        "Undeliverable Mail: form",
        f"Your message:\n   From:    {EXCHANGE}\n   Subject: form\nCould not be delivered because of\n\n550 5.1.1 "
        f"user unknown\n\n"
        f"The following recipients were affected:\n    {DEAD}\n",
    ),
    "interscan": words(
        "InterScan MSS <postmaster@spo24.test>",
        "Mail could not be delivered",
        f"****** Message from InterScan Messaging Security Suite ******\n\nSent >>> RCPT TO:<{DEAD}>\nReceived <<< "
        f"550 5.1.1 unknown\n"
        "\nUnable to deliver message to <" + DEAD + ">.\n",
    ),
    "symantec": words(
        "Mail Security <postmaster@spo24.test>",
        "Returned mail: form",
        f"The message could not be delivered to {DEAD} because the recipient was rejected.\n{COPY}",
    ),
    "openwave": words(
        "Mail Administrator <postmaster@spo24.test>",
        "Mail System Error - Returned Mail",
        "This Message was undeliverable due to the following reason:\n\nEach of the following recipients was "
        "rejected by a remote mail "
        "server.\nThe reasons given by the server are included to help you determine why\neach recipient was "
        "rejected.\n\n"
        f"    Recipient: <{DEAD}>\n    Reason:    user unknown\n\n\nPlease reply to <postmaster@x.test>\nif you "
        f"feel this message "
        "to be in error.\n",
    ),
    "t-online": words(
        "<Mail_Delivery_Subsystem@t-online.test>",
        "Mail delivery failed",
        "|------------------------- Message log follows: -------------------------|\n no valid recipients were "
        "found for this message\n"
        f"|------------------------- Failed addresses follow: ---------------------|\n <{DEAD}> ... unknown host\n"
        f"|------------------------- Message text follows: ------------------------|\n{RETURNED_HEADERS}",
    ),
    "gmx": words(
        "GMX Mailer Daemon <mailer-daemon@gmx.test>",
        "Mail delivery failed: returning message to sender",
        f"This message was created automatically by mail delivery software.\nThe following address "
        f'failed:\n\n"{DEAD}":\n'
        "SMTP error from remote server after RCPT command:\nhost: 192.0.2.7\n5.1.1 unknown user\n",
    ),
    "web-de": words(
        "mailer-daemon@web.test",
        b64("Mail konnte nicht zugestellt werden"),
        f"Ihre E-Mail an {DEAD} konnte leider nicht zugestellt werden.\nGrund: Empfänger unbekannt.\n",
    ),
    "orange-fr": words(
        "MAILER-DAEMON@orange.test",
        b64("Échec de la distribution de votre message"),
        f"Votre message n'a pas pu être distribué au destinataire suivant :\n\n<{DEAD}>: 550 5.1.1 Adresse inconnue\n",
    ),
    "libero-it": words(
        "postmaster@libero.test", "Mancata consegna", f"Il messaggio non è stato consegnato a: {DEAD}\nCasella piena.\n"
    ),
    "docomo": words(
        "MAILER-DAEMON@docomo.test",
        "Undelivered Mail Returned to Sender",
        f"次のあて先へのメッセージはエラーのため送信できませんでした。\n\n{DEAD}\n",
    ),
    "postini": words(
        "postmaster@spo24.test",
        "Mail delivery failed",
        f"550 No such user - psmtp\n\nRecipient: {DEAD}\n",
    ),
    "verizon": words(
        "post_master@vtext.test",
        "Undeliverable Message",
        f"Error:  There is no mailbox for this person.\n\n  RCPT TO: {DEAD}\n  Subject: form\n",
    ),
    "x-failed-only": words(
        "nobody@spo24.test", "Message", "It did not work.", f"X-Failed-Recipients: {DEAD}, {OTHER}", to=(DEAD, OTHER)
    ),
    "mixed-with-letter": _with_letter(DAEMON, "Returned mail", "Sorry, the mailbox does not exist."),
    "mixed-with-letter-ru": _with_letter(
        b64("Служба доставки почты") + " <robot@spo24.test>",
        b64("Сообщение возвращено"),
        "Ваше письмо возвращено: получатель не найден.",
    ),
    "mixed-postmaster-address-in-text": _with_letter(
        "postmaster@spo24.test",
        "Undeliverable mail",
        "The message could not be delivered.\nQuestions: postmaster@spo24.test, support@spo24.test\n",
        to=(DEAD,),
    ),
    "verp": Case(
        message(
            [
                "Return-Path: <>",
                f"From: {DAEMON}",
                "To: bounces+school65=spo24.test@kabinet.test",
                "Subject: failure notice",
            ],
            "Sorry, the mailbox is full.",
        ),
        bounced=(DEAD,),
    ),
    "empty-body-daemon": Case(
        message(
            ["Return-Path: <>", f"From: {DAEMON}", f"To: {PATH}", "Subject: Undeliverable: form"],
            "",
        ),
        bounced=(),
    ),
    "delay-ru": words(
        DAEMON,
        b64("Доставка вашего письма задерживается"),
        f"Ваше письмо пока не доставлено получателю {DEAD}. Попытки доставки будут продолжены.\n",
        kind="delay",
    ),
    "delay-exim-many": words(
        "Mail Delivery System <Mailer-Daemon@x.test>",
        "Warning: message 1mKXYZ-0001Ab-CD delayed 72 hours",
        "A message that you sent has not yet been delivered to one or more of its recipients after more than 72 "
        "hours on the queue.\n"
        f"\nThe addresses to which the message has not yet been delivered are:\n\n  {DEAD}\n    Delay reason: "
        f"timeout\n  {OTHER}\n\n"
        "No action is required on your part.\n",
        kind="delay",
        to=(DEAD, OTHER),
    ),
    "delay-qmail": words(
        DAEMON,
        "delayed delivery",
        f"Hi. This is the qmail-send program. Your message has been delayed.\n\n<{DEAD}>:\nConnected but greeting "
        f"failed. I will "
        "keep trying.\n",
        kind="delay",
    ),
    "delivered-words-ru": words(
        POSTMASTER,
        b64("Уведомление о доставке: форма"),
        f"Ваше сообщение успешно доставлено получателю {DEAD}.\n",
        kind="delivered",
    ),
    "delivered-words": words(
        DAEMON,
        "Successful Mail Delivery Report",
        f"Your message was successfully delivered to {DEAD}.\n",
        kind="delivered",
    ),
}
