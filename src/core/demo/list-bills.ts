import type { ProductField } from '../catalogue/catalogue.ts'
import { televisionBillers, utilityBillers } from './data/bills.ts'
import type { Biller, TelevisionBiller, UtilityBiller } from './data/bills.ts'
import { findPlace } from './find-places.ts'
import { fixedFace, micros, printFace, rangeFace } from './local-values.ts'
import { phoneField, slug } from './product.ts'
import type { DemoProduct } from './product.ts'

/** A product for each service of each biller: power and water paid before or after, of any amount. */
export function listUtilities(): DemoProduct[] {
  return utilityBillers.flatMap((biller) => biller.services.map((service) => utility(biller, service)))
}

/** A product for each television provider in a country, its packages as SKUs. */
export function listTelevision(): DemoProduct[] {
  return televisionBillers.map(television)
}

const services = {
  PREPAID: { en: 'prepaid', ru: 'предоплата' },
  POSTPAID: { en: 'postpaid', ru: 'оплата по счёту' },
} as const

function utility(biller: UtilityBiller, service: 'PREPAID' | 'POSTPAID'): DemoProduct {
  const place = findPlace(biller.country)
  const code = `${biller.code}-${service}`
  const [least, most] = [micros(biller.range[0]), micros(biller.range[1])]
  const limits = { from: printFace(place.currency, least), to: printFace(place.currency, most) }
  const family = biller.code.toLowerCase()
  return {
    code,
    category: biller.category,
    brand: { code: family, name: biller.name, family: { code: family, name: biller.name } },
    type: 'recharge',
    country: biller.country,
    names: {
      en: `${biller.name}, ${services[service].en} | ${place.names.en}`,
      ru: `${biller.name}, ${services[service].ru} | ${place.names.ru ?? place.names.en}`,
    },
    descriptions: service === 'PREPAID' ? prepaidText : postpaidText,
    attributes: { service_type: service },
    fields: [accountField(biller), phoneOf(biller)],
    skus: [
      {
        ...rangeFace(place.currency, { least, most }),
        code,
        names: {
          en: `${biller.name} ${services[service].en}, ${limits.from} to ${limits.to}`,
          ru: `${biller.name} (${services[service].ru}), от ${limits.from} до ${limits.to}`,
        },
        maxPerOrder: 1,
      },
    ],
  }
}

function television(biller: TelevisionBiller): DemoProduct {
  const place = findPlace(biller.country)
  const code = `TV-${biller.code}-${biller.country}`
  const family = biller.code.toLowerCase()
  return {
    code,
    category: 'cable-tv',
    brand: {
      code: `${family}-${slug(place.names.en) ?? biller.country.toLowerCase()}`,
      name: `${biller.name} ${place.names.en}`,
      family: { code: family, name: biller.name },
    },
    type: 'recharge_fixed',
    country: biller.country,
    names: {
      en: `${biller.name} | ${place.names.en}`,
      ru: `${biller.name} | ${place.names.ru ?? place.names.en}`,
    },
    descriptions: {
      en: '<p>A month of the package. Keep the decoder switched on while it is renewed.</p>',
      ru: '<p>Пакет на месяц. Не выключайте приставку во время продления.</p>',
    },
    attributes: { service_type: 'SUBSCRIPTION' },
    fields: [accountField(biller)],
    skus: biller.packages.map((bouquet) => {
      const face = fixedFace(place.currency, micros(bouquet.price))
      return {
        ...face,
        code: `${code}-${bouquet.code}`,
        names: {
          en: `${biller.name} ${bouquet.name}, 1 month`,
          ru: `${biller.name} ${bouquet.name}, 1 месяц`,
        },
        maxPerOrder: 1,
        attributes: { ...face.attributes, package: bouquet.name, validity_days: 30 },
      }
    }),
  }
}

const prepaidText = {
  en: '<p>The account is credited at once; where the meter takes a token, it is delivered with the order.</p>',
  ru: '<p>Счёт пополняется сразу; если счётчику нужен токен, он приходит вместе с заказом.</p>',
}

const postpaidText = {
  en: '<p>The payment reaches the account within a working day. Check the account number before you pay.</p>',
  ru: '<p>Платёж поступает на счёт в течение рабочего дня. Проверьте номер счёта перед оплатой.</p>',
}

function accountField(biller: Biller): ProductField {
  return {
    code: 'account',
    name: biller.account.name,
    type: 'text',
    required: true,
    pattern: biller.account.pattern,
  }
}

/** Some billers send the token to the customer's phone and insist on a number. */
function phoneOf(biller: UtilityBiller): ProductField {
  return { ...phoneField, name: 'Customer phone number', required: biller.needsPhone }
}
