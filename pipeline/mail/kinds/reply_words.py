"""The words by which robots answer: holiday notices, acknowledgements, receipts; Russian and English first."""

from __future__ import annotations

import re

from pipeline.mail.kinds.report_words import any_of

# What leads a subject, after reply marks, when a robot names itself there.
_NAMES_ITSELF = any_of(
    r"auto(?:matic|mated)?[\s_-]*(?:reply|response|respond(?:er)?|answer)",
    r"auto(?:reply|re?sponse?|responder)",
    r"(?:out[\s_-]+of[\s_-]+(?:the[\s_-]+)?office|ooto|o\.?o\.?o)(?:[\s_-]+auto[\s_-]*(?:reply|response|respond(?:er)?))?",
    r"vacation (?:reply|message|notice|response|program)|away (?:message|notice)",
    r"авто[\s-]?(?:ответ|информ)(?:чик|атор)?",
    r"авто\w{0,30} ответ",
    r"автоматическое (?:уведомление|сообщение|подтверждение)",
    r"вне офиса",
)
# The name ends, and what was written to it may follow: «Автоответ: форма», «Out of Office Re: form».
_NAME_ENDS = r"\s{0,2}(?=$|[:;.!,(\[«\"„“<|/–—-]|(?:re|fwd?|на|to|until|till|from|до|с|по)\b)"
# Robots in languages in which nobody writes to us.
_FOREIGN_STARTS = any_of(
    r"auto(?:matische|matisk|matyczna)[\s_-]*(?:reply|response|answer|antwort|svar|odpowied)",
    r"auto(?:svar|antwort)\b",
    r"авто\w{0,30} (?:відповідь|отговор|одговор|адказ|жауап)",
    r"автоматична відповідь",
    r"у відпустці",
    r"absence du bureau",
    r"abwesen(?:d|heit)",
    r"automatische antwort",
    r"nicht im (?:haus|büro)",
    r"réponse automatique",
    r"respuesta autom",
    r"fuera de la oficina",
    r"risposta automatica",
    r"fuori (?:sede|ufficio)",
    r"resposta autom",
    r"fora do escrit",
    r"automatisch antwoord",
    r"afwezig",
    r"autosvar",
    r"frånvar",
    r"automaattinen",
    r"automatick[áa] odpov",
    r"automatyczna",
    r"otomatik yan",
    r"automatikus v[áa]lasz",
    r"automatski odgovor|аутоматски|samodejni odgovor|r[ăa]spuns automat|automatinis atsakymas|automātisk"
    r"|automaatvastus",
    r"αυτόματη απάντηση|(?:תשובה|מענה) אוטומטי|رد تلقائي|balasan otomatis|trả lời tự động|ตอบกลับอัตโนมัติ|자동 "
    r"?(?:회신|응답)",
    r"自動(?:応答|返信|回覆)",
    r"自动(?:回复|答复)",
    r"不在",
)
# What robots and people alike lead a subject with: the words below it tell which of them wrote.
_ABSENT_STARTS = any_of(
    r"out[\s_-]+of[\s_-]+(?:the[\s_-]+)?office",
    r"(?:i am|i'm|im|i will be|is) (?:currently )?(?:away|out of|on (?:vacation|holiday|leave|maternity|annual))",
    r"(?:on|away on|currently on|summer|annual) (?:vacation|holidays?|leave)",
    r"vacation\s*(?:$|[:(\[-]|re\b|until|till|from\b)",
    r"away (?:from|until|till)",
    r"not (?:in|at) the office",
    r"абонент недоступен",
    r"не в офисе",
    r"нет (?:на (?:рабочем )?мест[еу]|в офисе)",
    r"я (?:сейчас )?(?:в|нахожусь в) (?:отпуск|командировк)",
    r"(?:в|нахожусь в|буду в|ушл?[аe]?л? в) (?:ежегодном |очередном |декретном )?(?:отпуск|командировк)",
    r"отпуск\s?(?:$|[:(.!]|re:)",
    r"отсутствие на (?:рабочем|работе)",
    r"отсутствую\b",
    r"буду отсутствовать",
    r"временно отсутств",
)
_COMMON_STARTS = any_of(
    r"auto(?:matic|mated)?[\s_-]*(?:reply|response|respond(?:er)?|answer)",
    r"auto\s*:",
    r"absen(?:ce|t)\b",
    r"(?:thank you|thanks) for (?:your (?:e-?mail|message|inquiry|enquiry|request|order|feedback|interest"
    r"|mail)|contacting|writing|emailing|getting in touch)",
    r"(?:your|we (?:have )?received your|receipt of your) (?:e-?mail|message|request|inquiry"
    r"|mail)(?: has been| was| is)? ?(?:received|acknowledg|$|to\b|about)",
    r"(?:message|mail|e-?mail) (?:received|acknowledg)",
    r"acknowledg(?:e?ment|ing) (?:of )?(?:your |receipt)",
    r"авто\s*:",
    r"авто\w{0,30} ответ",
    r"автоматическ\w{1,30} (?:рассыл|уведомлени|сообщени|подтвержд)",
    r"отсутствует\b",
    r"уведомлени\w{1,30} об (?:отпуск|отсутстви)",
    r"уведомлени\w{1,30} о (?:регистрации|получении|при[её]ме|принятии) (?:\S{1,20} )?(?:обращ|заяв|документ|письм"
    r"|запрос|сообщ)",
    r"(?:ваше|получено ваше) (?:письмо|сообщение|обращение|заявление) (?:№\s?\S{1,20} )?(?:получен|принят"
    r"|зарегистр|доставлен)",
    r"спасибо за (?:ваше )?(?:письмо|обращение|сообщение|заявку)",
    r"(?:обращение|заявка|запрос|инцидент|тикет)\s(?:№?\s?\S{1,20} )?(?:принят|зарегистр|создан)",
)
_SUBJECT_ENDS = any_of(
    r"\((?:out of (?:the )?office|vacation|auto-?reply|auto-?response|away|вне офиса"
    r"|автоответ)\b[^)]{0,40}\)\s*$",
    r"\b(?:out of (?:the )?office|auto-?reply|autoresponse|автоответ\w{0,30}|is on vacation|is away"
    r"|is out of the office)\W{0,4}$",
)
_REPLY_MARKS = r"^\W{0,6}(?:\[[^\]]{1,40}\]\W{0,3})?(?:(?:re|fwd?|aw|ответ|отв|ha)\s?(?:\[\d+\])?:\s{0,9})*\W{0,3}"
ROBOT_SUBJECT = re.compile(
    rf"{_REPLY_MARKS}(?:(?:{_NAMES_ITSELF.pattern}){_NAME_ENDS}|{_FOREIGN_STARTS.pattern})|{_SUBJECT_ENDS.pattern}",
    re.IGNORECASE,
)
ABSENT_SUBJECT = re.compile(rf"{_REPLY_MARKS}(?:{_ABSENT_STARTS.pattern})", re.IGNORECASE)
COMMON_SUBJECT = re.compile(rf"{_REPLY_MARKS}(?:{_ABSENT_STARTS.pattern}|{_COMMON_STARTS.pattern})", re.IGNORECASE)
# A robot of such a subject speaks of an absence, of a letter that has come in, or of itself.
AWAY = any_of(
    r"отпуск|командировк|больничн|отсутств|вне офиса|не на (?:рабочем )?месте|вернусь"
    r"|(?:буду|будет) (?:доступ|на работе|на связи|в офисе)|(?:письмо|обращение|сообщение|запрос|заявка"
    r"|заявление)\w{0,3} .{0,60}(?:получен|принят"
    r"|зарегистр|рассмотр|прочита|обработ)|обраща(?:йтесь|ться)|специалист|(?:ответим|отвечу|ответит|свяжемся|свяжусь|прочту)|автомат|робот",
    r"vacation|holiday|\bleave\b|out of|\baway\b|\babsen|return(?:ing)? (?:on|to)|\bback (?:in|on|at)\b|access to",
    r"(?:respond|reply|answer|get back|contact you|in touch)|automat|received|ticket|unavailable|do not reply",
)
# A person asks for something, sends something or says that something is wrong: a robot has no such wish.
WANTS = any_of(
    r"\?|(?<!\w)(?:подскаж|помогите|объясните|уточните|проверьте|пришлите|вышлите|исправьте|исключите|учтите"
    r"|сообщите нам)",
    r"(?<!\w)(?:прошу|просим|просьба)(?!\W{1,3}(?:\S{1,20} ){0,3}(?:обращ|писать|звонить|направлять|связ|адресов"
    r"|отправлять|не отвечать|ожидать|дожд))",
    r"(?<!\w)(?:направля(?:ю|ем)|высыла(?:ю|ем)|прилага(?:ю|ем)|отправля(?:ю|ем)|сда(?:ю|[её]м)|заполни(?:л|т|м))",
    r"(?<!\w)не (?:открыва|получается|работа[ею]т|можем|понимаем|понятн|загружа|сохраня|приход|пришл|вид[ин])",
    r"\b(?:could|can|would|will) you\b|please (?:send|find|check|advise|confirm|let (?:me|us))|i would like|attached",
)

