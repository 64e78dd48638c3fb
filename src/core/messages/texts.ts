import type { Locale } from '../../values/locale.ts'

/** The built-in texts of every template, in Liquid. A test renders all of them. */
export const texts = {
  webhook_disabled: {
    en: {
      subject: 'Your webhook endpoint was disabled',
      mail: `Your webhook endpoint
{{ url }}
was disabled after {{ failures }} failed deliveries in a row. {{ reason }}

Nothing is sent to it any more. When it works again, enable it in your account and replay what it missed.
`,
      sms: 'Your webhook endpoint {{ url }} was disabled: {{ reason }}.',
    },
    ru: {
      subject: 'Ваш адрес для вебхуков отключён',
      mail: `Ваш адрес для вебхуков
{{ url }}
отключён после неудачных доставок подряд ({{ failures }}). {{ reason }}

На него больше ничего не отправляется. Когда он снова заработает, включите его в личном кабинете и повторите пропущенное.
`,
      sms: 'Ваш адрес для вебхуков {{ url }} отключён: {{ reason }}.',
    },
  },
  low_balance: {
    en: {
      subject: 'Wallet {{ wallet }} is running low: {{ balance }} {{ currency }}',
      mail: `Your wallet {{ wallet }} holds {{ balance }} {{ currency }}.

Orders that cost more than that are refused. Please top it up in time.
`,
      sms: 'Wallet {{ wallet }} holds {{ balance }} {{ currency }}. Please top it up.',
    },
    ru: {
      subject: 'На кошельке {{ wallet }} заканчиваются средства: {{ balance }} {{ currency }}',
      mail: `На вашем кошельке {{ wallet }} осталось {{ balance }} {{ currency }}.

Заказы дороже этой суммы будут отклонены. Пожалуйста, пополните его заранее.
`,
      sms: 'На кошельке {{ wallet }} осталось {{ balance }} {{ currency }}. Пополните его.',
    },
  },
  order_delivered: {
    en: {
      subject: 'Your order {{ order }}: {{ product }}',
      mail: `Thank you for your order {{ order }}.

{{ product }}
{% for code in codes %}
    {{ code }}
{%- endfor %}

A code is like cash: whoever has it can use it. Please keep this message to yourself.
`,
      sms: '{{ product }}, order {{ order }}: {{ codes | join: ", " }}',
    },
    ru: {
      subject: 'Ваш заказ {{ order }}: {{ product }}',
      mail: `Спасибо за заказ {{ order }}.

{{ product }}
{% for code in codes %}
    {{ code }}
{%- endfor %}

Код – как наличные: им может воспользоваться любой, кто его знает. Никому не пересылайте это письмо.
`,
      sms: '{{ product }}, заказ {{ order }}: {{ codes | join: ", " }}',
    },
  },
  voucher_issued: {
    en: {
      subject: 'Your voucher for {{ amount }} {{ currency }} from {{ company }}',
      mail: `{{ company }} sends you a voucher for {{ amount }} {{ currency }}.

    {{ code }}

{% if expires != '' %}It is valid until {{ expires }}.
{% endif %}A voucher is like cash: please keep it to yourself.
`,
      sms: `{{ company }}: voucher {{ code }} for {{ amount }} {{ currency }}{% if expires != '' %}, valid until {{ expires }}{% endif %}.`,
    },
    ru: {
      subject: 'Ваш ваучер на {{ amount }} {{ currency }} от {{ company }}',
      mail: `{{ company }} дарит вам ваучер на {{ amount }} {{ currency }}.

    {{ code }}

{% if expires != '' %}Он действует до {{ expires }}.
{% endif %}Ваучер – как наличные: никому его не показывайте.
`,
      sms: `{{ company }}: ваучер {{ code }} на {{ amount }} {{ currency }}{% if expires != '' %}, действует до {{ expires }}{% endif %}.`,
    },
  },
  voucher_spent: {
    en: {
      subject: 'Receipt {{ receipt }}: {{ amount }} {{ currency }} at {{ merchant }}',
      mail: `{{ receipt }} confirmed. {{ amount }} {{ currency }} of your vouchers were spent at {{ merchant }}, {{ till }}, on {{ at }}.

If that was not you, please tell whoever gave you the vouchers at once.
`,
      sms: '{{ receipt }} confirmed. {{ currency }} {{ amount }} redeemed at {{ merchant }} - {{ till }} on {{ at }}.',
    },
    ru: {
      subject: 'Чек {{ receipt }}: {{ amount }} {{ currency }}, {{ merchant }}',
      mail: `{{ receipt }} подтверждён. С ваших ваучеров списано {{ amount }} {{ currency }}: {{ merchant }}, {{ till }}, {{ at }}.

Если это были не вы, сразу сообщите тому, от кого получили ваучеры.
`,
      sms: '{{ receipt }} подтверждён. Списано {{ amount }} {{ currency }}: {{ merchant }}, {{ till }}, {{ at }}.',
    },
  },
  holder_code: {
    en: {
      subject: 'Your code for your vouchers',
      mail: `Your code for seeing and spending your vouchers is

    {{ code }}

It is valid for {{ minutes }} minutes. Nobody at a till or of ours will ever ask you for it.
`,
      sms: '{{ code }} is the code for your vouchers, valid for {{ minutes }} minutes. Tell it to nobody, not even at the till.',
    },
    ru: {
      subject: 'Код для ваших ваучеров',
      mail: `Код, чтобы увидеть и потратить ваши ваучеры:

    {{ code }}

Он действует {{ minutes }} мин. Ни на кассе, ни у нас его никто не спрашивает.
`,
      sms: '{{ code }} – код для ваших ваучеров, действует {{ minutes }} мин. Никому его не сообщайте, даже на кассе.',
    },
  },
  payment_code: {
    en: {
      subject: 'Your code to pay {{ amount }} {{ currency }} at {{ merchant }}',
      mail: `Your code to pay {{ amount }} {{ currency }} at {{ merchant }}, {{ till }}, is

    {{ code }}

It is valid for {{ minutes }} minutes. If you did not want to pay, do nothing, and tell it to nobody.
`,
      sms: '{{ code }} pays {{ currency }} {{ amount }} at {{ merchant }} - {{ till }}. Valid for {{ minutes }} minutes. Tell it to nobody.',
    },
    ru: {
      subject: 'Код для оплаты {{ amount }} {{ currency }}: {{ merchant }}',
      mail: `Код, чтобы заплатить {{ amount }} {{ currency }} ({{ merchant }}, {{ till }}):

    {{ code }}

Он действует {{ minutes }} мин. Если вы не собирались платить, ничего не делайте и никому его не сообщайте.
`,
      sms: '{{ code }} – код оплаты {{ amount }} {{ currency }}: {{ merchant }}, {{ till }}. Действует {{ minutes }} мин. Никому его не сообщайте.',
    },
  },
  login_code: {
    en: {
      subject: 'Your sign-in code',
      mail: `Your code for signing in is

    {{ code }}

It is valid for {{ minutes }} minutes. Nobody of ours will ever ask you for it. If you did not want to sign in, change your password.
`,
      sms: '{{ code }} is your sign-in code, valid for {{ minutes }} minutes. Tell it to nobody.',
    },
    ru: {
      subject: 'Ваш код для входа',
      mail: `Ваш код для входа:

    {{ code }}

Он действует {{ minutes }} мин. Наши сотрудники никогда его не спрашивают. Если вы не входили в систему, смените пароль.
`,
      sms: '{{ code }} – ваш код для входа, действует {{ minutes }} мин. Никому его не сообщайте.',
    },
  },
  user_invited: {
    en: {
      subject: 'Your access to {{ company }}',
      mail: `Hello {{ name }},

you were given access to {{ company }}. Choose your password here:

{{ url }}

The link works once, for {{ days }} days.
`,
      sms: '{{ company }}: choose your password within {{ days }} days: {{ url }}',
    },
    ru: {
      subject: 'Ваш доступ: {{ company }}',
      mail: `Здравствуйте, {{ name }}!

Вам открыт доступ: {{ company }}. Выберите пароль здесь:

{{ url }}

Ссылка действует один раз, в течение {{ days }} дней.
`,
      sms: '{{ company }}: выберите пароль в течение {{ days }} дней: {{ url }}',
    },
  },
  password_reset: {
    en: {
      subject: 'Choose a new password',
      mail: `Somebody, you we hope, asked for a new password. Choose it here:

{{ url }}

The link works once, for {{ minutes }} minutes. If it was not you, do nothing: your password stays as it is.
`,
      sms: 'Choose a new password within {{ minutes }} minutes: {{ url }}',
    },
    ru: {
      subject: 'Выберите новый пароль',
      mail: `Кто-то (надеемся, вы) запросил новый пароль. Выберите его здесь:

{{ url }}

Ссылка сработает один раз в течение {{ minutes }} мин. Если это были не вы, ничего не делайте: пароль останется прежним.
`,
      sms: 'Выберите новый пароль в течение {{ minutes }} мин.: {{ url }}',
    },
  },
  delivery_changed: {
    en: {
      subject: 'Order {{ order }} is delivered elsewhere now',
      mail: `The addresses to which the order
{{ order }}
is delivered were changed through your API key {{ key }}, and its goods were sent there.

If nobody of yours did this, revoke the key at once.
`,
      sms: 'Order {{ order }} is delivered elsewhere now, by the key {{ key }}. If nobody of yours did this, revoke the key.',
    },
    ru: {
      subject: 'Заказ {{ order }} теперь доставляется по другому адресу',
      mail: `Адреса доставки заказа
{{ order }}
изменены через ваш ключ API {{ key }}, и товар отправлен туда.

Если это сделали не вы, немедленно отзовите ключ.
`,
      sms: 'Адрес доставки заказа {{ order }} изменён ключом {{ key }}. Если это сделали не вы, отзовите ключ.',
    },
  },
  call_opened: {
    en: {
      subject: 'You have opened a call of the API log',
      mail: `At {{ at }}, what was sent and answered in this call was shown to you ({{ actor }}):

{{ what }}
{{ call }}

The audit log keeps that. If it was not you, somebody acts in your name: tell whoever looks after your access.
`,
      sms: 'At {{ at }} you ({{ actor }}) opened a call of the API log. If it was not you, tell whoever looks after your access.',
    },
    ru: {
      subject: 'Вы открыли запись журнала API',
      mail: `{{ at }} вам ({{ actor }}) показано, что было отправлено и получено в этом вызове:

{{ what }}
{{ call }}

Это записано в журнал аудита. Если это были не вы, кто-то действует от вашего имени: сообщите тому, кто управляет вашим доступом.
`,
      sms: '{{ at }} вы ({{ actor }}) открыли запись журнала API. Если это были не вы, сообщите тому, кто управляет доступом.',
    },
  },
  report_ready: {
    en: {
      subject: 'Your report: {{ report }}',
      mail: `The report that you asked for,
{{ report }},
is here for {{ days }} days:

{{ url }}

Whoever has this link can read the report. Please keep it to yourself.
`,
      sms: 'Your report is here for {{ days }} days: {{ url }}',
    },
    ru: {
      subject: 'Ваш отчёт: {{ report }}',
      mail: `Отчёт, который вы запросили
({{ report }}),
доступен {{ days }} дн. по ссылке:

{{ url }}

Прочитать отчёт может любой, у кого есть эта ссылка. Никому её не пересылайте.
`,
      sms: 'Ваш отчёт доступен {{ days }} дн.: {{ url }}',
    },
  },
  instalment_due: {
    en: {
      subject: 'Your instalment of {{ amount }} {{ currency }} is due on {{ day }}',
      mail: `An instalment for your order {{ order }} from {{ seller }} is due on {{ day }}:

    {{ amount }} {{ currency }}

Please see to it that it can be collected on that day. There is nothing to do if you have paid it already.
`,
      sms: 'Your instalment of {{ amount }} {{ currency }} for order {{ order }} from {{ seller }} is due on {{ day }}.',
    },
    ru: {
      subject: 'Платёж {{ amount }} {{ currency }} – до {{ day }}',
      mail: `Срок платежа по вашему заказу {{ order }} в {{ seller }} – {{ day }}:

    {{ amount }} {{ currency }}

Пожалуйста, позаботьтесь о том, чтобы эту сумму можно было списать в этот день. Если вы уже заплатили, ничего делать не нужно.
`,
      sms: 'Платёж {{ amount }} {{ currency }} по заказу {{ order }} в {{ seller }}: срок {{ day }}.',
    },
  },
  instalment_late: {
    en: {
      subject: 'Your instalment of {{ amount }} {{ currency }} is late',
      mail: `The instalment of {{ amount }} {{ currency }} for your order {{ order }} from {{ seller }} was due on {{ day }}, and has not arrived.

Please pay it now, or answer this mail if you cannot: there is often a way. There is nothing to do if you have paid it already.
`,
      sms: 'Your instalment of {{ amount }} {{ currency }} for order {{ order }} from {{ seller }} was due on {{ day }} and is late. Please pay it now.',
    },
    ru: {
      subject: 'Платёж {{ amount }} {{ currency }} просрочен',
      mail: `Платёж {{ amount }} {{ currency }} по вашему заказу {{ order }} в {{ seller }} должен был поступить {{ day }}, но не поступил.

Пожалуйста, заплатите сейчас или ответьте на это письмо, если не можете: выход часто находится. Если вы уже заплатили, ничего делать не нужно.
`,
      sms: 'Платёж {{ amount }} {{ currency }} по заказу {{ order }} в {{ seller }} просрочен (срок {{ day }}). Пожалуйста, заплатите сейчас.',
    },
  },
  low_stock: {
    en: {
      subject: 'Low stock: {{ sku }}, {{ left }} left',
      mail: `Of {{ sku }} only {{ left }} codes are left in stock.

When they are gone, orders are refused or go to a supplier. Import more with "scrip stock import".
`,
      sms: 'Low stock: {{ sku }}, {{ left }} codes left.',
    },
    ru: {
      subject: 'Заканчивается {{ sku }}: осталось {{ left }}',
      mail: `На складе осталось кодов {{ sku }}: {{ left }}.

Когда они закончатся, заказы будут отклоняться или уйдут поставщику. Загрузите новые командой "scrip stock import".
`,
      sms: 'Заканчивается {{ sku }}: осталось кодов {{ left }}.',
    },
  },
} as const satisfies Record<
  string,
  Readonly<Record<Locale, { readonly subject: string; readonly mail: string; readonly sms: string }>>
>
