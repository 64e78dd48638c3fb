import type { FailureCode } from '../../../values/failure.ts'
import type { Locale } from '../../../values/locale.ts'
import { printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** "1,060.50": with both cents where there are any. */
export function shillings(amount: Micros): string {
  const [whole = '0', fraction = ''] = printAmount(amount).split('.')
  return `${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${/^0*$/.test(fraction) ? '' : `.${fraction.padEnd(2, '0')}`}`
}

/** "5 Jan 2027", by the calendar of Nairobi: the last day on which something is worth anything. */
export function dayOf(instant: Date, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru-RU' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'Africa/Nairobi',
  })
  return format.format(instant)
}

/** "27 Nov 2026, 04:10", by the clocks of Nairobi. */
export function momentOf(instant: Date, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru-RU' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'Africa/Nairobi',
  })
  return format.format(instant)
}

/** What goes wrong where a telephone's owner acts for himself, in his words. */
export const failureWords: Readonly<Partial<Record<FailureCode, Readonly<Record<Locale, string>>>>> = {
  till_not_found: { en: 'There is no till with this number.', ru: 'Кассы с таким номером нет.' },
  voucher_balance_insufficient: {
    en: 'Your vouchers are not worth that much there.',
    ru: 'На ваших ваучерах для этой кассы нет такой суммы.',
  },
  too_many_failures: {
    en: 'That was tried too often. Please try again in an hour.',
    ru: 'Слишком много попыток. Попробуйте снова через час.',
  },
  one_time_code_wrong: {
    en: 'The code is wrong, or has ended.',
    ru: 'Код неверен или уже не действует.',
  },
  external_id_conflict: {
    en: 'This page was used for another payment. Please begin again.',
    ru: 'С этой страницы уже был другой платёж. Пожалуйста, начните заново.',
  },
}
