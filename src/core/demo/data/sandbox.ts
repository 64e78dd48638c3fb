import type { Translations } from '../../../values/locale.ts'

/** What can be provoked where there is no recipient's account whose last digits could ask for it: a SKU each. */
export const sandboxOutcomes: readonly { readonly code: string; readonly names: Translations }[] = [
  { code: 'success-at-once', names: { en: 'Success at once', ru: 'Успех сразу' } },
  { code: 'pending-success', names: { en: 'Pending, then success', ru: 'В обработке, затем успех' } },
  { code: 'pending-failure', names: { en: 'Pending, then failure', ru: 'В обработке, затем отказ' } },
  { code: 'invalid-recipient', names: { en: 'Invalid recipient', ru: 'Неверный получатель' } },
  { code: 'operator-unavailable', names: { en: 'Operator unavailable', ru: 'Оператор недоступен' } },
  { code: 'timeout-after', names: { en: 'Time-out after delivery', ru: 'Тайм-аут после выдачи' } },
  { code: 'timeout-before', names: { en: 'Time-out before delivery', ru: 'Тайм-аут до выдачи' } },
  { code: 'pending-for-ever', names: { en: 'Pending for ever', ru: 'Всегда в обработке' } },
  { code: 'account-not-found', names: { en: 'Account not found', ru: 'Счёт не найден' } },
  { code: 'partial', names: { en: 'Two of three codes', ru: 'Два кода из трёх' } },
  { code: 'out-of-stock', names: { en: 'Out of stock', ru: 'Нет в наличии' } },
]
