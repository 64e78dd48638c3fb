import { beforeAll, describe, expect, test } from 'vitest'
import { at, createGiftapiWorld, suppliedCatalogue } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../../test/giftapi-world.ts'
import { sql } from '../../../platform/database.ts'

let world: GiftapiWorld
let partner: GiftapiClient
let bought: Answer
let iccid: string

beforeAll(async () => {
  world = await createGiftapiWorld({ fulfils: true })
  await world.store(suppliedCatalogue)
  partner = await world.partner()
  await world.supply('ESIM-1GB', 'esim-sandbox', 'ES-1GB')
  await world.supply('ESIM-5GB', 'esim-sandbox', 'ES-5GB')
  bought = await partner.order('esim-1', world.sku('ESIM-1GB'))
  iccid = String(at(bought, 'data.items.0.delivery_data.0.iccid'))
})

function topUp(
  externalId: string,
  more: object = {},
  path = `/services/esim/${iccid}/topup`,
): Promise<Answer> {
  return partner.send({ externalId, skuId: iccid }, { external_id: externalId, ...more }, path)
}

function refusal(answer: Answer): unknown[] {
  return [answer.status, at(answer, 'error')]
}

test('an eSIM is delivered with everything that installs it', () => {
  expect([bought.status, at(bought, 'data.status')]).toEqual([201, 'completed'])
  const delivered = at(bought, 'data.items.0.delivery_data.0') as Record<string, string>
  expect(Object.keys(delivered)).toEqual([
    'iccid',
    'qr_code',
    'smdp_address',
    'activation_code',
    'ios_install_url',
    'android_install_url',
  ])
  expect(delivered['iccid']).toMatch(/^8944\d{15}$/)
  expect(delivered['qr_code']).toBe(`LPA:1$${delivered['smdp_address']}$${delivered['activation_code']}`)
  expect(delivered['ios_install_url']).toContain(encodeURIComponent(delivered['qr_code'] ?? ''))
})

describe('the status of an eSIM', () => {
  test('has the keys of the vendor’s page', async () => {
    const answer = await partner.get(`/services/esim/${iccid}/status`)
    expect(answer.status).toBe(200)
    expect(at(answer, 'data')).toMatchObject({
      esim_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      iccid,
      status: 'Released',
      qr_code: at(bought, 'data.items.0.delivery_data.0.qr_code'),
      can_renew: true,
      last_bundle: '1GB Europe Data',
      data_balance: { total_gb: 1, remaining_gb: 1, unit: 'GB' },
      active_packages: [{ name: '1GB Europe Data', data_total: 1, data_remaining: 1, data_unit: 'GB' }],
      coverage: [
        { country_name: 'Germany', country_code: 'DE', network_name: expect.any(String) as string },
        { country_name: 'France', country_code: 'FR', network_name: expect.any(String) as string },
      ],
    })
  })

  test('of another partner’s eSIM is that of an unknown one', async () => {
    const other = await world.partner()
    const foreign = await other.get(`/services/esim/${iccid}/status`)
    const unknown = await partner.get('/services/esim/8944422711108338982/status')
    const nonsense = await partner.get('/services/esim/abc/status')
    for (const answer of [foreign, unknown, nonsense])
      expect(refusal(answer)).toEqual([404, 'esim_not_found'])
    expect(at(foreign, 'message')).toBe(at(unknown, 'message'))
  })

  test('needs a token', async () => {
    expect(
      refusal(await partner.call('GET', `/services/esim/${iccid}/status`, { authorization: 'Bearer x' })),
    ).toEqual([401, 'unauthenticated'])
  })
})

