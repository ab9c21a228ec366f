"""The words by which mail servers report: their names, subjects and sentences, Russian and English first.

The sentences are those of Postfix, Exim, sendmail, qmail, Exchange, Domino, GroupWise, CommuniGate, Courier, Яндекс,
Mail.ru, Gmail and the like. All patterns look at bounded text and have no nested repeats.
"""

from __future__ import annotations

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return one pattern that finds any of ``patterns``, case-insensitive."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


DAEMON_LOCALS = re.compile(
    r"mailer[-_.]?daemon(?:[-_.+].*)?|mail[-_.]?daemon|maildaemon|daemon-mailer|maildelivery(?:subsystem)?"
    r"|mail[-_.]?delivery(?:[-_.]?(?:sub)?[-_.]?system)?|delivery[-_.]?(?:sub)?[-_.]?system|mdaemon|mmdf"
    r"|smtp-?daemon|bounce-?daemon"
    r"|microsoftexchange[0-9a-f]{10,40}|internet-mail-delivery|double-bounce|nobody-mailer|postmast(?:er)?-daemon"
    r"|(?<!\W)\W*mailer-daemon\W*",
    re.IGNORECASE,
)
MAYBE_DAEMON_LOCALS = re.compile(
    r"post[-_.]?master(?:[-_.+].*)?|mail[-_.]?master|mail[-_.]?admin(?:istrator)?|system|smtp|amavis|mailer"
    r"|nore?ply|no-?reply|do-?not-?reply|bounces?(?:[-_.+].*)?|mailgateway|mailguard|mailscanner|antispam|antivirus"
    r"|virus.{0,12}|spam.{0,12}|administrator|admin|mailserver|mail|root|exchange|uucp|listserv|majordomo"
    r"|notes(?:[-_.]?server)?",
    re.IGNORECASE,
)
# Addresses at which reports offer help.
ANYONES_LOCALS = re.compile(
    r"post[-_.]?master|abuse|(?:tech)?support|help(?:desk)?|hostmaster|webmaster|noc|admin(?:istrator)?|security"
    r"|spam|root",
    re.IGNORECASE,
)
DAEMON_NAMES = any_of(
    r"mail(?:er)? ?delivery ?(?:sub)?system",
    r"mail delivery (?:service|agent|notification)",
    r"\bmailer[- ]?daemon",
    r"internet mail delivery",
    r"delivery (?:sub)?system",
    r"^microsoft outlook$",
    r"^microsoft exchange",
    r"система доставки (?:почты|сообщений)",
    r"служба доставки почты",
    r"почтов(?:ая|ый) (?:система|служба|подсистема|сервер|робот|демон|шлюз)",
    r"^система почты$",
    r"inter\w{0,30} mail service",
    r"mail system internal",
)
# Of the above only those under which a mail server alone writes.
POSTMASTERS = re.compile(
    r"post[-_.]?master(?:[-_.+].*)?|mail[-_.]?admin(?:istrator)?|mailserver|mailgateway|mailguard|mailscanner"
    r"|amavis|smtp"
    r"|exchange|antivirus|virus.{0,12}|uucp|system|notes(?:[-_.]?server)?",
    re.IGNORECASE,
)
# Names that servers and people share.
MAYBE_DAEMON_NAMES = any_of(
    r"^post ?master\b",
    r"^(?:system|mail|e-?mail) administrator$",
    r"^(?:системный администратор|администратор почты)$",
)

