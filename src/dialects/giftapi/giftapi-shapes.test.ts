import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { at, createGiftapiWorld } from '../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../test/giftapi-world.ts'

/**
 * The vendor's own exchanges (examples/*.json): a client that was written against them must find every key where it was, with a
 * value of the same type, and no key in its place. Values differ, being another world's.
 */

type Example = {
  readonly request: { readonly method: string; readonly path: string }
  readonly response: { readonly status: number; readonly body: unknown }
}

let world: GiftapiWorld
let partner: GiftapiClient
let bought: Answer

beforeAll(async () => {
  world = await createGiftapiWorld()
  partner = await world.partner({ funds: 0n, overdraft: 100_000_000n })
  await world.stock('APPLE-2', 20)
  bought = await partner.order('ORD-12345', world.sku('APPLE-2'))
})

describe('an answer has the keys and types of the vendor’s example', () => {
  test.each(['me', 'balance', 'balance-history', 'products', 'pricelist', 'categories', 'orders'])(
    '%s',
    async (name) => {
      const { request, response } = readExample(name)
      const answer = await partner.get(request.path)
      expect(answer.status).toBe(response.status)
      expect(differences(answer.json, response.body)).toEqual([])
    },
  )

  test('product', async () => {
    const answer = await partner.get(`/catalog/products/${world.product('APPLE')}`)
    // `fields` stands on the product page too, beside the vendor's keys: without it a client could not fill in the order.
    expect(differences(answer.json, readExample('product').response.body)).toEqual([
      'data.fields is not in the example',
    ])
  })

  test('create-order', () => {
    const { response } = readExample('create-order')
    expect(bought.status).toBe(response.status)
    expect(differences(bought.json, response.body)).toEqual([])
    expect(at(bought, 'message')).toBe('Order created successfully')
  })

  test('order', async () => {
    const answer = await partner.get(`/orders/${String(at(bought, 'data.id'))}`)
    expect(differences(answer.json, readExample('order').response.body)).toEqual([])
  })
})

test('keys come in the order of the example', async () => {
  const keysOf = (text: string): string[] => [...text.matchAll(/"(\w+)":/g)].map(([, key = '']) => key)
  const body = JSON.stringify(readExample('order').response.body)
  expect(keysOf((await partner.get(`/orders/${String(at(bought, 'data.id'))}`)).text)).toEqual(keysOf(body))
})

test('the comparison sees a key that is missing, one that is new, and another type', () => {
  const example = { data: [{ a: 1, b: null, c: 'x' }] }
  expect(differences({ data: [{ a: 1, b: 'text', c: 'y' }] }, example)).toEqual([])
  expect(differences({ data: [{ a: '1', c: 'y', d: 1 }] }, example)).toEqual([
    'data.0.a is a string, in the example a number',
    'data.0.b is missing',
    'data.0.d is not in the example',
  ])
})

function readExample(name: string): Example {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Example // Files of ours.
}

/**
 * How an answer differs in shape. Where the example has null, or the answer has, the other may have a value: the page shows only one
 * of both. Each row of the answer is compared with the example's row whose keys are most like its own.
 */
function differences(given: unknown, example: unknown, path = ''): string[] {
  if (given === null || example === null) return given === undefined ? [`${path} is missing`] : []
  if (kindOf(given) !== kindOf(example))
    return [`${path} is a ${kindOf(given)}, in the example a ${kindOf(example)}`]
  if (Array.isArray(given) && Array.isArray(example)) {
    return given.flatMap((row, place) =>
      example.length === 0 ? [] : differences(row, closest(row, example), inside(path, String(place))),
    )
  }
  if (!isObject(given) || !isObject(example) || freeKeys.test(path)) return []
  return [...new Set([...Object.keys(example), ...Object.keys(given)])].flatMap((key) => {
    if (!(key in given)) return [`${inside(path, key)} is missing`]
    return key in example
      ? differences(given[key], example[key], inside(path, key))
      : [`${inside(path, key)} is not in the example`]
  })
}

/** Objects whose keys are data. */
const freeKeys = /(^|\.)(attributes|metadata|customer_data)$/

function closest(row: unknown, examples: readonly unknown[]): unknown {
  const unlike = (example: unknown): number =>
    isObject(row) && isObject(example)
      ? new Set(Object.keys(example)).symmetricDifference(new Set(Object.keys(row))).size
      : 0
  return examples.toSorted((a, b) => unlike(a) - unlike(b))[0]
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inside(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
