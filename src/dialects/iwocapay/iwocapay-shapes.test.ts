import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createIwocapayWorld } from '../../../test/iwocapay-world.ts'
import type { IwocapayClient } from '../../../test/iwocapay-world.ts'
import { differences } from '../../../test/shapes.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId } from '../../values/ids.ts'
import { events } from './events.ts'

/** Exchanges as the vendor's clients make them (examples/*.json): every key is where it was, with a value of the same type. */

let shop: IwocapayClient

beforeAll(async () => {
  shop = await (await createIwocapayWorld()).shop()
})

const examples = [
  'create-order',
  'create-order-without-amount',
  'order',
  'order-of-seller',
  'cancel-order',
  'cancel-ended-order',
  'connection-check',
  'events',
  'repayment-schedule',
]

describe('an answer has the keys and types of the example', () => {
  test.each(examples)('%s', async (name) => {
    const { request, response } = readExample(name)
    const { id } = await shop.order({ meta_data: { basket: '17' } })
    if (name === 'cancel-ended-order')
      await shop.call('DELETE', request.path.replace(/order\/[0-9a-f-]+/, `order/${id}`))
    const path = request.path
      .replace(/(seller|integrations)\/[0-9a-f-]{36}/, `$1/${shop.seller.id}`)
      .replace(/order\/[0-9a-f-]{36}/, `order/${id}`)
    const answer = await shop.call(request.method, path, request.body)
    expect(answer.status, answer.text).toBe(response.status)
    expect(differences(answer.json, response.body)).toEqual([])
  })
})

test('an event has the keys and types of the example', () => {
  const details = { order: newId(), amount: '4200', reference: '#order1', status: 'successful' }
  const facts = { id: newId<EventId>(), type: events.eventTypes[0] ?? '', happenedAt: new Date(), details }
  const { body } = events.write({ ...facts, partnerId: shop.seller.partnerId, order: undefined })
  const example = readExample('event-order-status-changed') as unknown as { body: unknown } // It has no exchange around it.
  expect(differences(JSON.parse(body), example.body)).toEqual([])
  expect(JSON.parse(body)).toMatchObject({ data: { amount: 4_200, status: 'SUCCESSFUL' } })
})

type Example = {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown }
  readonly response: { readonly status: number; readonly body: unknown }
}

function readExample(name: string): Example {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Example // Files of ours.
}
