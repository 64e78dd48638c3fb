import { software } from './data/licences.ts'
import type { Software } from './data/licences.ts'
import { currencyOf, fixedFace, micros } from './local-values.ts'
import { slug } from './product.ts'
import type { DemoProduct } from './product.ts'

/** Each program as a product in dollars for the world and one in euros for the European Union. */
export function listLicences(): DemoProduct[] {
  return software.flatMap((program) => regions.map((region) => licence(program, region)))
}

const regions = [
  { code: 'GLOBAL', currency: currencyOf('USD'), names: { en: 'Global', ru: 'весь мир' } },
  { code: 'EU', currency: currencyOf('EUR'), names: { en: 'European Union', ru: 'Евросоюз' } },
] as const

function licence(program: Software, region: (typeof regions)[number]): DemoProduct {
  const code = `LK-${program.code}-${region.code}`
  const family = slug(program.family) ?? program.code.toLowerCase()
  return {
    code,
    category: program.category,
    brand: { code: family, name: program.family, family: { code: family, name: program.family } },
    type: 'voucher',
    country: undefined,
    names: { en: `${program.name} | ${region.names.en}`, ru: `${program.name} | ${region.names.ru}` },
    descriptions: {
      en: `<p>A licence key for ${program.name}, activated in the maker's account. Platforms: ${program.platform}.</p>`,
      ru: `<p>Лицензионный ключ ${program.name}, активируется в учётной записи производителя. Платформы: ${program.platform}.</p>`,
    },
    attributes: { platform: program.platform, region: region.names.en },
    fields: [],
    skus: program.editions.map(({ devices, validityDays, price }) => {
      const face = fixedFace(region.currency, micros(price))
      return {
        ...face,
        code: `${code}-${devices}-${validityDays ?? 'EVER'}`,
        names: {
          en: `${program.name}, ${english(devices, validityDays)}`,
          ru: `${program.name}, ${russian(devices, validityDays)}`,
        },
        maxPerOrder: 10,
        attributes: {
          ...face.attributes,
          devices,
          ...(validityDays === undefined ? {} : { validity_days: validityDays }),
        },
      }
    }),
  }
}

function english(devices: number, validityDays: number | undefined): string {
  const term = validityDays === undefined ? 'for good' : `${validityDays} days`
  return `${devices} ${devices === 1 ? 'device' : 'devices'}, ${term}`
}

function russian(devices: number, validityDays: number | undefined): string {
  return `устройств: ${devices}, ${validityDays === undefined ? 'бессрочно' : `дней: ${validityDays}`}`
}
