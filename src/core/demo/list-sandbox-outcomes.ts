import { sandboxOutcomes } from './data/sandbox.ts'
import { currencyOf, fixedFace, micros } from './local-values.ts'
import type { DemoBrand, DemoProduct } from './product.ts'

const brand: DemoBrand = {
  code: 'sandbox-outcomes',
  name: 'Sandbox Outcomes',
  family: { code: 'sandbox-outcomes', name: 'Sandbox Outcomes' },
}

/** For every kind of goods without a recipient's account: a product whose SKUs each end in one outcome. */
export function listSandboxOutcomes(): DemoProduct[] {
  return kinds.map(({ code, category, type, names }) => ({
    code: `SANDBOX-${code}`,
    category,
    brand,
    type,
    country: undefined,
    names: { en: `Sandbox Outcomes, ${names.en}`, ru: `Исходы песочницы, ${names.ru}` },
    descriptions: {
      en: '<p>For tests: each SKU ends as its name says. Nothing real is delivered.</p>',
      ru: '<p>Для проверки: каждый вариант заканчивается так, как назван. Ничего настоящего не выдаётся.</p>',
    },
    attributes: {},
    fields: [],
    skus: sandboxOutcomes.map((outcome) => {
      const face = fixedFace(currencyOf('USD'), micros(1))
      return {
        ...face,
        code: `SANDBOX-${code}-${outcome.code.toUpperCase()}`,
        names: {
          en: `${outcome.names.en} (${names.en})`,
          ru: `${outcome.names.ru ?? outcome.names.en} (${names.ru})`,
        },
        maxPerOrder: 10,
        attributes: { ...face.attributes, sandbox_outcome: outcome.code },
      }
    }),
  }))
}

const kinds = [
  {
    code: 'GIFTCARD',
    category: 'giftcard',
    type: 'voucher',
    names: { en: 'gift card', ru: 'подарочная карта' },
  },
  {
    code: 'LICENCE',
    category: 'licence',
    type: 'voucher',
    names: { en: 'licence key', ru: 'лицензионный ключ' },
  },
  { code: 'ESIM', category: 'esim', type: 'esim', names: { en: 'eSIM', ru: 'eSIM' } },
] as const