# At the head of a line, after a greeting and such words as «с 23 по 30 августа» or «at the moment»: a person who only
# mentions an automatic answer, or somebody's holiday, is still a person.
_LEADS = (
    r"(?:(?:здравствуйте|добр(?:ый|ого) (?:день|дня|вечер|вечера|утро)|(?:уважаем|дорог)\w{1,30} [^\n!.]{1,40}|hello|hi"
    r"|hey|dear [^\n,!]{1,40}"
    r"|guten tag|sehr geehrte[^\n,]{1,40}|bonjour|hola|buongiorno|dzień dobry)[!,. ]{1,3})?"
    r"(?:(?:к сожалению|в (?:настоящее время|данный момент|настоящий момент)|на данный момент|сейчас|(?:спасибо"
    r"|благодарим)(?: за (?:ваше )?(?:письмо|обращение|сообщение|запрос))?"
    r"|с \S{1,15}(?: \S{1,12})? (?:по|до) \S{1,15}(?: \S{1,12})?|до \S{1,15}(?: \S{1,12})?"
    r"|please note(?: that)?|thank you for (?:your|the) (?:e-?mail|message)|thanks for your (?:e-?mail|message)"
    r"|unfortunately"
    r"|at the moment|currently|vielen dank für ihre (?:nachricht|e-?mail|mail)"
    r"|merci (?:pour|de) votre (?:message|e-?mail|courriel))\W{1,3}){0,2}"
)
_LINE_STARTS = any_of(
    # What it is
    r"(?:this|the following|below) (?:is|was|e-?mail is|message (?:is|was)) (?:only )?(?:an? )?"
    r"auto(?:matic(?:ally)?|mated)?[\s-]*(?:generated|created|reply|response|responder|e-?mail|message|answer|sent"
    r"|acknowl)(?! (?:report|list|table|file|summary))",
    r"this message was created automatically by(?! mail delivery (?:software\.|software \(exim))",
    r"auto(?:matic(?:ally)?|mated)?[\s-](?:reply|response|generated (?:reply|response))\b",
    r"(?:это|данное|настоящее) (?:сообщение |письмо |ответ |уведомление )?(?:является |[-–—] )?(?:сформирован\w{0,30} "
    r"|отправлен\w{0,30} |создан\w{0,30} )?"
    r"автоматическ(?:и\b|\w{1,3} (?:ответ|сообщени|письм|уведомлени|рассылк|подтвержд))",
    r"(?:письмо|сообщение|уведомление) (?:отправлено|сформировано|создано) автоматически",
    r"автоматический ответ\b",
    r"это автоответ",
    r"вам отвечает (?:почтовый |автоматический )?(?:робот|автоответчик)",
    r"автоответчик\b",
    r"(?:out of office|вне офиса)\b(?! (?!until|till|from|on|for|auto|reply|message|notice|today|this|re\b|до|с)\w)",
    # Not to be answered
    r"(?:(?:ответ )?на (?:это|данное) (?:письмо|сообщение) (?:отвечать )?не (?:нужно|надо|требуется|следует)"
    r"|не отвечайте на (?:это|данное) (?:письмо|сообщение))"
    r"(?!,? (?!оно|так как|поскольку|потому|письмо|сообщение|ответ)\w)",
    r"this (?:mailbox|inbox|e-?mail (?:address|account)|address) is (?:not|no longer|un) ?(?:being )?(?:regularly )?"
    r"(?:monitored|checked|attended|read)",
    # Away
    r"(?:i am|i'm|i will be|i'll be) (?:currently |now )?(?:out of (?:the )?(?:office|town|country)|(?:on|taking) "
    r"(?:(?:a |my )?vacation|(?:annual |maternity |parental |sick |medical )?leave|holidays?)|away (?:from|until"
    r"|till|on|and)"
    r"|not in the office|unavailable (?:until|from)|travell?ing (?:and|with|until))",
    r"i (?:have|will have) (?:only )?(?:limited|no|restricted|intermittent) access to (?:my )?e-?mail",
    r"(?:я )?(?:нахожусь|буду находиться) (?:в|на) (?:\w{1,20}[оа][мй] )?(?:отпуск|командировк|больничн|декрет"
    r"|отгул|учебе|учёбе)",
    r"я (?:сейчас )?в (?:ежегодном |очередном |декретном |учебном )?(?:отпуск|командировк)\w{0,3}\b(?! был)",
    r"(?:я )?нахожусь вне офиса|в связи с (?:мо(?:им|ей) (?:отпуск|отсутстви|командировк)"
    r"|(?:отпуском|отсутствием|командировкой),? (?:отве|буду|на письм|прочту|почт|по ))",
    r"(?:я )?(?:буду )?отсутств(?:ую|овать) (?:на рабочем|на работе|в офисе|с \d|до \d)",
    r"меня (?:не будет|нет) (?:в офисе|на (?:рабочем )?месте|на работе)",
    r"ich (?:bin|werde|befinde mich) (?:bis|vom|ab|in der zeit|derzeit|zurzeit|zur zeit|momentan|im urlaub|nicht im"
    r"|abwesend"
    r"|leider)",
    r"je (?:suis|serai) (?:actuellement )?(?:absente?|en congés?|en vacances)",
    r"(?:actualmente )?(?:estoy|estaré) (?:de vacaciones|fuera|ausente)",
    r"(?:sono|sarò) (?:attualmente )?(?:in ferie|fuori (?:sede|ufficio)|assente)",
    r"(?:jestem|będę|przebywam) (?:obecnie )?(?:na urlopie|nieobecn|poza biurem)",
    # Left, and received
    r"[\w .'-]{2,40} (?:is|are|am) no longer (?:with|at|employed|working)|i no longer work|я (?:больше|уже) не работаю",
    r"(?:ваш\w{0,30} |получено ваше )?(?:письмо|обращение|сообщение|запрос|документ|заявка)[^.!?\n]{0,60} "
    r"(?:зарегистрирован[оа]?\b"
    r"|(?:получен|принят|доставлен)[оа]?\b[^.!?\n]{0,40}(?:будет|в обработ|на рассмотрен))",
    r"(?:ваш\w{0,30} |получено ваше )?(?:письмо|обращение|сообщение|запрос) "
    r"(?:получен|принят|доставлен)[оа]?[.!,;] {1,2}(?:и )?мы "
    r"(?:\w{1,20} )?(?:ответим|свяжемся)",
    r"(?:your|the) (?:message|e-?mail|request|inquiry) (?:has been|was) (?:received|logged|registered)\b[^?]{0,80}"
    r"(?:automat|reference|ticket|will be)",
)
# What a person goes on to beside «я в отпуске»: the matter itself, which no robot knows.
MATTER = any_of(
    r"(?<!\w)(?:форм[ауеы](?!\w)|сда(?:дим|ли|ла|л|чу|вать)|подпис|ответственн(?:ая|ый|ого) (?:теперь|за)"
    r"|(?:работаю|буду) ответственн|вложени|бланк|участник|дозвон|исполнитель"
    r"|ответа нет|вопрос решен|вопрос решён|данные|список|списк[еа]|добавьте)|(?<!\w)(?:наш[аеу]?|у вас|у нас)(?!\w)",
    r"\bthe (?:form|data|report|numbers|figures)\b|\bfill (?:in|out)|\bsending\b|\bsuccessor\b",
)
REPLY_BODY = re.compile(rf"^\W{{0,4}}{_LEADS}(?:{_LINE_STARTS.pattern})", re.IGNORECASE | re.MULTILINE)
# What says of itself that nobody wrote it may say so last.
REPLY_ANYWHERE = any_of(
    r"[.!\n]\s{1,3}(?:this|the above) (?:is|was|e-?mail (?:is|was)|message (?:is|was)) (?:an? )?"
    r"auto(?:matic(?:ally)?|mated)[\s-](?:generated|created|reply|response|e-?mail|message|answer|sent|acknowl|notif)",
    r"(?:сообщение|письмо|уведомление) (?:сформирован|отправлен|создан|сгенерирован)\w{0,30} (?:автоматически|роботом)",
    r"(?:^|[.!]\s)автоответчик[.!]?\s*$",
)

