"""What mail servers write in their delivery reports, word for word in their manner."""

from __future__ import annotations

from tests.factories.messages import DATE, EXCHANGE, OUR_ID, TAGGER

DEAD = "school65@spo24.test"
PATH = f"exchange+{TAGGER.letter_path(12)}@kabinet.test"

RETURNED_HEADERS = f"""Return-Path: <{PATH}>
Received: from kabinet.test (kabinet.test [192.0.2.1]) by mx.spo24.test; {DATE}
From: Kabinet <{EXCHANGE}>
To: {DEAD}
Subject: form
Message-ID: {OUR_ID}
Date: {DATE}
"""
POSTFIX_TEXT = f"""This is the mail system at host mx.spo24.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<{DEAD}>: host mx.spo24.test[192.0.2.7] said: 550 5.1.1 <{DEAD}>:
    Recipient address rejected: User unknown in virtual mailbox table (in reply
    to RCPT TO command)
"""
EXIM_TEXT = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {DEAD}
    SMTP error from remote mail server after RCPT TO:<{DEAD}>:
    host mx.spo24.test [192.0.2.7]: 550 5.1.1 No such user

------ This is a copy of the message, including all the headers. ------

{RETURNED_HEADERS}
text
"""
QMAIL_TEXT = f"""Hi. This is the qmail-send program at spo24.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{DEAD}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{RETURNED_HEADERS}
text
"""
SENDMAIL_TEXT = f"""The original message was received at {DATE}
from kabinet.test [192.0.2.1]

   ----- The following addresses had permanent fatal errors -----
<{DEAD}>
    (reason: 550 5.1.1 <{DEAD}>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.spo24.test.:
>>> RCPT To:<{DEAD}>
<<< 550 5.1.1 <{DEAD}>... User unknown
"""
EXCHANGE_2003 = f"""Your message did not reach some or all of the intended recipients.

      Subject: form
      Sent: 30.08.2021 13:37

The following recipient(s) could not be reached:

      {DEAD} on 30.08.2021 13:37
            The e-mail account does not exist at the organization this message was sent to.
            <mx.spo24.test #5.1.1>
"""
EXCHANGE_RU = f"""Доставка следующим получателям или группам рассылки не удалась:

{DEAD}<mailto:{DEAD}>
Введенный адрес электронной почты найти не удалось. Проверьте адрес и отправьте сообщение еще раз.

Диагностические сведения для администраторов:
Создающий сервер: mx.spo24.test
{DEAD}
Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'
"""
GMAIL_TEXT = f"""Address not found

Your message wasn't delivered to {DEAD} because the address couldn't be found, or is unable to receive mail.

The response from the remote server was:
550 5.1.1 The email account that you tried to reach does not exist.
"""
YANDEX_TEXT = f"""Это письмо отправлено почтовым сервером yandex.test.

К сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может
быть отправлено одному или нескольким адресатам. Технические подробности можно найти ниже.

<{DEAD}>: host mx.spo24.test[192.0.2.7] said: 550 5.7.1 No such user! (in reply to RCPT TO command)
"""
MAIL_RU_TEXT = f"""Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.

К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:

**********************

{DEAD}

Сообщение об ошибке: user not found

**********************
"""
