"""Delivery reports of the 1990s and 2000s: gateways, office systems and mail programs that are nearly gone."""

from __future__ import annotations

from tests.factories.bounce_texts import DEAD, RETURNED_HEADERS
from tests.factories.corpus.case import OTHER, Case, pathless, words
from tests.factories.messages import EXCHANGE

UNSENT = f"\n   ----- Unsent message follows -----\n{RETURNED_HEADERS}\ntext\n"

OLD_BOUNCES: dict[str, Case] = {
    "sendmail-5": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: User unknown",
        "   ----- Transcript of session follows -----\nWhile talking to mx.spo24.test:\n>>> RCPT To:<"
        f"{DEAD}>\n<<< 550 unknown\n550 {DEAD}... User unknown\n{UNSENT}",
    ),
    "sendmail-5-recipients": pathless(
        "MAILER-DAEMON@x.test (Mail Delivery Subsystem)",
        "Returned mail: Host unknown",
        f"   ----- Transcript of session follows -----\n550 host unknown\n\n   ----- Recipients of this delivery "
        f"-----\nBounced, "
        f"cannot deliver:\n   {DEAD}\n{UNSENT}",
    ),
    "sendmail-expanded": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: see transcript for details",
        f"   ----- The following addresses had permanent fatal errors -----\nschool@inner.test\n    (reason: 550 "
        f"5.1.1)\n    (expanded "
        f"from: <{DEAD}>)\n\n   ----- Transcript of session follows -----\n550 5.1.1 school@inner.test... User "
        f"unknown\n\n{UNSENT}",
    ),
    "sendmail-queue": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: Cannot send message within 5 days",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DEAD}>\n\n   ----- Transcript of "
        f"session follows -----\n"
        f"<{DEAD}>... Deferred: Connection timed out\nMessage could not be delivered for 5 days\nMessage will be "
        f"deleted from queue\n",
    ),
    "sendmail-service-unavailable": words(
        "Mail Delivery Subsystem <MAILER-DAEMON@spo24.test>",
        "Returned mail: Service unavailable",
        f"The original message was received\n\n   ----- The following addresses have delivery notifications "
        f"-----\n<{DEAD}>  "
        f"(unrecoverable error)\n\n   ----- Transcript of session follows -----\n554 <{DEAD}>... Service unavailable\n",
    ),
    "smail": words(
        "<Postmaster@spo24.test>",
        "mail failed, returning to sender",
        "|------------------------- Message log follows: -------------------------|\n|------------------------- "
        "Failed addresses follow:"
        f" ---------------------|\n <{DEAD}> ... transport smtp: 550 unknown\n|------------------------- Message "
        f"text follows: "
        f"------------------------|\n{RETURNED_HEADERS}",
    ),
    "mmdf": words(
        "Memo Service (MMDF 2.3.43) <mmdf@spo24.test>",
        "Failed mail  (msg.aa01)",
        f"    Your message could not be delivered to\n'{DEAD} (host: spo24.test) (queue: smtp)' for the "
        f"following\nreason:  "
        f"' Unknown user'\n\n\n    Your message follows:\n\n{RETURNED_HEADERS}",
    ),
    "pmdf": words(
        "PMDF Mail Server <postmaster@spo24.test>",
        "Undeliverable mail: SMTP delivery failure",
        f"The message could not be delivered to:\n\nAddressee: {DEAD}\nReason:\n%MAIL-E-NOSUCHUSR, no such "
        f"user\n\n{UNSENT}",
    ),
    "pp-x400": words(
        "Postmaster@spo24.test",
        "Delivery Report (failure) for " + DEAD,
        f"------------------------------ Start of body part 1\n\nThis report relates to your message: Subject: "
        f"form\n\nYour message "
        f"was not delivered to   {DEAD}\n  for the following reason:\n          Unknown Address\n",
    ),
    "vms-mx": words(
        "MX Postmaster <postmaster@spo24.test>",
        "SMTP delivery error",
        f"Note: this message was generated automatically.\n\nAn error was detected while processing a file of "
        f"BITNET mail\n\nError in "
        f"delivery to user {DEAD}:\n  %MX-F-NOSUCHUSER, no such user\n{UNSENT}",
    ),
    "notes-4": words(
        "notes_server@spo24.test",
        "NON-DELIVERY of: form",
        f"------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n{DEAD}\n\n------- "
        f"Returned Message "
        f"--------\n\n{RETURNED_HEADERS}",
    ),
    "notes-4-pathless": pathless(
        "Postmaster@spo24.test",
        "Delivery Failure Report",
        f"Your document: form\nwas not delivered to: {DEAD}\nbecause: User not listed in public Name & Address Book\n",
    ),
    "domino-de": words(
        "postmaster@spo24.test",
        "ZUSTELLUNGSFEHLER: User school65 not listed in Domino Directory",
        f"Ihre Nachricht\n\n  Betreff: form\n\nwurde nicht zugestellt an:\n\n  {DEAD}\n\nGrund:\n\n  User not listed\n",
    ),
    "ccmail": words(
        "Administrator <postmaster@spo24.test>",
        "cc:Mail Link to SMTP Undeliverable Message",
        f'Message is undeliverable.\nReason: User "school65" is not known.\n\nOriginal text '
        f"follows:\n\n{RETURNED_HEADERS}",
    ),
    "ms-mail": words(
        "System Administrator <postmaster@spo24.test>",
        "Undeliverable: form",
        f"Your message\n\n  To: '{DEAD}'\n  Subject: form\n\ndid not reach the following recipient(s):\n\n'{DEAD}' "
        f"on Mon, 30 Aug "
        "2021\n    Unable to deliver the message due to a communications failure\n",
    ),
    "groupwise-old": words(
        "Mailer-Daemon@spo24.test",
        "Message status - undeliverable",
        f"The attached file had the following undeliverable recipient(s):\n\t{DEAD}\n\n\tTranscript of session "
        f"follows:\n\tCommand: "
        "RCPT\n\tResponse: 550 unknown\n",
    ),
    "imail-8": words(
        "Postmaster <postmaster@spo24.test>",
        "Undeliverable Mail",
        f"User mailbox exceeds allowed size: {DEAD}\n\nOriginal message follows.\n\n{RETURNED_HEADERS}",
    ),
    "imail-attempts": words(
        "Postmaster <postmaster@spo24.test>",
        "Undeliverable Mail",
        f"Delivery failed 20 attempts: {DEAD}\n\nOriginal message follows.\n",
    ),
    "ntmail": words(
        "Postmaster <postmaster@spo24.test>",
        "Mail could not be delivered",
        f"The following mail message was not delivered\n\nTo: {DEAD}\n\nThe mail address is not known on this "
        f"system.\n",
    ),
    "compuserve": words(
        "CompuServe Postmaster <postmaster@compuserve.test>",
        "Undeliverable Message",
        f"Receiver not found: school65\n\nYour message could not be delivered as addressed.\n\n--- Returned message "
        f"---\n\n"
        f"{RETURNED_HEADERS}",
    ),
    "eims": words(
        "Mail Server <MAILER-DAEMON@spo24.test>",
        "Undeliverable mail",
        f"Failed to deliver to <{DEAD}>: mailbox unavailable\n",
    ),
    "quickmail": words(
        "QuickMail Administrator <postmaster@spo24.test>",
        "Returned Mail",
        f"The mail you sent could not be delivered.\n\nRecipient: {DEAD}\nUnknown QuickMail recipient\n",
    ),
    "firstclass": words(
        "postmaster@spo24.test",
        "NDN: form",
        f"Sorry. Your message could not be delivered to:\n\n{DEAD} (The name was not found at the remote site. "
        f"Check that the name has "
        "been entered correctly.)\n",
    ),
    "mercury-32": words(
        "Mail System Internal Data <postmaster@spo24.test>",
        "Postmaster Notify: Delivery Failure.",
        'With reference to your message with the subject:\n   "form"\n\nThe local mail transport system has '
        "reported the following "
        f"problems\nit encountered while trying to deliver your message:\n\n*** {DEAD}\nUser not known at this site.\n",
    ),
    "intermail": words(
        "InterMail <mailer-daemon@spo24.test>",
        "Mail delivery failed",
        f"The following message could not be delivered to <{DEAD}>: the user's mailbox is disabled.\n\n{UNSENT}",
    ),
    "argosoft": words(
        "postmaster@spo24.test",
        "Undeliverable mail",
        f"Message could not be delivered to the recipient {DEAD}. Unknown user.\n",
    ),
    "vpop3": words(
        "postmaster@spo24.test",
        "Delivery Failure - form",
        f"VPOP3 could not send the following message to {DEAD}:\n\n550 user unknown\n\n{RETURNED_HEADERS}",
    ),
    "fml": words(
        "fml-admin@lists.test (list)",
        "Undelivered Mail Returned",
        f"<{DEAD}>: user unknown\n\n------- Original message -------\n{RETURNED_HEADERS}",
        path="<>",
    ),
    "uucp": words(
        "uucp@spo24.test (UUCP)",
        "Mail failed, returned to sender",
        f"Reason: unknown user\nRecipient: {DEAD}\n\n------ Unsent message ------\n{RETURNED_HEADERS}",
    ),
    "bitnet": words(
        "Network Mailer <MAILER@spo24.test>",
        "mail delivery error",
        f"Mail to the following recipient could not be delivered:\n\n  {DEAD}\n\nReason: no such mailbox\n{UNSENT}",
    ),
    "autoresponder-like-subject": words(
        "MAILER-DAEMON@spo24.test", "Returned to sender", f"{DEAD}: this account has been disabled or discontinued\n"
    ),
    "user-moved": words(
        "Mail Delivery System <MAILER-DAEMON@spo24.test>",
        "Mail delivery failed",
        f"<{DEAD}>: 551 User not local; please try <{OTHER}>\n",
    ),
    "nonstandard-copy-below": words(
        "Postmaster <postmaster@spo24.test>",
        "Mail Failure",
        f"Message from {EXCHANGE} to {DEAD} was not delivered: no such user.\n\n{RETURNED_HEADERS}\ntext",
    ),
    "virus-filter": words(
        "MAILER-DAEMON@spo24.test",
        "VIRUS IN YOUR MAIL",
        f"Your email to {DEAD} was infected and was not delivered.\nThe message has been rejected.\n",
    ),
    "amavis": words(
        "Content-filter at spo24.test <postmaster@spo24.test>",
        "BANNED contents from you (application/zip)",
        f"BANNED CONTENTS ALERT\n\nOur content checker found banned contents in email presumably from you "
        f"(<{EXCHANGE}>), to the "
        f"following recipient:\n-> {DEAD}\n\nDelivery of the email was stopped!\n\n{RETURNED_HEADERS}",
    ),
}
