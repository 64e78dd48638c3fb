import type { Locale } from '../../../values/locale.ts'

/** What the page of a telephone's owner says. */
export const holderWords: Readonly<Record<Locale, HolderWords>> = {
  en: {
    title: 'Your vouchers',
    startTitle: 'Spend your vouchers',
    startLead: 'Enter your telephone number. If there are vouchers on it, we send it a code by SMS.',
    phone: 'Telephone number',
    phoneHint: 'A Kenyan number, such as 0712 345 678.',
    phoneWrong: 'Enter a Kenyan telephone number.',
    sendCode: 'Send me a code',
    codeTitle: 'Enter the code',
    codeLead: (phone, minutes) =>
      `If there are vouchers on ${phone}, a code of six digits is on its way there. It is valid for ${minutes} minutes.`,
    code: 'Code from the SMS',
    codeHint: 'Nobody at a till will ask you for it.',
    open: 'Show my vouchers',
    another: 'Use another number, or ask for a new code',
    worth: 'You can spend',
    none: 'There is nothing to spend on this number now.',
    until: (day) => `until ${day}`,
    at: (merchants) => `only at ${merchants}`,
    more: (count) => `and ${count} more`,
    payTitle: 'Pay at a till',
    till: 'Number of the till',
    tillHint: 'It stands at the till, or the cashier knows it.',
    amount: 'Amount in KES',
    amountHint: 'What you pay, such as 70 or 70.50.',
    amountWrong: 'Enter an amount above zero.',
    goOn: 'Go on',
    reviewTitle: 'Is this right?',
    merchant: 'Merchant',
    outlet: 'Outlet',
    sum: 'Amount',
    pay: (amount) => `Pay KES ${amount}`,
    back: 'Back',
    doneTitle: 'Paid',
    doneLead: 'Show this to the cashier.',
    receipt: 'Receipt',
    transaction: 'Transaction',
    when: 'When',
    payMore: 'Pay something else',
    leave: 'Finish',
    problems: 'Please check what you entered',
    footer: 'A voucher is like cash. Keep the code from the SMS to yourself.',
    otherLanguage: 'По-русски',
    ended: 'Your time on this page has ended. Please ask for a new code.',
  },
  ru: {
    title: 'Ваши ваучеры',
    startTitle: 'Потратить ваучеры',
    startLead: 'Введите номер телефона. Если на нём есть ваучеры, мы отправим код в SMS.',
    phone: 'Номер телефона',
    phoneHint: 'Кенийский номер, например 0712 345 678.',
    phoneWrong: 'Введите кенийский номер телефона.',
    sendCode: 'Получить код',
    codeTitle: 'Введите код',
    codeLead: (phone, minutes) =>
      `Если на номере ${phone} есть ваучеры, туда уже идёт код из шести цифр. Он действует ${minutes} мин.`,
    code: 'Код из SMS',
    codeHint: 'На кассе его никто не спрашивает.',
    open: 'Показать ваучеры',
    another: 'Другой номер или новый код',
    worth: 'Можно потратить',
    none: 'На этом номере сейчас нечего тратить.',
    until: (day) => `до ${day}`,
    at: (merchants) => `только в ${merchants}`,
    more: (count) => `и ещё ${count}`,
    payTitle: 'Оплатить на кассе',
    till: 'Номер кассы',
    tillHint: 'Он указан на кассе; его знает кассир.',
    amount: 'Сумма в KES',
    amountHint: 'Сколько вы платите, например 70 или 70.50.',
    amountWrong: 'Введите сумму больше нуля.',
    goOn: 'Дальше',
    reviewTitle: 'Всё верно?',
    merchant: 'Магазин',
    outlet: 'Точка',
    sum: 'Сумма',
    pay: (amount) => `Заплатить ${amount} KES`,
    back: 'Назад',
    doneTitle: 'Оплачено',
    doneLead: 'Покажите это кассиру.',
    receipt: 'Чек',
    transaction: 'Операция',
    when: 'Когда',
    payMore: 'Оплатить ещё',
    leave: 'Завершить',
    problems: 'Проверьте, что вы ввели',
    footer: 'Ваучер – как наличные. Никому не сообщайте код из SMS.',
    otherLanguage: 'In English',
    ended: 'Время на этой странице истекло. Запросите новый код.',
  },
}

type Plain = Readonly<
  Record<
    | 'title'
    | 'startTitle'
    | 'startLead'
    | 'phone'
    | 'phoneHint'
    | 'phoneWrong'
    | 'sendCode'
    | 'codeTitle'
    | 'code'
    | 'codeHint'
    | 'open'
    | 'another'
    | 'worth'
    | 'none'
    | 'payTitle'
    | 'till'
    | 'tillHint'
    | 'amount'
    | 'amountHint'
    | 'amountWrong'
    | 'goOn'
    | 'reviewTitle'
    | 'merchant'
    | 'outlet'
    | 'sum'
    | 'back'
    | 'doneTitle'
    | 'doneLead'
    | 'receipt'
    | 'transaction'
    | 'when'
    | 'payMore'
    | 'leave'
    | 'problems'
    | 'footer'
    | 'otherLanguage'
    | 'ended',
    string
  >
>

export type HolderWords = Plain & {
  readonly codeLead: (phone: string, minutes: number) => string
  readonly until: (day: string) => string
  readonly at: (merchants: string) => string
  readonly more: (count: number) => string
  readonly pay: (amount: string) => string
}
