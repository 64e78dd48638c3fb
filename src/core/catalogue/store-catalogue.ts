import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { cleanHtml } from '../../platform/html.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { locales } from '../../values/locale.ts'
import type { Translations } from '../../values/locale.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import {
  insertCategories,
  lockCatalogue,
  replaceAttributes,
  selectCategoryParents,
  selectStocked,
  selectUnknownCodes,
  updateCategories,
  withoutNestedLoops,
  writeBrands,
  writeCountries,
  writeCurrencies,
  writeFamilies,
  writeProducts,
  writeSkus,
} from './catalogue-writes.sql.ts'
import type { Referable, StockedSku, Written } from './catalogue-writes.sql.ts'
import type { CatalogueInput, CategoryInput, ProductInput, StoredCounts } from './input.ts'
import { findProblems } from './validation.ts'

/**
 * Stores a catalogue, or a part of one, a few statements for all of it: what has a new code is made, what has a known one becomes as
 * given and keeps its id and number. Processes are told if anything changed. Throws Failure validation_failed, which names what is
 * wrong (an unknown code, one that stands there twice, an impossible value); the transaction must then be rolled back.
 */
export async function storeCatalogue(tx: Tx, input: CatalogueInput): Promise<StoredCounts> {
  refuse(findProblems(input))
  await lockCatalogue(tx)
  const concerned = {
    productCodes: (input.products ?? []).map(({ code }) => code),
    skuCodes: (input.skus ?? []).map(({ code }) => code),
  }
  const before = await selectStocked(tx, concerned)
  const written = await withoutNestedLoops(tx, () => writeAll(tx, input)).catch((error: unknown) => {
    throw toFailure(error)
  })
  if (before.length > 0) refuse(changesUnderCodes(before, await selectStocked(tx, concerned)))
  const created = written.reduce((sum, counts) => sum + counts.created, 0)
  const updated = written.reduce((sum, counts) => sum + counts.updated, 0)
  if (created + updated > 0) await announceCatalogueChange(tx)
  const given = Object.values(input).reduce((sum, entries) => sum + (entries?.length ?? 0), 0)
  return { created, updated, unchanged: given - created - updated }
}

/**
 * A code is recognised within its brand, for ever: under another one the same file could be imported, and sold, a second time. And what lies in
 * the stock is worth what it was bought as.
 */
function changesUnderCodes(before: readonly StockedSku[], after: readonly StockedSku[]): FieldProblem[] {
  const now = new Map(after.map((sku) => [sku.code, sku]))
  return before.flatMap(({ code, brandId, worth, hasCodes }) => {
    const changed = now.get(code)
    const field = `skus.${code}`
    if (changed === undefined) return []
    if (changed.brandId !== brandId)
      return [
        {
          field,
          sentence: `The SKU "${code}" has had codes, and cannot go to another brand: make a new one.`,
        },
      ]
    if (hasCodes && changed.worth !== worth)
      return [
        {
          field,
          sentence: `There are codes of the SKU "${code}": its currency and its denomination cannot change. Make a new one, or take them out of the stock.`,
        },
      ]
    return []
  })
}

/** Each kind after those that it refers to. */
async function writeAll(tx: Tx, input: CatalogueInput): Promise<Written[]> {
  const {
    currencies = [],
    countries = [],
    categories = [],
    families = [],
    brands = [],
    products = [],
    skus = [],
  } = input
  const written: Written[] = []

  written.push(await inLots(currencies, (lot) => writeCurrencies(tx, lot)))

  await refuseUnknown(tx, 'currency', 'countries', countries, (country) => country.currency)
  written.push(await inLots(countries, (lot) => writeCountries(tx, lot)))

  written.push(await storeCategories(tx, categories))

  written.push(await inLots(families, (lot) => writeFamilies(tx, lot)))

  await refuseUnknown(tx, 'family', 'brands', brands, (brand) => brand.family)
  written.push(await inLots(brands, (lot) => writeBrands(tx, lot)))

  await refuseUnknown(tx, 'category', 'products', products, (product) => product.category)
  await refuseUnknown(tx, 'brand', 'products', products, (product) => product.brand)
  await refuseUnknown(tx, 'country', 'products', products, (product) => product.country)
  // Cleaning takes a while, in which the transaction would stand idle: lots are smaller here.
  written.push(await inLots(products, (lot) => writeProducts(tx, lot.map(withCleanDescriptions)), productLot))

  await refuseUnknown(tx, 'product', 'skus', skus, (sku) => sku.product)
  await refuseUnknown(tx, 'currency', 'skus', skus, (sku) => sku.currency)
  written.push(await inLots(skus, (lot) => writeSkus(tx, lot)))
  return written
}

