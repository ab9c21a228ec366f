"""What the administrators' console says in a browser: acts, fields of their forms, choices, pages of runs."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "console.act.roster": "01 Список организаций",
    "console.act.preview": "02 Посмотреть публикацию",
    "console.act.publish": "03 Разослать публикацию",
    "console.act.now": "04 Кампания сейчас",
    "console.act.remind": "05 Напомнить",
    "console.act.extend": "06 Продлить срок",
    "console.act.held": "07 Задержанные письма",
    "console.act.corrections": "08 Исправления контактов",
    "console.act.report": "09 Выгрузить результаты",
    "console.act.end": "10 Закрыть приём",
    "console.act.digest_now": "11 Сводка координаторам сейчас",
    "console.act.health": "12 Проверить систему",
    "console.act.exchange": "Обмен почтой по расписанию",
    "console.act.close": "Закрытие сборов по сроку",
    "console.act.fill": "Досылка новым организациям по расписанию",
    "console.act.remind_daily": "Напоминания по расписанию",
    "console.act.digest": "Сводка дня по расписанию",
    "console.act.watch": "Ожидание почты",
    "campaign.title": "Кампания сейчас",
    "campaign.waiting.held": "Задержанные письма: {count}",
    "campaign.waiting.failed": "Письма, которые не удалось разобрать: {count}",
    "campaign.waiting.corrections": "Исправления контактов: {count}",
    "campaign.waiting.questions": "Вопросы, на которые поддержка ещё не ответила: {count}",
    "campaign.waiting.doubts": "Письма, о которых неизвестно, ушли ли они: {count} (команда kabinet doubts)",
    "campaign.waiting.dead": "Адреса, которые не работают: {count}",
    "campaign.waiting.stopped": "Остановленные рассылки: {count}",
    "console.figure": "Показатель",
    "console.count": "Количество",
    "console.troubles": "Что не получилось",
    "console.about": "С кем или с чем",
    "console.why": "Почему",
    "console.remedy": "Что сделать",
    "console.next": "Дальше",
    "console.nobody": "Никого.",
    "console.more": "И ещё {count}: {whole}",
    "console.region": "Регион",
    "console.today": "сегодня",
    "console.yesterday": "вчера",
    "console.tomorrow": "завтра",
    "console.missing": "Заполните поле «{field}».",
    "console.not_with": "Поле «{field}» не действует, когда выбрано «{option}»: очистите его или выберите другое.",
    "console.past": "{field}: {at} по Москве уже прошло, сейчас {now}. Укажите более позднее время.",
    "console.unknown_option": "Выберите в поле «{field}» значение из списка: «{written}» в нём нет.",
    "console.field.action": "Действие",
    "console.field.publication": "Публикация",
    "console.field.logins": "Логины",
    "console.field.opens": "Открыть приём",
    "console.field.opens.hint": "ДД.ММ.ГГГГ ЧЧ:ММ, время московское. Пусто: как в публикации",
    "console.field.closes": "Закрыть приём",
    "console.field.closes.hint": "ДД.ММ.ГГГГ ЧЧ:ММ, время московское. Вместе с открытием",
    "console.field.reason": "Причина",
    "console.field.who": "Кто решил",
    "console.whole": "все строки – в файле {name}",
    "console.field.collection": "Сбор данных",
    "console.field.region": "Регион",
    "console.field.region.hint": "Пусто: все регионы",
    "console.field.until": "Принимать до",
    "console.field.everybody": "Всем",
    "console.field.who.hint": "Фамилия и имя: они останутся в записи о том, кто что сделал",
    # The acts by which a campaign goes out
    "console.act.roster.about": "**Что делает.** Загружает список организаций и координаторов из файла XLSX или CSV с "
    "колонками «Логин», «Пользователь», «Регион», «Адреса», «Роль». Сначала запустите «Проверить»: ничего не изменится.\n\n"
    "**Что покажет.** Сколько логинов добавится, изменится и выбудет и что не так в каждой строке с ошибкой.\n\n"
    "**Что дальше.** Исправьте строки с ошибками, выберите «Загрузить», затем посмотрите публикацию.",
    "console.option.roster.rehearse": "Проверить, ничего не меняя",
    "console.option.roster.import": "Загрузить",
    "console.option.roster.export": "Сохранить список в файл",
    "console.field.path": "Файл списка",
    "console.field.path.hint": "Имя файла, который вы передали на странице загрузки, или путь к нему на этом компьютере. "
    "Для сохранения не нужен",
    "console.field.departures": "Убрать из списка всех, кого нет в файле",
    "console.field.departures.hint": "Нужно, только если в файле намеренно нет большой части списка",
    "console.act.preview.about": "**Что делает.** Показывает публикацию до рассылки. Никому ничего не отправляет.\n\n"
    "**Что покажет.** Письмо организации и письмо координатора целиком, кому и сколько писем уйдёт, у кого нет адреса.\n\n"
    "**Что дальше.** Если всё верно, разошлите публикацию. Чтобы попробовать, разошлите её сначала одному логину.",
    "console.field.preview.publication.hint": "Папка с publication.md",
    "console.field.preview.logins.hint": "Показать письма этим логинам. Пусто: первым по списку",
    "console.act.publish.about": "**Что делает.** Рассылает публикацию: письмо с файлами и формой каждому адресату. Повторный "
    "запуск дошлёт письма только тем, у кого их нет. Ещё здесь рассылку останавливают и продолжают, а публикацию отзывают.\n\n"
    "**Что покажет.** Сколько писем ушло, какие адреса не работают, у кого нет адреса, что ждёт и до какого времени.\n\n"
    "**Что дальше.** Откройте «Кампания сейчас»: там видно, кто ответил.",
    "console.option.publish.publish": "Разослать",
    "console.option.publish.fill": "Дослать тем, у кого её нет",
    "console.option.publish.stop": "Остановить рассылку",
    "console.option.publish.resume": "Продолжить остановленную рассылку",
    "console.option.publish.withdraw": "Отозвать публикацию",
    "console.field.publish.logins.hint": "Проба: письма уйдут только им. Пусто: всем",
    "console.field.publish.reason.hint": "Нужна, чтобы остановить или отозвать. Причину отзыва прочтут все, кому пришла публикация",
    "console.act.remind.about": "**Что делает.** Напоминает тем, кто не сдал данные. Кто сдал, напоминания не получит. "
    "Одной организации не напоминают чаще раза в 12 часов. Вечером и ночью письма ждут рабочего утра.\n\n"
    "**Что покажет.** Кому напомнили, кому нет и почему, какие письма ждут утра.\n\n"
    "**Что дальше.** Откройте «Кампания сейчас» или продлите срок.",
    "console.field.remind.logins.hint": "Пусто: всем, кто не сдал",
    "console.act.extend.about": "**Что делает.** Продлевает срок сбора логинам, региону или всем и сообщает им новый срок. "
    "Формы, которые пришли в новый срок и были отклонены как опоздавшие, проверяются заново. Если не указать срок, "
    "продление отменяется.\n\n"
    "**Что покажет.** Новый срок с днём недели, кому о нём сообщили, какие формы проверены заново.\n\n"
    "**Что дальше.** Откройте «Кампания сейчас» или напомните тем, кто не сдал.",
    "console.field.extend.until.hint": "ДД.ММ.ГГГГ ЧЧ:ММ, время московское. Пусто: отменить продление",
    "console.field.extend.logins.hint": "Кому продлить. Заполните что-то одно: логины, регион или «Всем»",
    "console.field.extend.region.hint": "Пусто, если срок меняется логинам или всем",
    "console.field.extend.reason.hint": "Останется в записи и дойдёт до тех, кто придёт после вас",
    # Acts that follow the campaign
    "console.act.questions": "13 Вопросы в поддержку",
    "console.act.audit": "14 Кто что решил",
    "console.no_number": "Выберите в поле «{field}» значение из списка: по тексту «{written}» номера не понять.",
    "console.act.now.about": "**Показывает, как идёт сбор сейчас. Ничего не меняет и никому не пишет.**\n\n"
    "Выберите сбор и регион или оставьте поля пустыми, тогда будут все.\n\n"
    "На странице запуска (вкладка Artifacts): четыре числа каждого сбора, открыт ли приём и до какого срока, кто не "
    "приступил и кто в работе, что ждёт вашего решения.\n\n"
    "Дальше: «05 Напомнить» тем, кто не сдал, или решения по тому, что ждёт.",
    "console.act.held.about": "**Решает, что делать с письмом, которое система сама не приняла.**\n\n"
    "- *Посмотреть*: от кого письмо, что в нём, почему задержано. Ничего не меняет.\n"
    "- *Отпустить*: письмо обрабатывается с тем временем, когда оно пришло. Если организация в нём не названа или "
    "названа не та, впишите логин.\n"
    "- *Отклонить*: из письма ничего не берётся, само оно сохраняется. Нужна причина.\n"
    "- *Разобрать заново*: если причина была в нас и исправлена.\n\n"
    "На странице запуска: что стало с письмом и с формой и кому ушёл ответ. Дальше: следующее письмо из списка.",
    "console.act.corrections.about": "**Одобряет или отклоняет исправление адреса, названия или региона, которое "
    "прислала организация.**\n\n"
    "Одобренное сразу попадает в список организаций. Организации уходит письмо о решении; причину отказа она прочтёт.\n\n"
    "На странице запуска: что изменилось и на какие адреса ушло письмо. Дальше: следующее исправление. Внесите "
    "одобренное и в свой файл списка, иначе следующая загрузка вернёт прежнее.",
    "console.act.report.about": "**Составляет отчёт с номером: собранные данные, список участников или кто что "
    "скачал.**\n\n"
    "Выберите сбор, вид отчёта и, если нужно, регион. Никому ничего не отправляется.\n\n"
    "На странице запуска: номер отчёта, сколько в нём строк и ссылка на файл.",
    "console.act.end.about": "**Закрывает приём сейчас, раньше срока. Продлённые сроки заканчиваются вместе с ним.**\n\n"
    "Форма, которую почтовый сервер получил до этой минуты, считается сданной вовремя. Позже формы принимаются только "
    "тогда, когда публикация разрешает сдавать после срока. Кто не сдал, получит письмо, что приём закрыт; координаторы "
    "получат последнюю сводку.\n\n"
    "На странице запуска: сколько сдано, кто не сдал, скольким написали. Дальше: отчёт. Открыть приём снова можно в "
    "«06 Продлить срок».",
    "console.act.digest_now.about": "**Отправляет координаторам сводку дня сейчас, не дожидаясь вечера.**\n\n"
    "Сводка уходит раз в день: кому она сегодня уже ушла, тот второй не получит. На странице запуска: кому отправлено, "
    "а если никому, то почему.",
    "console.act.health.about": "**Проверяет, всё ли работает: почтовые серверы, настройки, расписание, очереди.**\n\n"
    "Ничего не меняет. На странице запуска: что не так, с какого времени и что сделать; когда что запускалось и "
    "запустится.",
    "console.act.questions.about": "**Показывает вопросы, которые система передала в поддержку.**\n\n"
    "Отвечают на них из ящика поддержки, ответом на письмо с вопросом: ответ уйдёт тому, кто спросил. На странице "
    "запуска: от кого вопрос, о чём, когда пришёл и есть ли ответ.",
    "console.act.audit.about": "**Показывает, кто что решил: рассылки, продления, закрытия, исправления, отказы.**\n\n"
    "Можно выбрать публикацию или вписать логин. Сначала последнее.",
    "console.field.now.collection.hint": "Пусто: все сборы",
    "console.field.digest_now.collection.hint": "Пусто: все открытые",
    "console.field.receipt": "Письмо",
    "console.field.receipt.hint": "Номер, от кого, когда пришло, почему ждёт",
    "console.field.login": "Логин",
    "console.field.held.login.hint": "От имени какой организации отпустить. Пусто: той, что названа в письме",
    "console.field.audit.login.hint": "Пусто: все",
    "console.field.audit.publication.hint": "Пусто: все",
    "console.field.count": "Сколько записей",
    "console.field.count.hint": "Пусто: последние 100",
    "console.field.held.reason.hint": "Нужна, чтобы отклонить. Останется в журнале, отправитель её не увидит",
    "console.field.corrections.reason.hint": "Нужна, чтобы отклонить. Организация её прочтёт",
    "console.field.end.reason.hint": "Останется в журнале. В письмах её не будет",
    "console.field.correction": "Исправление",
    "console.field.kind": "Вид отчёта",
    "console.field.show": "Показать",
    "console.option.held.show": "Посмотреть",
    "console.option.held.release": "Отпустить",
    "console.option.held.refuse": "Отклонить",
    "console.option.held.replay": "Разобрать заново",
    "console.option.corrections.approve": "Одобрить",
    "console.option.corrections.reject": "Отклонить",
    "console.option.report.export": "Экспорт результатов",
    "console.option.report.participants": "Список участников",
    "console.option.report.downloads": "Кто что скачал",
    "console.option.questions.waiting": "Ждут ответа",
    "console.option.questions.all": "Все за три месяца",
    # Heads of tables
    "console.column.login": "Логин",
    "console.column.name": "Организация или координатор",
    "console.column.region": "Регион",
    "console.column.address": "Адрес",
    "console.column.became": "Что с письмом",
    "console.column.change": "Что изменится",
    "console.column.why": "Почему",
    # What several pages say
    "console.system": "система",
    "console.kilobytes": "{size} КБ",
    "console.megabytes": "{size} МБ",
    "console.total": "Всего",
    "console.whole_list": "весь список даёт «09 Выгрузить результаты», вид «Список участников».",
    "console.head.login": "Логин",
    "console.head.name": "Организация",
    "console.head.region": "Регион",
    "console.head.begun": "Начало работы",
    "console.head.marks": "Отметки",
    "console.head.what": "Что",
    "console.head.value": "Сведения",
    "console.head.publication": "Публикация",
    "console.head.outcome": "Итог",
    "console.head.findings": "Замечаний",
    "console.head.letter": "Письмо",
    "console.head.to": "Кому",
    "console.head.state": "Состояние",
    "console.head.at": "Когда",
    "console.head.who": "Кто",
    "console.head.why": "Причина",
    "console.head.whom": "О ком",
    "console.head.detail": "Подробности",
    "console.head.collection": "Сбор",
    "console.head.closes": "Срок",
    "console.head.left": "Осталось",
    "console.head.since": "С какого времени",
    "console.head.schedule": "Что запускается",
    "console.head.ran": "Последний раз",
    "console.head.runs": "Следующий раз",
    "console.head.number": "Номер",
    "console.head.asked": "Пришёл",
    "console.head.sender": "От кого",
    "console.head.subject": "Тема",
    "letter_event.queued": "в очереди",
    "letter_event.withheld": "задержано",
    "letter_event.sending": "отправляется",
    "letter_event.sent": "отправлено",
    "letter_event.deferred": "почтовый сервер просит подождать",
    "letter_event.uncertain": "неизвестно, ушло ли",
    "letter_event.failed": "не отправлено",
    "letter_event.expired": "не успело уйти вовремя",
    "letter_event.bounced": "вернулось",
    "letter_event.delivered": "доставлено",
    "letter_event.read": "прочитано",
    "letter_event.autoresponded": "получен автоответ",
    "console.nobody_known": "неизвестный отправитель",
}
