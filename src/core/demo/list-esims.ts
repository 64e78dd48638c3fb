import type { Translations } from '../../values/locale.ts'
import { esimCountries, esimPlans, esimRegions } from './data/esims.ts'
import { findPlace } from './find-places.ts'
import { currencyOf, fixedFace, micros } from './local-values.ts'
import type { DemoBrand, DemoProduct } from './product.ts'

const brand: DemoBrand = {
  code: 'travel-esim',
  name: 'Travel eSIM',
  family: { code: 'travel-esim', name: 'Travel eSIM' },
}

/** Travel eSIMs: one product for a country or a region, its plans as SKUs, priced in US dollars. */
export function listEsims(): DemoProduct[] {
  return [
    ...esimCountries.flatMap(({ factor, codes }) =>
      codes.map((code) =>
        esim({ code, category: 'esim-country', names: findPlace(code).names, coverage: [code], factor }),
      ),
    ),
    ...esimRegions.map(({ code, names, codes, factor }) =>
      esim({ code, category: 'esim-region', names, coverage: codes, factor }),
    ),
  ]
}

type Destination = {
  readonly code: string
  readonly category: string
  readonly names: Translations
  readonly coverage: readonly string[]
  readonly factor: number
}

function esim({ code, category, names, coverage, factor }: Destination): DemoProduct {
  const ru = names.ru ?? names.en
  return {
    code: `ES-${code}`,
    category,
    brand,
    type: 'esim',
    country: category === 'esim-country' ? code : undefined,
    names: { en: `eSIM ${names.en}`, ru: `eSIM ${ru}` },
    descriptions: {
      en: '<p>Scan the QR code before the journey; the plan starts with the first connection. Data only, hotspot allowed.</p>',
      ru: '<p>Отсканируйте QR-код до поездки; пакет начинает действовать при первом подключении. Только интернет, раздача разрешена.</p>',
    },
    attributes: { coverage: coverage.join(','), region: names.en },
    fields: [],
    skus: esimPlans.map(({ dataGb, validityDays, usd }) => {
      const face = fixedFace(currencyOf('USD'), micros(Math.round(usd * factor * 2) / 2))
      return {
        ...face,
        code: `ES-${code}-${dataGb}GB-${validityDays}D`,
        names: {
          en: `${dataGb}GB ${names.en} Data, ${validityDays} days`,
          ru: `${ru}: ${dataGb} ГБ на ${validityDays} дн.`,
        },
        maxPerOrder: 10,
        attributes: { ...face.attributes, data_gb: dataGb, validity_days: validityDays },
      }
    }),
  }
}