/** Parents may come after their children, so all categories are made before any is put under another. */
async function storeCategories(tx: Tx, categories: readonly CategoryInput[]): Promise<Written> {
  if (categories.length === 0) return { created: 0, updated: 0 }
  const created = new Set(await insertCategories(tx, categories))
  await refuseUnknown(tx, 'category', 'categories', categories, (category) => category.parent)
  const changed = [...(await updateCategories(tx, categories)), ...(await replaceAttributes(tx, categories))]
  await refuseCircles(tx)
  return { created: created.size, updated: new Set(changed).difference(created).size }
}

async function refuseUnknown<E extends { readonly code: string }>(
  tx: Tx,
  kind: Referable,
  entriesName: string,
  entries: readonly E[],
  codeOf: (entry: E) => string | undefined,
): Promise<void> {
  const codes = new Set(entries.flatMap((entry) => codeOf(entry) ?? []))
  if (codes.size === 0) return
  const unknown = new Set(await selectUnknownCodes(tx, kind, [...codes]))
  const problems = entries.flatMap((entry) => {
    const code = codeOf(entry)
    if (code === undefined || !unknown.has(code)) return []
    const field = `${entriesName}.${entry.code}`
    return [{ field, sentence: `The entry ${field} names the ${kind} "${code}", which does not exist.` }]
  })
  refuse(problems)
}

/** Every category must lead to one at the top. */
async function refuseCircles(tx: Tx): Promise<void> {
  const parents = new Map((await selectCategoryParents(tx)).map(({ code, parent }) => [code, parent]))
  const circular = [...parents.keys()].filter((code) => {
    let at = parents.get(code) ?? null
    for (let steps = 0; at !== null && steps <= parents.size; steps += 1) at = parents.get(at) ?? null
    return at !== null
  })
  const toProblem = (code: string): FieldProblem => {
    const field = `categories.${code}`
    return { field, sentence: `The entry ${field} is in a circle of categories, each under the next.` }
  }
  refuse(circular.map(toProblem))
}

function refuse(problems: readonly FieldProblem[]): void {
  const [first] = problems
  if (first === undefined) return
  const others = problems.length === 1 ? '' : ` There are ${problems.length - 1} more problems.`
  throw new Failure('validation_failed', {
    sentence: `${first.sentence}${others}`,
    fields: problems.slice(0, problemsMost),
  })
}

/** Constraints that only the database can judge: two currencies with one numeric code, two countries with one alpha-3 code. */
function toFailure(error: unknown): unknown {
  const constraint = violatedConstraint(error)
  if (constraint === undefined) return error
  return new Failure('validation_failed', {
    sentence: `The catalogue contradicts itself or what is stored (${constraint}).`,
    cause: error,
  })
}

function withCleanDescriptions(product: ProductInput): ProductInput {
  return product.descriptions === undefined
    ? product
    : { ...product, descriptions: cleanTexts(product.descriptions) }
}

function cleanTexts(texts: Translations): Translations {
  const clean: { -readonly [L in keyof Translations]: Translations[L] } = { en: cleanHtml(texts.en) }
  for (const locale of locales) {
    const text = texts[locale]
    if (text !== undefined) clean[locale] = cleanHtml(text)
  }
  return clean
}

async function inLots<E>(
  entries: readonly E[],
  write: (lot: readonly E[]) => Promise<Written>,
  lotMost = 5_000,
): Promise<Written> {
  let [created, updated] = [0, 0]
  for (let start = 0; start < entries.length; start += lotMost) {
    const counts = await write(entries.slice(start, start + lotMost))
    created += counts.created
    updated += counts.updated
  }
  return { created, updated }
}

const productLot = 500
const problemsMost = 50