describe('a top-up', () => {
  test('puts the same package on the eSIM, and its repeat only answers it', async () => {
    const first = await topUp('topup-1')
    expect([first.status, at(first, 'message')]).toEqual([201, 'Top-up order created successfully'])
    expect(at(first, 'data.items.0')).toMatchObject({
      sku_id: world.sku('ESIM-1GB'),
      status: 'completed',
      delivery_data: [{ iccid, status: 'recharged', message: expect.any(String) as string }],
      customer_data: { iccid, quantity: 1 },
    })
    const repeat = await topUp('topup-1')
    expect([repeat.status, at(repeat, 'data.id')]).toEqual([200, at(first, 'data.id')])
    const status = await partner.get(`/services/esim/${iccid}/status`)
    expect(at(status, 'data.data_balance.total_gb')).toBe(2)
  })

  test('may name another package, also by the shorter address', async () => {
    // Sold by another supplier than the eSIM's: nobody could put it there.
    const foreign = await topUp('topup-2', { sku_uuid: world.sku('ESIM-5GB') }, `/esim/${iccid}/topup`)
    expect([foreign.status, at(foreign, 'data.status')]).toEqual([201, 'failed'])
    const same = await topUp('topup-3', { sku_uuid: world.sku('ESIM-1GB') }, `/esim/${iccid}/topup`)
    expect([same.status, at(same, 'data.status')]).toEqual([201, 'completed'])
  })

  test('the external id is one of the orders’, too', async () => {
    expect(refusal(await topUp('esim-1'))).toEqual([409, 'external_id_conflict'])
    expect(refusal(await partner.order('topup-1', world.sku('ESIM-1GB')))).toEqual([
      409,
      'external_id_conflict',
    ])
  })

  test('is signed over the ICCID', async () => {
    const wrong = { externalId: 'topup-4', skuId: world.sku('ESIM-1GB') }
    expect(
      refusal(await partner.send(wrong, { external_id: 'topup-4' }, `/services/esim/${iccid}/topup`)),
    ).toEqual([401, 'signature_invalid'])
    const old = { externalId: 'topup-4', skuId: iccid, timestamp: 1_700_000_000 }
    expect(
      refusal(await partner.send(old, { external_id: 'topup-4' }, `/services/esim/${iccid}/topup`)),
    ).toEqual([401, 'timestamp_expired'])
    const unsigned = await partner.call(
      'POST',
      `/services/esim/${iccid}/topup`,
      { 'content-type': 'application/json' },
      '{"external_id":"topup-4"}',
    )
    expect(refusal(unsigned)).toEqual([401, 'signature_missing'])
  })

  test.each([
    ['no external id', {}, [422, 'validation_failed']],
    ['a SKU that is none', { external_id: 'topup-5', sku_uuid: 'x' }, [404, 'sku_not_found']],
    ['a SKU that is no eSIM', { external_id: 'topup-5', sku_uuid: 'CARD' }, [404, 'sku_not_found']],
  ])('with %s is refused', async (_, body: { sku_uuid?: string }, wanted) => {
    const sku = body.sku_uuid === 'CARD' ? { sku_uuid: world.sku('APPLE-2') } : {}
    const answer = await partner.send(
      { externalId: 'topup-5', skuId: iccid },
      { ...body, ...sku },
      `/services/esim/${iccid}/topup`,
    )
    expect(refusal(answer)).toEqual(wanted)
  })

  test('of another partner’s eSIM is that of an unknown one', async () => {
    const other = await world.partner()
    const answer = await other.send(
      { externalId: 'topup-6', skuId: iccid },
      { external_id: 'topup-6' },
      `/services/esim/${iccid}/topup`,
    )
    expect(refusal(answer)).toEqual([404, 'esim_not_found'])
  })

  test('of an eSIM that has run out for good is refused', async () => {
    const { database } = world.app.services
    await database.query(
      sql`update esim_packages set bought_at = now() - interval '400 days' where iccid = ${iccid}`,
    )
    expect(at(await partner.get(`/services/esim/${iccid}/status`), 'data')).toMatchObject({
      status: 'Expired',
      can_renew: false,
    })
    expect(refusal(await topUp('topup-7'))).toEqual([409, 'esim_not_renewable'])
    expect((await topUp('topup-1')).status).toBe(200)
  })
})

test('nothing that installs an eSIM stands in the API log', async () => {
  const code = String(at(bought, 'data.items.0.delivery_data.0.activation_code'))
  await world.app.callLog.flush()
  const rows = await world.app.services.database.query(
    sql`select id from api_calls where position(${code} in coalesce(response, '')) > 0`,
  )
  expect(code.length).toBeGreaterThan(5)
  expect(rows).toEqual([])
})
