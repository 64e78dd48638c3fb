import { describe, expect, test } from 'vitest'
import { currency } from '../../test/world.ts'
import type { TellableDisbursement } from '../core/disbursements/disbursement.ts'
import type { Order } from '../core/orders/order.ts'
import type { TellableRedemption } from '../core/redemptions/redemption.ts'
import { testEventType } from '../core/webhooks/writer.ts'
import type { EventFacts } from '../core/webhooks/writer.ts'
import { newId } from '../platform/ids.ts'
import type { DisbursementId, EventId, PartnerId, RedemptionId } from '../values/ids.ts'
import { dialects } from './all.ts'

/** Dialects whose vendor has webhooks. */
const telling = dialects.flatMap(({ name, events }) => (events === undefined ? [] : [{ name, events }]))

/** Vendors whose signature covers the body alone: the same body has the same one. The time stands in the Standard Webhooks headers, which the core adds. */
const signsBodyAlone: ReadonlySet<string> = new Set(['house', 'iascroft', 'iwocapay'])

const secrets = {
  credentialSecret: 'credential-secret',
  endpointSecret: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=',
}

function factsOf(type: string): EventFacts {
  const partnerId = newId<PartnerId>()
  const happenedAt = new Date('2026-01-15T12:58:23.456Z')
  const order: Order = {
    partnerId,
    id: newId(),
    externalId: 'ORD-1',
    dialect: 'any',
    walletId: newId(),
    status: 'completed',
    currency: currency('USD'),
    totalAmount: 29_090_000n,
    metadata: undefined,
    createdAt: happenedAt,
    completedAt: happenedAt,
    items: [],
  }
  const about = { type, happenedAt, partnerId, details: {}, subject: subjectOf(type, partnerId) }
  return { id: newId<EventId>(), ...about, order: type === testEventType ? undefined : order }
}

/** What events that are about no order are about. */
function subjectOf(
  type: string,
  partnerId: PartnerId,
): TellableDisbursement | TellableRedemption | undefined {
  const at = new Date('2026-01-15T12:58:23.456Z')
  const shared = {
    partnerId,
    amount: 5n,
    currency: currency('KES'),
    transactionCode: 'A0000001',
    createdAt: at,
  }
  const voucher = { phone: '+254712345678', amount: 5n, code: undefined }
  if (type === 'disbursement.processed')
    return {
      ...shared,
      id: newId<DisbursementId>(),
      externalId: 'D-1',
      dialect: 'any',
      title: 'Bonus',
      walletId: newId(),
      startsOn: '2026-01-15',
      endsOn: '2026-01-31',
      startsAt: at,
      endsAt: at,
      merchants: [],
      isExternal: false,
      isSilent: false,
      callbackUrl: undefined,
      revealsCodes: false,
      recipientsCount: 1,
      fee: 0n,
      feeEach: 0n,
      feePercent: 0n,
      issuedCount: 1,
      issuedAmount: 5n,
      state: 'completed',
      endedAt: at,
      recipients: [{ ...voucher, name: 'A', position: 1, extra: {}, voucherId: newId(), balance: 5n }],
    }
  if (type !== 'redemption.completed') return undefined
  return {
    ...shared,
    id: newId<RedemptionId>(),
    transactionId: 'T-1',
    mode: 'api',
    phone: '+254712345678',
    name: 'A',
    merchantId: newId(),
    merchantName: 'Naivas',
    merchantCode: 'naivas',
    tillNumber: '1',
    tillName: 'Eastgate',
    walletId: undefined,
    remarks: '',
    mpesaCode: undefined,
    receipt: 'PEKL98SX',
    proposalId: undefined,
    proposedBy: undefined,
    reversalNote: undefined,
    reversedBy: undefined,
    reversedAt: undefined,
    timeZone: 'UTC',
    vouchers: [{ ...voucher, holder: 'A' }],
  }
}

describe.each(telling)('the events of $name', ({ name, events }) => {
  test('have a schedule that begins at once, and a time-out that a lease can wait for', () => {
    expect(events.eventTypes.length).toBeGreaterThan(0)
    expect(events.scheduleSeconds[0]).toBe(0)
    expect(events.scheduleSeconds.every((wait) => wait >= 0 && wait <= 86_400)).toBe(true)
    expect(events.timeoutMs).toBeGreaterThan(0)
    expect(events.timeoutMs).toBeLessThanOrEqual(30_000)
  })

  test.each([...events.eventTypes, testEventType])(
    'of type %s are JSON, the same on each try, and tell their id',
    (type) => {
      const facts = factsOf(type)
      const { body } = events.write(facts)
      expect(events.write({ ...facts }).body).toBe(body)
      expect(JSON.parse(body)).toBeTypeOf('object')
      expect(body).toContain(facts.id)
      expect(events.write({ ...facts, id: newId<EventId>() }).body).not.toBe(body)
    },
  )

  test('are signed anew for each try, with headers that can be sent and tell no secret', () => {
    const facts = factsOf(events.eventTypes[0] ?? testEventType)
    const { body, headers } = events.write(facts)
    const nowMs = Date.now()
    const made = headers(secrets, nowMs)
    expect(headers(secrets, nowMs)).toEqual(made)
    for (const [name, value] of Object.entries(made)) {
      expect(() => new Headers([[name, value]])).not.toThrow()
      // These are the core's.
      expect(name).not.toMatch(/^(webhook-|content-|user-agent)/i)
    }
    const told = JSON.stringify([body, made])
    for (const secret of Object.values(secrets)) expect(told).not.toContain(secret)
    if (Object.keys(made).length > 0 && !signsBodyAlone.has(name))
      expect(headers(secrets, nowMs + 60_000)).not.toEqual(made)
    expect(() => headers({ ...secrets, credentialSecret: undefined }, nowMs)).not.toThrow()
  })
})
