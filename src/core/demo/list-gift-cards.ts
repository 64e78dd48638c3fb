import type { Translations } from '../../values/locale.ts'
import { findPlace, shortCode } from './find-places.ts'
import { giftCardBrands } from './data/gift-cards.ts'
import type { GiftCardBrand } from './data/gift-cards.ts'
import { fixedFace, localRange, localValues, printFace, rangeFace } from './local-values.ts'
import { slug } from './product.ts'
import type { DemoBrand, DemoProduct } from './product.ts'
import { printAmount } from '../../values/money.ts'

/** Every brand's cards in each of its countries: one product of fixed cards, and one of any amount where the brand sells that. */
export function listGiftCards(): DemoProduct[] {
  return giftCardBrands.flatMap((brand) =>
    brand.markets.flatMap((country) => [
      fixedCards(brand, country),
      ...(brand.range === undefined ? [] : [openCard(brand, country, brand.range)]),
    ]),
  )
}

function fixedCards(brand: GiftCardBrand, country: string): DemoProduct {
  const place = findPlace(country)
  const code = `GC-${brand.code}-${country}`
  return {
    ...common(brand, country),
    code,
    type: 'voucher',
    names: {
      en: `${brand.name} Gift Card | ${place.names.en}`,
      ru: `Подарочная карта ${brand.name} | ${place.names.ru ?? place.names.en}`,
    },
    skus: localValues(place.currency, brand.steps).map((value) => ({
      ...fixedFace(place.currency, value),
      code: `${code}-${printAmount(value)}`,
      names: {
        en: `${printFace(place.currency, value)} ${brand.name} Gift Card`,
        ru: `Подарочная карта ${brand.name}, ${printFace(place.currency, value)}`,
      },
      maxPerOrder: 20,
    })),
  }
}

function openCard(brand: GiftCardBrand, country: string, usd: readonly [number, number]): DemoProduct {
  const place = findPlace(country)
  const code = `GC-${brand.code}-${country}-ANY`
  const range = localRange(place.currency, usd)
  const limits = [printFace(place.currency, range.least), printFace(place.currency, range.most)] as const
  return {
    ...common(brand, country),
    code,
    type: 'voucher_open_range',
    names: {
      en: `${brand.name} Gift Card, any amount | ${place.names.en}`,
      ru: `Подарочная карта ${brand.name} на любую сумму | ${place.names.ru ?? place.names.en}`,
    },
    skus: [
      {
        ...rangeFace(place.currency, range),
        code,
        names: {
          en: `${brand.name} Gift Card, ${limits[0]} to ${limits[1]}`,
          ru: `Подарочная карта ${brand.name}, от ${limits[0]} до ${limits[1]}`,
        },
        maxPerOrder: 20,
      },
    ],
  }
}

function common(
  brand: GiftCardBrand,
  country: string,
): Pick<DemoProduct, 'category' | 'brand' | 'country' | 'descriptions' | 'attributes' | 'fields'> {
  return {
    category: brand.category,
    brand: brandIn(brand, country),
    country,
    descriptions: describe(brand),
    attributes: { digital_acceptance: brand.accepted, region: country },
    fields: [],
  }
}

function brandIn(brand: GiftCardBrand, country: string): DemoBrand {
  const family = slug(brand.name) ?? brand.code.toLowerCase()
  return {
    code: `${family}-${shortCode(country)}`,
    name: `${brand.name} ${shortCode(country).toUpperCase()}`,
    family: { code: family, name: brand.name },
    redeemUrl: brand.redeemUrl,
  }
}

function describe(brand: GiftCardBrand): Translations {
  const where = acceptance[brand.accepted]
  return {
    en: `<p>${escapeHtml(`A gift card of ${brand.name}.`)} ${where.en} The code is delivered at once and cannot be returned.</p>`,
    ru: `<p>${escapeHtml(`Подарочная карта ${brand.name}.`)} ${where.ru} Код приходит сразу и возврату не подлежит.</p>`,
  }
}

const acceptance = {
  online: {
    en: 'It is redeemed online, in an account of the same country.',
    ru: 'Активируется онлайн в учётной записи той же страны.',
  },
  in_store: {
    en: 'It is shown at the till, printed or on a phone.',
    ru: 'Предъявляется на кассе, на бумаге или на экране телефона.',
  },
  online_and_in_store: {
    en: 'It is accepted online and in stores of the country.',
    ru: 'Принимается онлайн и в магазинах страны.',
  },
} as const

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
