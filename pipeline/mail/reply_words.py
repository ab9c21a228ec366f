"""The words by which robots answer: holiday notices, acknowledgements, receipts; Russian and English first."""

from __future__ import annotations

import re

from pipeline.mail.report_words import any_of

# What may lead a subject, after reply marks.
_SUBJECT_STARTS = any_of(
    r"auto(?:matic|mated|matische|matisk|matyczna)?[\s_-]*(?:reply|response|respond(?:er)?|answer|antwort"
    r"|svar|odpowied)",
    r"auto(?:reply|re?sponse?|responder|svar|antwort)\b",
    r"auto\s*:",
    r"out[\s_-]+of[\s_-]+(?:the[\s_-]+)?office",
    r"o\.?o\.?o\b",
    r"ooto\b",
    r"(?:i am|i'm|im|i will be|is) (?:currently )?(?:away|out of|on (?:vacation|holiday|leave|maternity|annual))",
    r"(?:on|away on|currently on|summer|annual) (?:vacation|holidays?|leave)",
    r"vacation(?: (?:reply|message|notice|response))?\b",
    r"away (?:from|message|notice|until|till)",
    r"absen(?:ce|t)\b",
    r"absence du bureau",
    r"not (?:in|at) the office",
    r"(?:thank you|thanks) for (?:your (?:e-?mail|message|inquiry|enquiry|request|order|feedback|interest"
    r"|mail)|contacting|writing|emailing|getting in touch)",
    r"(?:your|we (?:have )?received your|receipt of your) (?:e-?mail|message|request|inquiry"
    r"|mail)(?: has been| was| is)? ?(?:received|acknowledg|$|to\b|about)",
    r"(?:message|mail|e-?mail) (?:received|acknowledg)",
    r"acknowledg(?:e?ment|ing) (?:of )?(?:your |receipt)",
    r"абонент недоступен",
    r"авто[\s-]?ответ",
    r"авто[\s-]?информ",
    r"автоматическ\w+ (?:ответ|уведомлени|сообщени|подтвержд|рассыл)",
    r"вне офиса",
    r"не в офисе",
    r"нет (?:на (?:рабочем )?мест[еу]|в офисе)",
    r"я (?:сейчас )?(?:в|нахожусь в) (?:отпуск|командировк)",
    r"(?:в|нахожусь в|буду в|ушл?[аe]?л? в) (?:ежегодном |очередном |декретном )?(?:отпуск|командировк)",
    r"отпуск\W{0,3}$",
    r"отсутствие на (?:рабочем|работе)",
    r"отсутству(?:ю|ет)\b",
    r"буду отсутствовать",
    r"временно отсутств",
    r"уведомление об (?:отпуск|отсутстви)",
    r"(?:ваше|получено ваше) (?:письмо|сообщение|обращение|заявление) (?:№\s?\S{1,20} )?(?:получен|принят"
    r"|зарегистр|доставлен)",
    r"спасибо за (?:ваше )?(?:письмо|обращение|сообщение|заявку)",
    r"(?:обращение|заявка) (?:№\s?\S{1,20} )?(?:принят|зарегистр|создан)",
    r"автоматична відповідь",
    r"у відпустці",
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
    r"自動(?:応答|返信|回覆)",
    r"自动(?:回复|答复)",
    r"不在",
)
_SUBJECT_ENDS = any_of(
    r"\((?:out of (?:the )?office|vacation|auto-?reply|auto-?response|away|вне офиса"
    r"|автоответ)\b[^)]{0,40}\)\s*$",
    r"\b(?:out of (?:the )?office|auto-?reply|autoresponse|автоответ\w*|is on vacation|is away"
    r"|is out of the office)\W{0,4}$",
)
_REPLY_MARKS = r"^\W{0,6}(?:\[[^\]]{1,40}\]\W{0,3})?(?:(?:re|fwd?|aw|ответ|отв|ha)\s?(?:\[\d+\])?:\s*)*\W{0,3}"
REPLY_SUBJECT = re.compile(rf"{_REPLY_MARKS}(?:{_SUBJECT_STARTS.pattern})|{_SUBJECT_ENDS.pattern}", re.IGNORECASE)

# At the head of a line: a person who only mentions an automatic answer is still a person.
_LINE_STARTS = any_of(
    r"(?:please note[\s:,]+(?:that )?)?(?:this|the following|below) (?:is|was|e-?mail is|message (?:is"
    r"|was)) (?:only )?(?:an? )?auto(?:matic(?:ally)?|mated)?[\s-]*(?:generated|reply|response|responder"
    r"|e-?mail|message|answer|sent|acknowl)",
    r"auto(?:matic(?:ally)?|mated)?[\s-](?:reply|response|generated (?:reply|response))\b",
    r"(?:thank you for your (?:e-?mail|message)\W{1,3})?(?:i am|i'm"
    r"|i will be) (?:currently )?(?:out of (?:the )?(?:office|town|country)|on (?:vacation|annual leave"
    r"|maternity leave|holiday))",
    r"(?:это|данное|настоящее) (?:сообщение |письмо |ответ )?(?:является |[-–—] )?(?:сформирован\w* "
    r"|отправлен\w* |создан\w* )?автоматическ",
    r"(?:письмо|сообщение) (?:отправлено|сформировано|создано) автоматически",
    r"автоматический ответ\b",
    r"это автоответ",
    r"(?:к сожалению,? |в настоящее время |спасибо за (?:ваше )?письмо\W{1,3})?(?:я )?(?:сейчас )?(?:нахожусь"
    r"|я) в (?:ежегодном |очередном |декретном )?(?:отпуск|командировк)",
    r"(?:я )?буду отсутствовать (?:на рабочем|в офисе|с \d)",
    r"(?:я )?(?:нахожусь )?на больничном\b",
    r"меня не будет (?:в офисе|на (?:рабочем )?месте)",
    r"ich bin (?:bis|vom|ab|derzeit|zurzeit|zur zeit|momentan|im urlaub|nicht im|abwesend)",
    r"je suis (?:actuellement )?(?:absente?|en congés?|en vacances)",
    r"(?:actualmente )?estoy (?:de vacaciones|fuera)",
    r"не отвечайте на (?:это|данное) (?:письмо|сообщение)",
)
_GREETINGS = (
    r"(?:(?:здравствуйте|добрый (?:день|вечер)|доброго дня|hello|hi|dear [^\n,!]{1,40}|guten tag|bonjour)[!,. ]{1,3})?"
)
REPLY_BODY = re.compile(rf"^\W{{0,4}}{_GREETINGS}(?:{_LINE_STARTS.pattern})", re.IGNORECASE | re.MULTILINE)

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
)