FAILURE_SUBJECT = any_of(
    r"undeliver(?:ed|able)\b",
    r"undelivered mail returned",
    r"returned? (?:e?-?mail|to sender|message)",
    r"returning message",
    r"mail delivery (?:failed|failure|error|problem|status|report|subsystem)",
    r"mail(?:ing)? (?:failure|failed|error|returned|not delivered|undeliverable|system error|could not)",
    r"message (?:not |un)delivered|message (?:delivery )?(?:failure|failed|rejected|undeliverable|returned|bounced)",
    r"delivery[- ](?:status )?(?:notification|report|failure|failed|error|problem)(?!.{0,20}(?:delay|success))",
    r"(?:e-?mail|message|mail) .{0,40}(?:could|can) ?not be delivered",
    r"fail(?:ed|ure) (?:mail|delivery|notice|to deliver)|^(?:delivery )?failure(?: notice)?",
    r"non[- ]?(?:delivery|deliverable|remis)\b|^nondeliverable|^ndn\b",
    r"unable to deliver|not deliver(?:ed|able)\b|could not send message|cannot be delivered|can't deliver",
    r"user unknown|unknown user|unknown (?:address|recipient)|no such user|invalid recipient|bad address",
    r"mailbox (?:is )?(?:full|unavailable|over quota)|over quota|quota exceeded",
    r"^rejected\b|rejected (?:mail|message|posting)|^bounced?(?:d mail|:)|permanent (?:delivery )?(?:failure|error)",
    r"(?:virus|banned|spam|blocked).{0,30}(?:from you|in (?:your )?mail|your message)|^(?:block|blocked|refused) mail",
    r"(?:message|mail|e-?mail) (?:that )?you sent.{0,20}(?:blocked|rejected|refused|bounced|returned)",
    r"your (?:message|mail|e-?mail) (?:was|has been|is) (?:blocked|rejected|refused|bounced|returned)",
    r"(?:tried to send|sent|sending).{0,30}(?:virus|malware|infected|unauthori[sz]ed)|virus(?:es)? (?:was |were "
    r")?(?:detected|found)",
    r"^mail for .{1,80} returned|\bdelivery time expired",
    r"warning: (?:e-?mail|message) (?:was )?(?:un)?(?:delivered|blocked|rejected)",
    r"(?:error|problem)s? (?:in |with )?(?:delivering|sending|delivery)",
    r"\bhas been frozen|(?:could|can)(?: ?not|n't) (?:be )?(?:send|sent|deliver)|\bbounced? "
    r"(?:message|mail|e-?mail)|\[bounce\]",
    r"address (?:not found|no longer|unknown|error|change)|account (?:disabled|unavailable|closed)",
    # Russian and Ukrainian
    r"не ?(?:доставлено|доставлена|доставлены|было доставлено)|недоставлен|невозможн\w{0,30} доставить|не уда(?:лось"
    r"|ется|ётся) доставить",
    r"ошибк\w{1,30} (?:при )?доставк|сбо[йя] доставк|отказ (?:в )?доставк"
    r"|доставк\w{1,30} (?:\w{3,12} ){0,2}(?:невозможна|не "
    r"удалась)",
    r"возврат (?:письма|сообщения|почты)|ящик\w{0,30} (?:\S{1,60} )?(?:переполнен|не (?:существует|найден)|отключ"
    r"|заблокирован)",
    r"(?:письмо|сообщение) (?:возвращено|отклонено|отвергнуто|заблокировано|не может быть)",
    r"уведомлени\w{1,30} о (?:не ?доставк|состоянии доставк|невозможности)|недоставленн\w{1,30} сообщ|не ?доставлен",
    r"неможливо доставити|не доставлено|повернен\w{1,30} лист",
    # Others
    r"unzustellbar|zustell(?:ung)?.{0,20}(?:fehl|nicht)|nicht zugestellt|nachricht.{0,30}nicht .{0,20}zugestellt",
    r"rückläufer",
    r"nie można dostarczyć|nie dostarczon|non recapitabil|recapito non riuscito|impossible de remettre|non livr",
    r"kan (?:inte|ikke|ei) lever|levering mislukt|kunde inte|pristigla|nedoručen|nem kézbesíthető|nu (?:s-a|a) "
    r"(?:putut )?livra",
    r"non remis|non distribu|échec de (?:la )?(?:remise|distribution)|n'a pas (?:pu )?être (?:remis|distribu)",
    r"mancat[ao] (?:consegna|recapito)|impossibile (?:consegnare|recapitare)|non consegnat",
    r"no se (?:puede|pudo|ha podido) entregar|no entregad|error de entrega|devuelto|não entregue|falha na entrega",
    r"niet (?:bezorgd|afgeleverd)|onbestelbaar|kan inte levereras|olevererat|kunne ikke leveres|toimitus epäonnistui",
    r"niedostarcz|zwrot|nedoručiteln|teslim edilemedi|kézbesíthetetlen|nelivrat",
    r"går inte att leverera|ei voi(?:da|tu)? toimittaa|kunne ikke (?:leveres|levere)|kan ikke levere|no es pot lliurar",
    r"не вдається доставити|не може да бъде доставен|немогуће испоручити|nije moguće isporučiti|ni (?:mogoče|bilo) "
    r"dostav",
    r"nedoruč|nepavyko pristatyti|nepristatyt|nav piegād|nevar piegādāt|kätte ?toimeta|δεν (?:ήταν δυνατή|παραδόθηκε)",
    r"жеткізілмеді|жеткізу мүмкін (?:емес|болмады)|không thể (?:gửi|chuyển)|tidak (?:dapat )?terkirim",
    r"לא ניתן למסור|לא נמסר|تعذر (?:ال)?تسليم|غير قابل للتسليم|ไม่สามารถส่ง",
    r"配信(?:不能|エラー|できません|失敗)|配送(?:失敗|エラー)",
    r"退信|系统退信|無法(?:傳送|傳遞|投遞)|无法(?:投递|送达|传递)|전송 ?실패|반송|배달(?:되지| ?실패|할 수 없)",
)
DELAY_SUBJECT = any_of(
    r"\bdelay(?:ed)?\b(?!.{0,10}(?:flight|train|payment))",
    r"still being retried|temporar(?:y|ily) (?:un)?deliver|not yet been? delivered|delivery .{0,20}postponed",
    r"warning: (?:could not send|message still undelivered|message .{0,60}delayed|mail .{0,30}(?:delayed|queued))",
    r"доставк\w{1,30} (?:\w{3,12} ){0,2}(?:отложена|задерж)|задержк\w{1,30} доставк"
    r"|(?:письмо|сообщение) (?:задержан|задержив"
    r"|отложен)",
    r"delivery warning\b|delivery (?:is )?(?:pending|deferred)",
    r"(?:ещё|еще|пока|до сих пор) не (?:было )?доставлен|временно не (?:доставлен|может быть доставлен)",
    r"отложен\w{0,30} (?:доставк|сообщ|письм)|verzögert|en retard|retrasad|ritardat|原因で遅延|配信遅延|延迟",
)
DELIVERED_SUBJECT = any_of(
    r"^(?:delivered|relayed|expanded|доставлено|передано)\s*:",
    r"success(?:ful)? (?:mail )?(?:delivery|notification)|\bdelivery .{0,40}\(?success(?:ful)?\b|\(success\)",
    r"\(relay(?:ed)?\)",
    r"^(?:mail )?(?:delivery|return) receipt\b|delivery confirmation|delivery report: success",
    r"уведомлени\w{1,30} о доставке(?! не)|(?:письмо|сообщение) (?:успешно )?доставлено|успешн\w{1,30} доставк",
    r"^(?:zugestellt|remis|entregado|consegnato|bezorgd)\s*:",
)
DELAY_BODY = any_of(
    r"(?:will|shall) (?:continue|keep) (?:to )?(?:try|be|attempt|retry)",
    r"will (?:be )?(?:retri(?:ed|es)|retry|try again)",
    r"still (?:being retried|trying to deliver|undelivered)|has not (?:yet )?been delivered (?:yet|within|to one)",
    r"this is (?:only )?a warning|warning message only|do not need to re-?send|no action is required on your part",
    r"delivery attempts will continue|has been delayed|been delayed|temporarily deferred|will keep trying",
    r"попыт\w{1,30} (?:доставки )?будут продолжен"
    r"|будут (?:предприняты|предприниматься) (?:дальнейшие |повторные )?попытк",
    r"доставка (?:вашего )?(?:письма|сообщения)? ?(?:отложена|задерж)|повторять (?:письмо|отправку) не нужно",
    r"(?:пока|ещё|еще) (?:\S{1,20} )?не (?:было |удалось |могло быть )?(?:доставлен|доставить)",
)
# A server that goes on trying: what it says of failures beside this is said of the last try.
WILL_TRY = any_of(
    r"(?:will|shall) (?:continue|keep) (?:on )?(?:to )?(?:try|attempt|retry)|delivery attempts will continue",
    r"this is (?:only )?a warning|warning message only|do(?:es)? not need to re-?send",
    r"(?:сервер|мы|система|программа|служба|почта) (?:\S{1,20} ){0,2}(?:будет|будем|продолж\w{1,10}) (?:\S{1,20} ){0,2}"
    r"(?:пытаться|попытк|пробовать|повтор|доставлять)",
    r"попытк\w{1,30} (?:\S{1,20} ){0,4}(?:будут|будет) (?:\S{1,20} )?(?:повтор|продолж|возобн|предприн|выполн|сделан)",
    r"(?:будут|будет) (?:повтор|продолж|возобнов|предприн|выполн|сделан|произв)\w{1,30} (?:\S{1,20} ){0,3}попыт",
    r"(?:повторн|следующ|очередн|дальнейш)\w{1,30} попыт\w{1,30} (?:\S{1,20} ){0,4}(?:будет|будут|через|состоится)",
    r"продолж\w{1,30} попыт|попыт\w{1,30} (?:доставк\w{1,5} )?(?:продолжа|повторя)|повторим (?:попытк|отправк|доставк)",
    r"(?:оста[её]тся|находится|поставлен\w{0,3}|стоит|ожидает|хранится|помещен\w{0,3}) (?:\S{1,20} ){0,2}в очереди",
    r"(?:отправлять|посылать|отсылать|слать|повторять) (?:\S{1,20} ){0,4}не (?:нужно|надо|требуется|следует)",
    r"это (?:только|лишь|всего лишь|не более чем) предупреждение",
)
DELIVERED_BODY = any_of(
    r"(?:was|were|has been|have been) (?:successfully )?(?:delivered|relayed) to (?:the following|one or more)?",
    r"successfully delivered to|your message was successfully",
    r"delivery to (?:these|the following) recipients? .{0,40}complete",
    r"доставка (?:следующим|этим) получателям .{0,40}(?:выполнена|завершена)|успешно доставлено",
)
# Hardly anybody but a mail server writes these.
FAILURE_STRONG = any_of(
    r"(?:could|can|did) ?not be delivered|couldn[’']?t be delivered|undeliver(?:ed|able)|unable to deliver",
    r"not deliver(?:ed|able)",
    r"(?:wasn't|was not|were not|not been|not have been|isn't) delivered|did not reach the following|message "
    r".{0,40}didn't reach",
    r"delivery .{0,60}\bfailed|failed (?:to deliver|permanently)",
    r"following (?:addresses|recipients?) .{0,40}(?:failed|errors?|reject)",
    r"permanent fatal errors|(?:permanent|fatal|unrecoverable) (?:delivery )?(?:errors?|failure)",
    r"transcript of session|qmail-send",
    r"\b5\d\d[ -](?:#?5\.\d\.\d|<|.{0,40}(?:user unknown|no such user|relay|mailbox))|\b5\.[0-7]\.\d{1,2} ",
    r"user unknown|unknown user|no such (?:user|mailbox|recipient)",
    r"mailbox (?:unavailable|is full|not found|over quota)|quota exceeded",
    r"recipient.{0,40}(?:unknown|rejected|not found|does ?n[o']t exist)|host (?:unknown|or domain name not found)",
    r"retry time",
    r"(?:message|mail|e-?mail) (?:that you sent |you sent )?(?:was|has been|is being|is) (?:rejected|returned"
    r"|refused|bounced|blocked)",
    r"return(?:ed|ing) (?:to (?:the )?sender|your message|mail)|i'm afraid i wasn't able|message expired",
    r"too many hops|giving up on",
    r"не (?:может|мог(?:ло|ла|ли)?|смог(?:ло|ла|ли)?|удалось|было) (?:быть )?(?:доставлен|доставить)",
    r"не (?:был[оа]? )?доставлен|недоставлен",
    r"невозможно доставить|ошибк\w{1,30} (?:при )?доставк",
    r"(?:ящик|пользовател|получател|адрес)\w{0,30} .{0,40}(?:не (?:найден|существу)|переполнен)",
    r"(?:письмо|сообщение) .{0,60}(?:отклонен|отвергнут|возвращ|не принят)|не вдалося доставити|неможливо доставити",
    r"nicht zugestellt|unzustellbar|n'a pas pu être (?:remis|distribu|déliv)",
    r"no (?:se )?(?:pudo|puede|ha podido) .{0,20}entreg",
    r"non (?:è stato|è possibile) .{0,20}(?:consegn|recapit)|não (?:pôde|foi possível) .{0,30}entreg",
    r"配信(?:不能|できません)|無法(?:傳|投)|无法(?:投|送)",
)
FAILURE_BODY = any_of(
    r"(?:could|can|did) ?not be (?:delivered|sent|processed|completed)|couldn[’']?t be delivered",
    r"not (?:be )?deliver(?:ed|able)",
    r"undeliver(?:ed|able)|unable to (?:deliver|relay|send|complete)",
    r"(?:wasn't|was not|were not|not been|not have been|isn't) delivered",
    r"did not reach|(?:delivery|following addresses?).{0,60}\bfail(?:ed|ure)",
    r"failed (?:to deliver|delivery|permanently|after|recipients?|addresses)",
    r"(?:permanent|fatal|unrecoverable) (?:delivery )?(?:error|failure)|permanently (?:failed|rejected)",
    r"permanent fatal errors",
    r"(?:recipient|address|user|mailbox|account|destination).{0,60}(?:unknown|invalid|unavailable"
    r"|not (?:found|known|exist"
    r"|listed|valid|recogni[sz]ed|available)|does ?n[o']t exist|disabled|inactive|full|over ?quota|reject)",
    r"(?:unknown|invalid|no such|bad|nonexistent|non-existent) (?:user|recipient|address|mailbox|domain|host"
    r"|local part)",
    r"(?:user|recipient|address)\S{0,40} .{0,40}(?:is )?not (?:a )?(?:known|found|listed|local)|doesn't (?:have|exist)",
    r"\b5\d\d[ -](?:#?5\.\d|<|.{0,40}(?:unknown|reject|denied|no such|unavailable|quota|blocked|not))",
    r"\b5\.[0-7]\.\d{1,2}\b",
    r"mail ?box .{0,20}(?:full|quota|exceed|size)|exceed(?:s|ed)? .{0,30}(?:quota|storage|size|limit)",
    r"quota exceeded|over quota",
    r"(?:message|mail|e-?mail|delivery).{0,80}(?:rejected|refused|returned|bounced|blocked|denied"
    r"|not accepted|undelivered)",
    r"(?:rejected|refused|blocked|returned) (?:your|the|this|by|to sender|because|for)",
    r"host (?:unknown|not found|or domain name not found)|name service error|no route to host",
    r"connection (?:timed out|refused)",
    r"message expired|retry (?:timeout|time) exceeded|retry time not reached|too many hops|mail loop",
    r"loop detected|giving up",
    r"(?:transcript of session|session transcript|the following (?:recipients|addresses))|qmail-send",
    r"i'm afraid i wasn't able",
    r"no longer (?:valid|available|active|works|employed|in use|accept)",
    r"has (?:been )?(?:discontinued|closed|moved|left|changed)",
    r"(?:virus|infected|prohibited|banned|spam|unsolicited).{0,80}(?:found|detected|blocked|rejected"
    r"|attachment|content)",
    # Russian and Ukrainian
    r"не (?:может|мог(?:ло|ла|ли)?|смог(?:ло|ла|ли)?|удалось|было|было бы|получилось) (?:быть )?(?:доставлен"
    r"|доставить|отправ"
    r"|передан)",
    r"не (?:был[оа]? )?доставлен|недоставлен|невозможно (?:доставить|отправить)|ошибк\w{1,30} (?:при )?доставк",
    r"доставк\w{1,30} .{0,40}не ",
    r"(?:получател|адрес|ящик|пользовател)\w{0,30} .{0,60}(?:не (?:найден|существу|обслужива|зарегистр|доступен)"
    r"|неизвест|переполнен|заблок"
    r"|отключ|недоступ|отклон|удал)",
    r"(?:нет такого|неизвестн\w{1,30}|несуществующ\w{1,30}|неверн\w{1,30}) (?:пользовател|получател|адрес|ящик)",
    r"(?:письмо|сообщение|почта).{0,60}(?:отклонен|отвергнут|возвращ|заблокирован|не принят)",
    r"превышен\w{0,30} .{0,30}(?:квот|размер|лимит)",
    r"(?:не вдалося|неможливо) доставити",
    # Others
    r"nicht zugestellt|unzustellbar|konnte .{0,80}nicht|n'a pas pu être|impossible de (?:remettre|délivrer|distribuer)",
    r"no (?:se )?(?:pudo|puede|ha podido|fue posible) .{0,20}entreg|não (?:pôde|foi possível|pode) .{0,30}entreg",
    r"non (?:è stato|è possibile)",
    r"niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte levereras|配信(?:不能|できません)|無法|无法|전송하지 못",
    r"n'est pas parvenu|n'ont pas pu être|impossibile (?:recapitare|consegnare)|nie powiodł|nie można|erreicht werden",
    r"送信できません|届けられません|配信に失敗|未能|退回|不存在|teslim edile|no se puede|배달하지 못|배달되지",
    r"går inte att leverera|hittades inte|epäonnistui|mislykkedes|nem sikerült|nezdařil|falha na entrega|não foi "
    r"encontrad",
    r"не вдається доставити|жеткіз\w{0,30} мүмкін|nije moguće|ni bilo mogoče|nepavyko|neizdevās|ei õnnestunud",
    r"no llegó|bezorging is mislukt|yet to be delivered",
)
NOT_A_REPORT = any_of(
    r"^(?:bounce action|uncaught bounce|auto-discard|logwatch|cron\b|logcheck|postfix log|mail statistics|anacron)",
    r"subscription (?:disabled|has been)|moderator request|daily (?:report|digest)|\bdigest, vol\b|^dmarc",
    r"report domain:",
    r"^spam quarantine|quarantine (?:summary|report|digest)|^(?:end[- ]?user|spam|weekly)\b.{0,20}\bdigest|vacation"
    r"|out of (?:the )?office|automatic reply",
    r"автоответ|автоматическ",
)
RETURNED_COPY = any_of(
    r"(?<!-)-{2,} ?(?:this is a copy of|below this line is a copy|the (?:header|body|headers) of|original message"
    r"|returned message"
    r"|unsent message|enclosed is a copy|message (?:header|text) follows|forwarded message",
    r"start of (?:returned|original))",
    r"this is a copy of (?:the|your) message|below (?:this line )?is a copy of the message",
    r"a copy of (?:the|your) (?:original )?message",
    r"(?:original|your|returned|unsent) (?:message|mail|e-?mail)(?:'s)? (?:headers?|text|follows"
    r"|is (?:attached|below|included))",
    r"(?:message|original) headers? (?:follow|are|is)\b|the (?:message|mail) headers? (?:is|are|follow)",
    r"headers of the (?:original )?message",
    r"first \d+ lines of (?:the )?(?:original|message)",
    r"(?m:^[-=*_ ]{3,}(?:original|returned|unsent|undelivered)(?: e?-?mail| message)?[-=*_ ]{3,}$)",
    r"(?:ниже|далее) (?:приведен|следу|текст|заголовк|прилага)\w{0,30}.{0,40}(?:сообщени|письм)",
    r"копия (?:вашего )?(?:письма|сообщения|исходн)",
    r"заголовки? (?:исходного |вашего |недоставленного )?(?:письма|сообщения)",
    r"(?:исходное|оригинальное) (?:письмо|сообщение)",
    r"diagnostic information for administrators|диагностические сведения для администраторов",
)
# Below a line like this the failed addresses are listed, up to a line that speaks of something else.
RECIPIENTS_FOLLOW = any_of(
    r"(?:following|these|this|each of the|one or more)\b.{0,60}(?:address|recipient|user|mailbox|people|person|group)",
    r"(?:address|recipient)\S{0,4}\b.{0,80}(?:fail|reject|errors?|reach|affected|not (?:yet )?(?:been "
    r")?delivered|follow|list)",
    r"not (?:be )?delivered to\b|(?:deliver|delivery|message|mail) to:?\s*$|failed (?:to "
    r"deliver|recipients?|addresses)",
    r"fatal errors|delivery notifications|recipients of this delivery|cannot deliver|failure reasons",
    r"(?:следующ\w{1,30}|эт\w{1,30}|одному или нескольким|некоторым)\b.{0,60}(?:адрес|получател|адресат)",
    r"(?:получател|адресат)\w{0,30}\b.{0,60}(?:не |:\s*$)",
    r"folgende.{0,40}empfänger|destinataires?|destinatari(?:os?)?|odbiorc|adresatów|geadresseerden|mottagare|收件人"
    r"|受信者|あて先",
)
ELSEWHERE = any_of(
    r"^[ \t]*[-=_*]{3,}|transcript|questions?\b|contact|assistance|for (?:more )?help|support|report(?:ed)? "
    r"(?:this|to)",
    r"original message|subject:|generating server|diagnostic "
    r"information|обратитесь|вопрос|поддержк|диагностическ|тема:",
)
# An address where a report names its recipient: alone on a line, in angle brackets, after RCPT TO or the usual words.
FRAMED_ADDRESS = re.compile(
    r"""(?imx)
      ^[ \t>*-]{0,12}<[^<>@\s]{1,128}@[^<>@\s]{1,190}>[ \t]*(?::|\.{2,3}|\(|$|-)
    | ^[ \t>*-]{0,12}[\w.!\#$%&'*+/=?^`{|}~-]{1,128}@[\w.-]{1,190}'?[ \t]*
        (?::|$|\(|\.\.\.|[-,;]|[ ]on[ ]|[ ]\w{1,4}[ ]\d|(?:\r?\n[ \t]+\S))
    | rcpt[ \t]to:[ \t]{0,3}<?[^<>\s]{1,128}@[^<>\s]{1,190}>?
    | \b[45]\d\d[ -](?:[45]\.\d\.\d{1,3}[ ])?<[^<>@\s]{1,128}@[^<>@\s]{1,190}>
    | (?:recipients?|address(?:es)?|delivered[ ]to|deliver[ ]to|deliver[ ](?:your[ ])?(?:message|mail)[ ]to
       |message[ ]to|sent[ ]to|reach
       |mail[ ]to|e-?mail[ ]to|delivery[ ]to|failed[ ]to|user|mailbox|account
       |addressed[ ]to|destined[ ]for|intended[ ]for
       |получател[ьюяи]м?|адрес[ау]?(?:ту)?|адресату?|ящику?|для|пользовател[ьюя]|на[ ]адрес|recipient[ ]address)
       [ \t]*(?:[:=][ \t]*)?(?:(?:\r?\n){1,2}[ \t]*)?["'«<(\[]{0,2}[\w.!\#$%&'*+/=?^`{|}~-]{1,128}@[\w.-]{1,190}
    """
)

# «Кому: Школа <a@b.test>, c@b.test» among «От: …», «Тема: …»: how gateways list, and how mail programs quote.
LABELLED_ADDRESSES = re.compile(
    r"(?im)^[ \t>*|-]{0,12}(?:кому|получател[ьи]|адресаты?|to|sent to|recipients?|rcpt)[ \t]*[:=|–—-]"
    r"(?P<named>[^\n]{0,2000})"
)
