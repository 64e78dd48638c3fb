import { printAmount } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import {
  dataBundles,
  dataOperatorsPerMarket,
  mainMarkets,
  topUpsByCountry,
  topUpsInUsd,
} from './data/airtime.ts'
import { findPlace } from './find-places.ts'
import { listOperators } from './list-operators.ts'
import type { DemoOperator } from './list-operators.ts'
import { fixedFace, localRange, localValues, micros, printFace, rangeFace } from './local-values.ts'
import { phoneField } from './product.ts'
import type { DemoProduct } from './product.ts'

/** For each operator a product of fixed top-ups and one of any amount. */
export function listAirtime(): DemoProduct[] {
  return listOperators().flatMap((operator) => [fixedTopUps(operator), openTopUp(operator)])
}

/** Data bundles of the largest operators of the main markets. */
export function listDataBundles(): DemoProduct[] {
  const byCountry = Map.groupBy(listOperators(), ({ country }) => country)
  return mainMarkets.flatMap((country) =>
    (byCountry.get(country) ?? []).slice(0, dataOperatorsPerMarket).map(bundlesOf),
  )
}

function fixedTopUps(operator: DemoOperator): DemoProduct {
  const place = findPlace(operator.country)
  const code = `AT-${operator.code}-${operator.country}`
  return {
    ...common(operator),
    code,
    category: 'airtime',
    type: 'recharge_fixed',
    names: {
      en: `${operator.brand.name} Airtime`,
      ru: `Пополнение ${operator.name} | ${place.names.ru ?? place.names.en}`,
    },
    skus: valuesIn(operator.country, place.currency).map((value) => ({
      ...fixedFace(place.currency, value),
      code: `${code}-${printAmount(value)}`,
      names: {
        en: `${printFace(place.currency, value)} ${operator.name} Airtime`,
        ru: `Пополнение ${operator.name}, ${printFace(place.currency, value)}`,
      },
      maxPerOrder: 1,
    })),
  }
}

function openTopUp(operator: DemoOperator): DemoProduct {
  const place = findPlace(operator.country)
  const code = `AT-${operator.code}-${operator.country}-ANY`
  const range = rangeIn(operator.country, place.currency)
  return {
    ...common(operator),
    code,
    category: 'airtime',
    type: 'recharge',
    names: {
      en: `${operator.brand.name} Airtime, any amount`,
      ru: `Пополнение ${operator.name} на любую сумму | ${place.names.ru ?? place.names.en}`,
    },
    skus: [
      {
        ...rangeFace(place.currency, range),
        code,
        names: {
          en: `${operator.name} Airtime, ${printFace(place.currency, range.least)} to ${printFace(place.currency, range.most)}`,
          ru: `Пополнение ${operator.name}, от ${printFace(place.currency, range.least)} до ${printFace(place.currency, range.most)}`,
        },
        maxPerOrder: 1,
      },
    ],
  }
}

function bundlesOf(operator: DemoOperator): DemoProduct {
  const place = findPlace(operator.country)
  const code = `DB-${operator.code}-${operator.country}`
  return {
    ...common(operator),
    code,
    category: 'data-bundle',
    type: 'recharge_fixed',
    names: {
      en: `${operator.brand.name} Data`,
      ru: `Интернет-пакеты ${operator.name} | ${place.names.ru ?? place.names.en}`,
    },
    skus: dataBundles.map(({ dataGb, validityDays, usd }) => {
      const face = fixedFace(place.currency, localValues(place.currency, [usd])[0] ?? 0n)
      return {
        ...face,
        code: `${code}-${dataGb}GB-${validityDays}D`,
        names: {
          en: `${operator.name} Data ${dataGb} GB, ${validityDays} ${validityDays === 1 ? 'day' : 'days'}`,
          ru: `Интернет ${operator.name}, ${dataGb} ГБ на ${validityDays} дн.`,
        },
        maxPerOrder: 1,
        attributes: { ...face.attributes, data_gb: dataGb, validity_days: validityDays },
      }
    }),
  }
}

function valuesIn(country: string, currency: Currency): readonly Micros[] {
  return topUpsByCountry[country]?.values.map(micros) ?? localValues(currency, topUpsInUsd.values)
}

function rangeIn(country: string, currency: Currency): { least: Micros; most: Micros } {
  const own = topUpsByCountry[country]?.range
  return own === undefined
    ? localRange(currency, topUpsInUsd.range)
    : { least: micros(own[0]), most: micros(own[1]) }
}

function common(
  operator: DemoOperator,
): Pick<DemoProduct, 'brand' | 'country' | 'descriptions' | 'attributes' | 'fields'> {
  return {
    brand: operator.brand,
    country: operator.country,
    descriptions: {
      en: '<p>The phone is credited within seconds. Check the number: a top-up cannot be taken back.</p>',
      ru: '<p>Телефон пополняется за несколько секунд. Проверьте номер: отменить пополнение нельзя.</p>',
    },
    attributes: { operator: operator.name, mcc_mnc: operator.networks },
    fields: [phoneField],
  }
}
