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
    "console.unknown_option": "Выберите в поле «{field}» значение из списка: «{written}» в нём нет.",
    "console.act.publish.about": "Рассылает публикацию: письмо с файлами и формой каждому адресату.",
    "console.run.publish": "{{action}}: {{publication}}",
    "console.stage.letters": "Письма в очередь",
    "console.publish.title": "Рассылка: {title}",
    "console.publish.line": "Поставлено в очередь: {letters}",
    "console.publish.letters": "писем",
    "console.publish.logins": "адресатов",
    "console.option.publish.publish": "Разослать",
    "console.option.publish.fill": "Дослать тем, у кого её нет",
    "console.option.publish.stop": "Остановить рассылку",
    "console.option.publish.resume": "Продолжить остановленную рассылку",
    "console.option.publish.withdraw": "Отозвать публикацию",
    "console.field.action": "Действие",
    "console.field.publication": "Публикация",
    "console.field.logins": "Логины",
    "console.field.publish.logins.hint": "Проба: остальные не получат ничего. Пусто: всем",
    "console.field.opens": "Открыть приём",
    "console.field.opens.hint": "ДД.ММ.ГГГГ ЧЧ:ММ, время московское. Пусто: как в публикации",
    "console.field.closes": "Закрыть приём",
    "console.field.reason": "Причина",
    "console.field.who": "Кто решил",
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
    "console.field.collection": "Сбор",
    "console.field.now.collection.hint": "Пусто: все сборы",
    "console.field.digest_now.collection.hint": "Пусто: все открытые",
    "console.field.region": "Регион",
    "console.field.region.hint": "Пусто: все регионы",
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
}
