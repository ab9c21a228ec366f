"""Sentences of the area «mailings»: plans, editions, filling gaps, withdrawal, stopped mailings, the preview."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # what a later edition changes; also shown in letters, without a full stop
    "edition.none": "не указано",
    "edition.title": "заголовок: было «{before}», стало «{after}»",
    "edition.section": "раздел: было «{before}», стало «{after}»",
    "edition.contact": "контакты: было «{before}», стало «{after}»",
    "edition.audience_all": "публикация отправляется всем",
    "edition.audience_organisations": "публикация отправляется организациям",
    "edition.audience_coordinators": "публикация отправляется только координаторам",
    "edition.published_at": "дата публикации: было {before}, стало {after}",
    "edition.valid_until": "публикация действует: было до {before}, стало до {after}",
    "edition.opens_at": "начало приема: было {before}, стало {after}",
    "edition.closes_at": "срок сдачи: было до {before}, стало до {after}",
    "edition.collection_title": "название сбора: было «{before}», стало «{after}»",
    "edition.collection_added": "добавлен сбор данных",
    "edition.collection_removed": "сбор данных отменен",
    "edition.late_refuse": "формы, пришедшие после срока, не принимаются",
    "edition.late_accept": "формы, пришедшие после срока, принимаются с отметкой об опоздании",
    "edition.form": "форма заменена, версия {version}",
    "edition.other_form": "форма заменена на другую",
    "edition.prefill": "изменены исходные данные в форме",
    "edition.file_added": "добавлен файл «{title}»",
    "edition.file_removed": "убран файл «{title}»",
    "edition.file_changed": "заменен файл «{title}»",
    "edition.file_rules": "изменены название, время или порядок выдачи файла «{title}»",
    "edition.file_added_many": "добавлены файлы, всего {count}",
    "edition.file_removed_many": "убраны файлы, всего {count}",
    "edition.file_changed_many": "заменены файлы, всего {count}",
    "edition.file_rules_many": "изменены названия, время или порядок выдачи файлов, всего {count}",
    "edition.storages": "файлы расположены иначе",
    "edition.text": "изменен текст",
    # what stands in the way of publishing
    "publish.edition_changed": "Публикация {code}, редакция {edition}, уже разослана, а папка изменилась: {changes}. Чтобы "
    "разослать исправление, поставьте в publication.md edition: {next} и скажите в changes, что исправлено. Чтобы "
    "ничего не менять, верните прежние файлы.",
    "publish.edition_lower": "Публикация {code}: на учёте редакция {edition}, а в папке {written}: поставьте edition: "
    "{next}, если это исправление, или {edition}, если исправлять нечего.",
    "publish.edition_same": "Публикация {code}: редакция {edition} ничем не отличается от прежней. Верните edition: {before} "
    "или напишите в changes, что исправлено.",
    "publish.edition_trial": "Публикация {code} уже разослана всем, её исправление нельзя отправить лишь некоторым: форма и "
    "срок у всех одни. Посмотрите его без отправки: kabinet publish {code} --preview.",
    "publish.edition_future": "Публикация {code}: исправление выходит сразу, а в publication.md указано published_at "
    "{published}: оставьте дату первой редакции.",
    "publish.withdrawn": "Публикация {code} отозвана {at} ({why}). Чтобы выпустить её снова, поставьте в publication.md "
    "edition: {next}.",
    "publish.letter_too_big": "Публикация {code}: письмо займёт {size}, а почтовый сервер принимает не больше {limit}. "
    "Приложено: {files}. Уберите attach у больших файлов: их выдадут по просьбе.",
    "publish.form": "форма {size}",
    "publish.file": "«{name}» {size}",
    "publish.kilobytes": "{size} КБ",
    "publish.and_more": "{shown} и ещё {count}",
    "publish.tried": "проба: письма только названным логинам, остальные не получат ничего, пока команду не дадут без --only",
    "publish.corrects": "исправлено: {changes}",
    "publish.withheld": "неотправленных писем прежней редакции задержано: {count}",
    "publish.unknown_only": "Таких логинов среди адресатов публикации {code} нет: {logins}.",
    # the plan
    "plan.letters": "план: {letters} (организациям {organisations}, координаторам {coordinators}), объём {size}",
    "plan.rates": "скорость: {rates}",
    "plan.per_minute": "{count} писем в минуту",
    "plan.per_day": "{count} в сутки, из них рассылкам {campaigns}",
    "plan.per_domain": "{domain}: {count} в минуту",
    "plan.no_rate": "скорость не задана (KABINET_SEND_PER_MINUTE, KABINET_SEND_PER_DAY), считаем по {usual} писем в минуту",
    "plan.now": "последнее уйдет примерно {finishes}, рассылка займет {takes}",
    "plan.later": "первое уйдет {starts} (перед ними в очереди {ahead}), последнее примерно {finishes}, рассылка займет {takes}",
    "plan.too_slow": "ВНИМАНИЕ: прием закрывается {closes}, до этого не успеют уйти писем: {count}. Сдвиньте срок, "
    "опубликуйте раньше или поднимите скорость.",
    "plan.opens_meanwhile": "прием откроется {opens}, когда уйдут еще не все письма",
    "plan.paused": "рассылка остановлена (kabinet pause): письма встанут в очередь и не уйдут до kabinet pause --resume",
    # filling gaps
    "fill.found": "{code}: новых писем {letters}, новых участников {joined}",
    "fill.unknown": "Публикации «{code}» нет среди действующих: её не рассылали всем, она отозвана или её время прошло.",
    # withdrawal
    "withdraw.why": "Укажите причину: её прочтут все, кому пришла публикация (--reason «…»).",
    "withdraw.unknown": "Публикации «{code}» нет: проверьте код.",
    "withdraw.already": "Публикация {code} уже отозвана {at}: {why}.",
    "withdraw.silent": "получателям не сообщено (--silent)",
    # stopped mailings
    "pause.why": "Укажите причину остановки (--reason «…»): её увидит тот, кто придет после вас.",
    "pause.unknown": "Публикации «{code}» нет: проверьте код.",
    "pause.already": "уже остановлено",
    "pause.nothing": "ничего не остановлено",
    "pause.publication": "рассылка {code}",
    "pause.everybody": "все рассылки",
    "pause.answers": "вместе с ответами",
    "pause.held": "ждут отправки писем: {count}",
    "pause.expiring": "из них потеряют смысл в ближайшие сутки: {count}",
    "pause.line": "{since}  {what}  {who}: {why}",
    "pause.ended": "снято {at} ({who})",
    # the record of who did what
    "deed.published": "публикация разослана",
    "deed.tried": "публикация отправлена на пробу",
    "deed.publication_withdrawn": "публикация отозвана",
    "deed.paused": "рассылка остановлена",
    "deed.resumed": "рассылка продолжена",
    # the preview
    "preview.title": "Как будет выглядеть: {title}",
    "preview.publication": "Письмо организации",
    "preview.coordinator_publication": "Письмо координатора",
    "preview.form_name": "Форма.xlsx",
    "preview.written": "просмотр: {path}",
    "preview.sample_organisation": "Образцовая организация",
    "preview.sample_coordinator": "Региональный координатор",
    # the command line
    "cli.help_plan": "Только показать план рассылки: сколько писем, кому, за какое время. Ничего не менять.",
    "cli.help_preview": "Только показать: страница с письмами и форма рядом (файл .html или папка). Ничего не менять.",
    "cli.help_fill": "Дослать действующие публикации тем, кто появился: новым логинам и на исправленные адреса.",
    "cli.help_withdraw_publication": "Отозвать публикацию: неотправленное не уйдёт, получившим сообщат, прием закроется.",
    "cli.help_withdraw_reason": "Причина отзыва, её прочтут получатели.",
    "cli.help_silent": "Получателям не сообщать.",
    "cli.help_pause": "Остановить рассылку КОД или все рассылки; ответы уходят. Без причины: что остановлено сейчас.",
    "cli.help_pause_reason": "Почему остановлено.",
    "cli.help_pause_all": "Остановить и ответы.",
    "cli.help_resume": "Продолжить.",
    "cli.help_pause_history": "Показать и снятые остановки.",
    "cli.help_editions": "Показать редакции публикации: когда, кто, что исправлено.",
    "cli.no_editions": "редакций на учёте нет",
    "cli.preview_and_dry_run": "Выберите одно: --plan, --preview или --dry-run.",
}
