import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { sql } from '../platform/database.ts'

let world: Awaited<ReturnType<typeof createCommandLineWorld>>

beforeAll(async () => {
  world = await createCommandLineWorld()
})

afterEach(() => {
  process.env['SCRIP_ENVIRONMENT'] = 'sandbox'
})

const waiting = async () => (await scripJson('catalogue', 'price-changes', 'list')).json['proposals']

test('one person sets any price in a sandbox, and proposes one far beneath face value in a live installation', async () => {
  const rule = (markup: string) => ['catalogue', 'price', '--all', '--markup', markup]
  expect((await scripJson(...rule('-30'))).json).toEqual({ scope: { kind: 'all' }, partner: null })
  process.env['SCRIP_ENVIRONMENT'] = 'live'
  expect((await scripJson(...rule('-10'))).json).not.toHaveProperty('proposalId')
  const proposed = (await scripJson(...rule('-40'))).json
  expect(proposed).toMatchObject({ scope: { kind: 'all' }, reason: 'It is 40 % beneath face value.' })
  const id = String(proposed['proposalId'])
  expect(await waiting()).toMatchObject([
    { id, partnerId: null, subject: 'all', change: 'markup -40 %, 0 on top' },
  ])
  expect((await scrip('catalogue', 'price-changes', 'list')).out).toContain('It is 40 % beneath face value.')
  expect((await scripJson('catalogue', 'price-changes', 'approve', id)).json).toMatchObject({
    error: { code: 'second_person_required' },
  })
  await world.database.query(sql`update price_proposals set proposed_by = 'cli:ann' where id = ${id}`)
  expect((await scripJson('catalogue', 'price-changes', 'approve', id)).json).toEqual({ repeated: false })
  expect((await scripJson('catalogue', 'price-changes', 'approve', id)).json).toEqual({ repeated: true })
  expect((await scrip(...rule('-40'))).out).toContain('holds now')
  expect(await waiting()).toEqual([])
})

test('terms and a file of rates wait too, and are dropped by whoever proposed them', async () => {
  await world.sku() // With the dollar.
  const { partnerId } = await world.partner(0n)
  await world.database.query(
    sql`insert into currencies (code, numeric_code, decimals, names) values ('EUR', 978, 2, '{"en": "euro"}')`,
  )
  const file = join(world.dir, 'rates.csv')
  await writeFile(file, 'base,quote,rate\nUSD,EUR,0.0001\n')
  process.env['SCRIP_ENVIRONMENT'] = 'live'
  const terms = await scripJson('partner', 'terms', partnerId, '--discount', '25')
  const rates = await scripJson('catalogue', 'rates', 'import', file)
  for (const { code, json } of [terms, rates]) {
    expect(json).not.toHaveProperty('error')
    expect(code).toBe(0)
    const drop = ['catalogue', 'price-changes', 'reject', String(json['proposalId'])]
    expect((await scripJson(...drop)).json).toEqual({ repeated: false })
    expect((await scrip(...drop)).out).toContain('It was rejected before.')
  }
  expect((await scripJson('catalogue', 'rates', 'list')).json).not.toMatchObject({
    rates: expect.arrayContaining([expect.objectContaining({ rate: '0.0001' })]),
  })
})
