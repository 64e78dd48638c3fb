import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createGiftpesaWorld } from '../../../test/giftpesa-world.ts'
import { differences } from '../../../test/shapes.ts'

/**
 * The exchanges of the vendor's page (examples/*.json), in the order in which they build on each other: what is asked is sent as it stands there, and
 * a client that was written against the answers must find every key where it was, with a value of the same type.
 */

const world = await createGiftpesaWorld()
const company = await world.company(1_000n)

type Example = {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly body?: unknown
    readonly headers?: Record<string, string>
  }
  readonly response: { readonly status: number; readonly body: unknown }
}

const examples = [
  'merchants',
  'disburse',
  'query',
  'redeem',
  'redeem-insufficient',
  'disburse-invalid',
  'unauthorized',
] as const

describe('an answer has the keys and types of the page', () => {
  test('authorize', async () => {
    const { response } = readExample('authorize')
    const answer = await company.authorize()
    expect(answer.status).toBe(response.status)
    expect(differences(answer.json, response.body)).toEqual([])
  })

  test.each(examples)('%s', async (name) => {
    const { request, response } = readExample(name)
    const send = () => company.call(request.method, request.path, request.body, request.headers)
    // The vouchers follow the answer.
    if (name === 'query')
      await expect.poll(async () => ((await send()).json as { Status: string }).Status).toBe('success')
    const answer = await send()
    expect(answer.status).toBe(response.status)
    expect(differences(answer.json, response.body)).toEqual([])
  })

  test("the page's own figures hold: two recipients of 100 and 50 cost 45", async () => {
    const { request } = readExample('disburse')
    const again = await company.call(request.method, request.path, request.body)
    expect(again.json).toMatchObject({ Amount: 150, Cost: 45, RecipientsCount: 2 })
  })
})

function readExample(name: string): Example {
  const path = join(import.meta.dirname, 'examples', `${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as Example // Our own file.
}
