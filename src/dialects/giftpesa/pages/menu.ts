import type { Till } from '../../../core/merchants/merchant.ts'
import type { Redemption } from '../../../core/redemptions/redemption.ts'
import type { Locale } from '../../../values/locale.ts'
import type { Micros } from '../../../values/money.ts'
import { dayOf, shillings } from './words.ts'

/** What the menu of a telephone company says, screen by screen; each fits the 182 characters of one. */
export const menuTexts: Readonly<Record<Locale, MenuTexts>> = {
  en: {
    start: 'Your vouchers\n1. What I can spend\n2. Pay at a till\n3. Enter my code',
    balance: (worth, count, firstEnd) =>
      count === 0
        ? 'There is nothing to spend on this number.'
        : `You can spend KES ${shillings(worth)} of ${count} ${count === 1 ? 'voucher' : 'vouchers'}.` +
          (firstEnd === undefined ? '' : ` The first ends on ${dayOf(firstEnd, 'en')}.`),
    askTill: 'Enter the number of the till:',
    askAmount: (till) => `${placeOf(till)}\nEnter the amount in KES:`,
    confirm: (till, amount) => `Pay KES ${shillings(amount)} at ${placeOf(till)}?\n1. Yes\n2. No`,
    codeSent: 'We send you a code by SMS. Enter it here, or dial again and choose 3:',
    askCode: 'Enter the code that we sent you:',
    paid: ({ receipt, transactionCode, amount, merchantName }) =>
      `Paid KES ${shillings(amount)} at ${short(merchantName ?? '')}. Receipt ${receipt}, transaction ${transactionCode}.`,
    declined: 'Nothing was paid.',
    badAmount: 'That is no amount. Nothing was paid.',
    unknown: 'There is no such choice. Please dial again.',
    foreign: 'Vouchers are for Kenyan numbers.',
  },
  ru: {
    start: 'Ваши ваучеры\n1. Сколько можно потратить\n2. Оплатить на кассе\n3. Ввести код',
    balance: (worth, count, firstEnd) =>
      count === 0
        ? 'На этом номере нечего тратить.'
        : `Можно потратить ${shillings(worth)} KES, ваучеров: ${count}.` +
          (firstEnd === undefined ? '' : ` Первый истекает ${dayOf(firstEnd, 'ru')}.`),
    askTill: 'Введите номер кассы:',
    askAmount: (till) => `${placeOf(till)}\nВведите сумму в KES:`,
    confirm: (till, amount) => `Заплатить ${shillings(amount)} KES: ${placeOf(till)}?\n1. Да\n2. Нет`,
    codeSent: 'Мы отправляем код в SMS. Введите его здесь или наберите снова и выберите 3:',
    askCode: 'Введите код из SMS:',
    paid: ({ receipt, transactionCode, amount, merchantName }) =>
      `Оплачено ${shillings(amount)} KES: ${short(merchantName ?? '')}. Чек ${receipt}, операция ${transactionCode}.`,
    declined: 'Ничего не списано.',
    badAmount: 'Это не сумма. Ничего не списано.',
    unknown: 'Такого пункта нет. Наберите снова.',
    foreign: 'Ваучеры действуют для кенийских номеров.',
  },
}

type MenuTexts = {
  readonly start: string
  readonly balance: (worth: Micros, count: number, firstEnd: Date | undefined) => string
  readonly askTill: string
  readonly askAmount: (till: Till) => string
  readonly confirm: (till: Till, amount: Micros) => string
  readonly codeSent: string
  readonly askCode: string
  readonly paid: (redemption: Redemption) => string
  readonly declined: string
  readonly badAmount: string
  readonly unknown: string
  readonly foreign: string
}

function placeOf({ merchant, name }: Till): string {
  return `${short(merchant.name)} - ${short(name)}`
}

/** Names may be longer than a screen. */
function short(name: string): string {
  return name.length <= 30 ? name : `${name.slice(0, 29)}…`
}
