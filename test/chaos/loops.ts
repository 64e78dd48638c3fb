import { setTimeout as pause } from 'node:timers/promises'
import type { Client, Heard } from './client.ts'
import type { Operator } from './operator.ts'
import type { Random } from './random.ts'
import {
  giftapiOrder,
  giftpesaDisbursement,
  giftpesaRedemption,
  iascroftPurchase,
  iascroftTopup,
  iascroftWithdrawal,
  iwocapayCancel,
  iwocapayCheckout,
  iwocapayPage,
  pageOf,
  vendifyOrder,
} from './speech.ts'
import type { Errand, Keys } from './speech.ts'
import type { ChaosWorld } from './world.ts'

/** Clients that go on until they are told to stop. */
export type Loops = {
  /** Lets what was begun come to its end. */
  stop(): Promise<void>
  /** Asks once more about everything that was answered. */
  readAll(): Promise<void>
}

type Parts = {
  readonly world: ChaosWorld
  readonly client: Client
  readonly operator: Operator
  readonly random: Random
}

export function startLoops(parts: Parts): Loops {
  const { world, client, random } = parts
  const { shop } = world
  const made: { readonly errand: Errand; readonly heard: Heard }[] = []
  let isOpen = true
  let number = 0
  /** All keys have the same length, so that none is the end of another. */
  const nextKey = (word: string): string => {
    number += 1
    return `${word}-${runName}-${String(number).padStart(6, '0')}`
  }

  const insist = async (errand: Errand): Promise<Heard | undefined> => {
    const heard = await client.insist(errand)
    if (heard?.outcome !== 'done') return undefined
    made.push({ errand, heard })
    if (random.oneIn(12)) await client.further(errand, 'other', () => errand.ask(true), errand.understand)
    return heard
  }

  const loop = async (pauseMs: number, work: () => Promise<unknown>): Promise<void> => {
    await pause(random.between(0, pauseMs))
    while (isOpen) {
      await work()
      await pause(pauseMs + random.between(0, pauseMs))
    }
  }

  const buyRich = () => {
    const { skuId } = random.oneIn(4)
      ? random.pick(shop.supplied)
      : random.oneIn(8)
        ? shop.scarce
        : random.pick(shop.stocked)
    return insist(giftapiOrder(shop.rich.giftapi, nextKey('giftapi'), skuId, random.between(1, 2)))
  }
  const buyPoor = () =>
    insist(giftapiOrder(shop.poor.giftapi, nextKey('giftapi'), random.pick(shop.stocked).skuId, 1))
  const resell = () =>
    insist(
      vendifyOrder(
        shop.rich.vendify,
        nextKey('vendify'),
        random.pick(random.oneIn(4) ? shop.supplied : shop.stocked),
        'USD-1',
      ),
    )
  const loops = [
    ...Array.from({ length: 4 }, () => loop(120, buyRich)),
    loop(400, buyPoor),
    loop(200, resell),
    loop(200, resell),
    loop(200, () => insist(iascroftPurchase(shop.iascroft, nextKey('iascroft'), random.pick(shop.stocked)))),
    loop(400, () => insist(iascroftTopup(shop.iascroft, nextKey('iascroft'), random))),
    loop(400, () => withdraw(parts, shop.iascroft, nextKey, insist)),
    ...Array.from({ length: 2 }, () => loop(300, () => disburse(parts, nextKey, insist))),
    loop(300, () => checkOut(parts, nextKey, insist)),
  ]
  return {
    async stop() {
      isOpen = false
      client.finish()
      await Promise.all(loops)
    },
    async readAll() {
      const rest = made.filter(({ errand }) => !unread.has(errand.kind))
      const read = async (): Promise<void> => {
        for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
          const { errand, heard } = one
          const about = { id: heard.id, state: heard.state, codes: heard.codes }
          await client.further(errand, 'read', () => errand.look(about), errand.understand)
        }
      }
      await Promise.all(Array.from({ length: 8 }, read))
    },
  }
}

/** Calls that have no question of their own. */
const unread: ReadonlySet<string> = new Set(['iascroft topup', 'iascroft withdrawal'])

const runName = crypto.randomUUID().slice(0, 8)

type NextKey = (word: string) => string
type Insist = (errand: Errand) => Promise<Heard | undefined>

async function withdraw(
  { operator, random }: Parts,
  keys: Keys,
  nextKey: NextKey,
  insist: Insist,
): Promise<void> {
  const errand = iascroftWithdrawal(keys, nextKey('iascroft'), random)
  if ((await insist(errand)) === undefined) return
  if (!random.oneIn(5)) await operator.decide(errand.key, random.oneIn(3) ? 'rejected' : 'paid')
}

/** Vouchers to one or two telephones, then some of it spent at a till, and now and then taken back. */
async function disburse(
  { world, client, operator, random }: Parts,
  nextKey: NextKey,
  insist: Insist,
): Promise<void> {
  const { giftpesa: keys, tills } = world.shop
  const recipients = Array.from({ length: random.between(1, 2) }, () => ({
    Name: 'Ada',
    Phone: `+2547${String(random.between(0, 99_999_999)).padStart(8, '0')}`,
    Amount: random.between(50, 200),
  }))
  const errand = giftpesaDisbursement(
    keys,
    nextKey('giftpesa'),
    { recipients },
    world.receiver.urlFor('giftpesa'),
  )
  const heard = await insist(errand)
  if (heard === undefined) return
  for (let tries = 0; tries < 40; tries += 1) {
    await pause(500)
    const about = { id: heard.id, state: heard.state, codes: [] }
    const now = await client.further(errand, 'read', () => errand.look(about), errand.understand)
    if (now?.state === 'success') break
  }
  for (const { Phone: phone, Amount } of recipients) {
    const amount = random.oneIn(10) ? Amount + 1 : random.between(1, Amount)
    const redemption = giftpesaRedemption(keys, nextKey('giftpesa'), {
      phone,
      amount,
      till: random.pick(tills),
    })
    if ((await insist(redemption)) === undefined) continue
    if (random.oneIn(3)) await operator.reverse(redemption.key)
  }
}

async function checkOut({ world, client, random }: Parts, nextKey: NextKey, insist: Insist): Promise<void> {
  const errand = iwocapayCheckout(
    world.shop.iwocapay,
    nextKey('iwocapay'),
    world.receiver.urlFor('iwocapay'),
    random.between(150, 900),
  )
  const heard = await insist(errand)
  const { id } = heard ?? {}
  const page = pageOf(heard?.body)
  if (id === undefined || page === undefined || random.oneIn(8)) return
  if (random.oneIn(3)) {
    await client.further(errand, 'further', () => iwocapayCancel(world.shop.iwocapay, id), errand.understand)
    return
  }
  const act = (form: Readonly<Record<string, string>>) =>
    client.further(
      errand,
      'further',
      () => iwocapayPage(page, form),
      () => ({ id, state: undefined, codes: [] }),
    )
  await act({ action: 'begin' })
  if (random.oneIn(2)) {
    await act({
      action: 'agree',
      months: '3',
      company: 'Corner Ltd',
      email: `${errand.key}@example.com`,
      turnover: '120000',
    })
    return
  }
  await act({ action: 'pay_now' })
  await pause(1_000)
  await act({ action: 'bank', word: random.oneIn(4) ? 'decline' : 'approve' })
}