# A ticket was opened. Only what a help desk says of another's letter: never «зарегистрировано 5 участников».
REGISTERED = any_of(
    r"\[(?:ticket|case|request|issue|заявка|обращение|инцидент|тикет)\W{0,3}[\w-]{2,30}\]",
    r"(?:письмо|сообщение) (?:\S{1,20} ){0,4}зарегистрирован",
    r"(?:обращени[ея]|заявк[аи]|запрос|тикет|инцидент)(?: (?:\S{1,20} ){0,4})(?:зарегистрирован|принят"
    r"\w{0,2} (?:в (?:работу|обработку)|к рассмотрению)|создан[ао]?\b|открыт[ао]?\b)",
    r"(?:зарегистрирован|создан|открыт|принят)\w{0,3} (?:\S{1,20} ){0,3}(?:(?:под|за|с) номером|№|обращени|заявк)",
    r"(?:ticket|case|request|enquiry|inquiry|issue)(?: (?:\S{1,20} ){0,4})(?:has been|was|is) (?:\S{1,15} )?(?:created"
    r"|opened|registered|received|logged|assigned)",
)

RECEIPT_SUBJECT = re.compile(
    r"^\W{0,3}(?:read|not read|прочитано|прочтено|не прочитано|gelesen|lu|leído|letto|return receipt|прочтение"
    r"|read receipt|уведомление о прочтении|disposition notification|отч[её]т о прочтении)\b\s*(?:\(|:|$|-)",
    re.IGNORECASE,
)
RECEIPT_BODY = any_of(
    r"was (?:read|displayed|deleted without being read)",
    r"has been (?:read|displayed|opened)|return receipt for the mail",
    r"(?:было|был[оа]?) (?:прочитано|прочтено|открыто|удалено без|показано)|уведомление о (?:прочтении|получении) ",
    r"(?:is|this is) a (?:return|read) receipt",
    # «Ваш документ: … получен и прочитан: …»: what was sent, and who has read it when
    r"(?:документ|письмо|сообщение)\b[^.!?]{0,200}\b(?:получен[оа]?|прочитан[оа]?|прочтен[оа]?|открыт[оа]?)"
    r"(?: и (?:прочитан|прочтен|открыт)[оа]?)?(?::| (?:адресат|получател|пользовател)\w{1,4}\b)",
    r"(?:document|message|mail)\b[^.!?]{0,200}\b(?:was|has been) (?:received|opened)(?: and (?:read|opened))? by\b",
)
