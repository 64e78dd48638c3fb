import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import type { CatalogueInput, SkuInput } from '../core/catalogue/input.ts'
import { productTypes } from '../core/catalogue/catalogue.ts'
import { Failure } from '../values/failure.ts'
import { parseJson } from '../values/json.ts'
import { parseAmount } from '../values/money.ts'
import type { Micros } from '../values/money.ts'

const texts = Type.Object({ en: Type.String(), ru: Type.Optional(Type.String()) })
const optionalText = Type.Optional(Type.String())
const optionalTexts = Type.Optional(texts)
const optionalNumber = Type.Optional(Type.Number())
const attributes = Type.Optional(
  Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
)

const attribute = Type.Object({
  code: Type.String(),
  names: texts,
  type: Type.Enum(['text', 'number', 'boolean', 'select']),
  target: Type.Enum(['product', 'sku']),
})

const field = Type.Object({
  code: Type.String(),
  name: Type.String(),
  type: Type.Enum(['text', 'number', 'phone', 'email', 'select']),
  required: Type.Boolean(),
  min: optionalNumber,
  max: optionalNumber,
  pattern: optionalText,
  options: Type.Optional(Type.Array(Type.String())),
})

/** As `CatalogueInput`, but face values are decimals as text ("10.00"), of which a JSON number would lose digits. */
const catalogueFile = Type.Object(
  {
    currencies: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          numericCode: Type.Integer(),
          decimals: Type.Integer(),
          names: texts,
        }),
      ),
    ),
    countries: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          code3: Type.String(),
          names: texts,
          currency: optionalText,
          dialCode: optionalText,
        }),
      ),
    ),
    categories: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          parent: optionalText,
          names: texts,
          sort: optionalNumber,
          attributes: Type.Optional(Type.Array(attribute)),
        }),
      ),
    ),
    families: Type.Optional(Type.Array(Type.Object({ code: Type.String(), names: texts }))),
    brands: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          family: optionalText,
          names: texts,
          image: optionalText,
          redeemUrl: optionalText,
        }),
      ),
    ),
    products: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          category: Type.String(),
          brand: Type.String(),
          type: Type.Enum([...productTypes]),
          country: optionalText,
          names: texts,
          descriptions: optionalTexts,
          image: optionalText,
          attributes,
          fields: Type.Optional(Type.Array(field)),
          active: Type.Optional(Type.Boolean()),
        }),
      ),
    ),
    skus: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String(),
          product: Type.String(),
          names: texts,
          currency: Type.String(),
          faceValue: optionalText,
          leastValue: optionalText,
          mostValue: optionalText,
          maxPerOrder: Type.Optional(Type.Integer()),
          image: optionalText,
          attributes,
          active: Type.Optional(Type.Boolean()),
        }),
      ),
    ),
  },
  { additionalProperties: false },
)

/** Reads a catalogue out of a JSON file. Throws Failure invalid_file, which says what is wrong and where. */
export async function readCatalogueFile(path: string): Promise<CatalogueInput> {
  const text = await readFile(path, 'utf8').catch((error: unknown) =>
    refuse(path, `cannot be read (${reasonOf(error)})`),
  )
  return parseCatalogue(path, text)
}

/** The same of a text that was such a file; `path` is what it is called. Throws Failure invalid_file. */
export function parseCatalogue(path: string, text: string): CatalogueInput {
  const given = parse(path, text)
  if (!Value.Check(catalogueFile, given)) {
    const [first] = Value.Errors(catalogueFile, given)
    return refuse(
      path,
      `is no catalogue: ${first === undefined ? 'it has another shape' : `${first.instancePath || 'the whole'} ${first.message}`}`,
    )
  }
  const { skus, ...rest } = given
  return { ...rest, ...(skus === undefined ? {} : { skus: skus.map((sku) => toSku(path, sku)) }) }
}

type GivenSku = NonNullable<Static<typeof catalogueFile>['skus']>[number]

function toSku(path: string, { faceValue, leastValue, mostValue, ...sku }: GivenSku): SkuInput {
  const read = (text: string): Micros =>
    parseAmount(text) ?? refuse(path, `has "${text}" as a value of SKU ${sku.code}, which is no amount`)
  if (faceValue !== undefined && leastValue === undefined && mostValue === undefined)
    return { ...sku, denomination: { kind: 'fixed', value: read(faceValue) } }
  if (faceValue === undefined && leastValue !== undefined && mostValue !== undefined) {
    return { ...sku, denomination: { kind: 'range', least: read(leastValue), most: read(mostValue) } }
  }
  return refuse(path, `must give SKU ${sku.code} either faceValue, or leastValue and mostValue`)
}

function parse(path: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    return refuse(path, `is not valid JSON (${reasonOf(error)})`)
  }
}

function refuse(path: string, what: string): never {
  throw new Failure('invalid_file', { sentence: `The file ${path} ${what}.` })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}
