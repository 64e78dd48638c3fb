import type { CategoryAttribute } from '../../catalogue/catalogue.ts'
import type { Translations } from '../../../values/locale.ts'

export type DemoCategory = {
  readonly code: string
  readonly names: Translations
  readonly attributes: readonly CategoryAttribute[]
  readonly children: readonly { readonly code: string; readonly names: Translations }[]
}

const denomination: readonly CategoryAttribute[] = [
  { code: 'denomination', names: { en: 'Denomination', ru: 'Номинал' }, type: 'text', target: 'sku' },
  {
    code: 'denomination_currency',
    names: { en: 'Denomination currency', ru: 'Валюта номинала' },
    type: 'text',
    target: 'sku',
  },
]

const validity: CategoryAttribute = {
  code: 'validity_days',
  names: { en: 'Validity, days', ru: 'Срок действия, дней' },
  type: 'number',
  target: 'sku',
}
const data: CategoryAttribute = {
  code: 'data_gb',
  names: { en: 'Data, GB', ru: 'Трафик, ГБ' },
  type: 'number',
  target: 'sku',
}
const region: CategoryAttribute = {
  code: 'region',
  names: { en: 'Region', ru: 'Регион' },
  type: 'text',
  target: 'product',
}
const operator: readonly CategoryAttribute[] = [
  { code: 'operator', names: { en: 'Operator', ru: 'Оператор' }, type: 'text', target: 'product' },
  { code: 'mcc_mnc', names: { en: 'Network codes', ru: 'Коды сети' }, type: 'text', target: 'product' },
]
const service: CategoryAttribute = {
  code: 'service_type',
  names: { en: 'Service type', ru: 'Тип услуги' },
  type: 'select',
  target: 'product',
}
/** Which row of the sandbox's table a SKU of the brand "Sandbox Outcomes" plays. */
const outcome: CategoryAttribute = {
  code: 'sandbox_outcome',
  names: { en: 'Sandbox outcome', ru: 'Исход в песочнице' },
  type: 'text',
  target: 'sku',
}

/** The top level is what every dialect can name; a child shares its parent's attributes. */
export const categories: readonly DemoCategory[] = [
  {
    code: 'giftcard',
    names: { en: 'Gift cards', ru: 'Подарочные карты' },
    attributes: [
      {
        code: 'digital_acceptance',
        names: { en: 'Accepted', ru: 'Где принимается' },
        type: 'select',
        target: 'product',
      },
      region,
      ...denomination,
      outcome,
    ],
    children: [
      {
        code: 'app-stores',
        names: { en: 'App Stores & Subscriptions', ru: 'Магазины приложений и подписки' },
      },
      {
        code: 'e-commerce-online-shopping',
        names: { en: 'E-Commerce & Online Shopping', ru: 'Онлайн-покупки' },
      },
      { code: 'electronics-gadgets', names: { en: 'Electronics & Gadgets', ru: 'Электроника' } },
      {
        code: 'fashion-beauty-lifestyle',
        names: { en: 'Fashion, Beauty & Lifestyle', ru: 'Мода, красота и стиль' },
      },
      { code: 'home-garden', names: { en: 'Home & Garden', ru: 'Дом и сад' } },
      { code: 'entertainment', names: { en: 'Music, Film & Streaming', ru: 'Музыка, кино и стриминг' } },
      { code: 'gaming', names: { en: 'Gaming', ru: 'Игры' } },
      { code: 'food-beverage', names: { en: 'Food & Beverage', ru: 'Еда и напитки' } },
      { code: 'groceries', names: { en: 'Supermarkets & Groceries', ru: 'Супермаркеты и продукты' } },
      { code: 'travel-mobility', names: { en: 'Travel & Mobility', ru: 'Путешествия и поездки' } },
      { code: 'prepaid-cards', names: { en: 'Prepaid Payment Cards', ru: 'Предоплаченные карты' } },
    ],
  },
  {
    code: 'airtime',
    names: { en: 'Airtime', ru: 'Пополнение мобильного' },
    attributes: [...operator, ...denomination],
    children: [],
  },
  {
    code: 'data-bundle',
    names: { en: 'Data bundles', ru: 'Пакеты интернета' },
    attributes: [...operator, data, validity, ...denomination],
    children: [],
  },
  {
    code: 'esim',
    names: { en: 'eSIM', ru: 'eSIM' },
    attributes: [
      { code: 'coverage', names: { en: 'Coverage', ru: 'Покрытие' }, type: 'text', target: 'product' },
      region,
      data,
      validity,
      ...denomination,
      outcome,
    ],
    children: [
      { code: 'esim-country', names: { en: 'One country', ru: 'Одна страна' } },
      { code: 'esim-region', names: { en: 'Several countries', ru: 'Несколько стран' } },
    ],
  },
  {
    code: 'utility',
    names: { en: 'Utilities', ru: 'Коммунальные услуги' },
    attributes: [service, ...denomination],
    children: [
      { code: 'electricity', names: { en: 'Electricity', ru: 'Электроэнергия' } },
      { code: 'water', names: { en: 'Water', ru: 'Вода' } },
      { code: 'internet', names: { en: 'Home Internet', ru: 'Домашний интернет' } },
    ],
  },
  {
    code: 'cable-tv',
    names: { en: 'Cable and satellite TV', ru: 'Кабельное и спутниковое ТВ' },
    attributes: [
      service,
      { code: 'package', names: { en: 'Package', ru: 'Пакет' }, type: 'text', target: 'sku' },
      validity,
      ...denomination,
    ],
    children: [],
  },
  {
    code: 'licence',
    names: { en: 'Licence keys', ru: 'Лицензионные ключи' },
    attributes: [
      { code: 'platform', names: { en: 'Platform', ru: 'Платформа' }, type: 'text', target: 'product' },
      region,
      { code: 'devices', names: { en: 'Devices', ru: 'Устройства' }, type: 'number', target: 'sku' },
      validity,
      ...denomination,
      outcome,
    ],
    children: [
      { code: 'security', names: { en: 'Security & VPN', ru: 'Безопасность и VPN' } },
      { code: 'productivity', names: { en: 'Office & Productivity', ru: 'Офис и работа' } },
      { code: 'creative', names: { en: 'Design & Media', ru: 'Дизайн и медиа' } },
    ],
  },
]
