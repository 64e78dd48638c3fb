#!/usr/bin/env node
// Walks the seven steps by which a client of the reseller API validates its integration in the sandbox, one line each, and ends with 1 if
// one of them fails. What it shows: how a call is signed, how an order is placed so that it can be found again whatever happens to the
// connection, and how one that is PENDING is followed to its end.
//
//   node examples/vendify-validation.js [path of demo.json]

import { createSign, randomInt, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const file = process.argv[2] ?? join(process.env.SCRIP_DATA_DIR ?? '.scrip', 'demo.json')
const { baseUrl, apiKey, privateKey, noncePrefix, walletIds } = JSON.parse(readFileSync(file, 'utf8')).vendify
const walletId = walletIds.NGN ?? Object.values(walletIds)[0]

/** Prefix, yyMMddHHmm and ten random digits: accepted once, and what an order is found by if its answer is lost. */
function newNonce() {
  const minute = new Date().toISOString().slice(2, 16).replaceAll(/\D/g, '')
  return noncePrefix + minute + String(randomInt(10 ** 10)).padStart(10, '0')
}

/** One signed call; throws for every answer but a good one. */
async function call(method, path, { body, nonce = newNonce() } = {}) {
  const signature = createSign('RSA-SHA256')
    .update(apiKey + nonce)
    .sign(privateKey, 'base64')
  const reply = await fetch(`${baseUrl}/api/v1${path}`, {
    method,
    headers: {
      'X-Api-Key': apiKey,
      'X-Nonce': nonce,
      'X-Signature': signature,
      'X-Wallet-Id': walletId,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  // sysId has more digits than a JavaScript number; whoever needs it reads the text. Here it is part of transactionReference, which is one.
  const envelope = await reply.json()
  if (envelope.requestStatus !== 'PROCESSED')
    throw new Error(`${method} ${path}: ${reply.status} ${envelope.response?.errorCode} ${envelope.message}`)
  return envelope.response
}

function expect(isTrue, what) {
  if (!isTrue) throw new Error(`expected ${what}`)
}

/** Orders under a reference of our own: sent again, it would be answered with the same order. */
function order(product, more, nonce) {
  const body = {
    productId: product.productId,
    providerId: product.providerId,
    faceValue: product.originalValue,
    value: 0,
    walletId,
    customerReference: randomUUID(),
    ...more,
  }
  return call('POST', '/orders', { body, nonce })
}

const statusOf = (transactionReference) => call('POST', '/order/status', { body: { transactionReference } })

/** Asks until an order has ended, a little less often each time. */
async function untilEnded(transactionReference) {
  for (let waitMs = 250, tries = 0; tries < 40; tries += 1, waitMs = Math.min(waitMs * 1.5, 5_000)) {
    const status = await statusOf(transactionReference)
    if (status.orderStatus !== 'PENDING') return status
    await pause(waitMs)
  }
  throw new Error(`${transactionReference} is still PENDING`)
}

let giftCard
let airtime
let bought
const nonce = newNonce()

const steps = [
  {
    title: 'products can be listed',
    run: async () => {
      const categories = await call('GET', '/Product/Categories')
      const codes = new Set(categories.map(({ categoryCode }) => categoryCode))
      expect(codes.has('giftcard') && codes.has('airtime'), 'gift cards and airtime')
      const cards = await call('GET', '/Product/Category/giftcard')
      // The demo has own codes of this one; others are filled by a simulated supplier.
      giftCard = cards.find(({ name }) => name.startsWith('$10 ')) ?? cards[0]
      const filters = encodeURIComponent(JSON.stringify({ countryCode: 'NGA' }))
      airtime = (await call('GET', `/Product/Category/airtime?filters=${filters}`)).find(
        ({ denominations }) => denominations.some(({ type }) => type === 'fixed'),
      )
      expect(giftCard !== undefined && airtime !== undefined, 'a gift card and airtime of Nigeria')
      return `${categories.length} categories, ${cards.length} gift cards`
    },
  },
  {
    title: 'a product can be looked up by its id',
    run: async () => {
      const product = await call('GET', `/Product/${giftCard.productId}`)
      expect(product.productId === giftCard.productId, 'the product that was asked for')
      return `${product.productId} ${product.name}: ${product.productCost} ${product.productCostCurrencyCode}`
    },
  },
  {
    title: 'exchange rates can be read',
    run: async () => {
      const rates = await call('GET', '/Report/FxRate')
      const dollar = rates.find(({ productCurrency }) => productCurrency === 'USD')
      expect(dollar?.allInRate > 0, 'a rate for the dollar')
      return `1 USD = ${dollar.allInRate} ${dollar.transactingCurrency}`
    },
  },
  {
    title: 'an order succeeds',
    run: async () => {
      const placed = await order(giftCard, {}, nonce)
      bought = placed.responseStatus === 'PENDING' ? await untilEnded(placed.transactionReference) : placed
      expect(bought.responseStatus === 'SUCCESS', `SUCCESS, not ${bought.responseStatus}`)
      expect(bought[bought.deliveryField] !== '', 'something in the field that deliveryField names')
      return `${bought.transactionReference}: ${bought.deliveryField}`
    },
  },
  {
    title: 'an order that is PENDING is followed to its end',
    run: async () => {
      // In the sandbox the last digits of a phone decide: 901 is pending, and succeeds.
      const placed = await order(airtime, { uniqueAccountId: '+2348030000901' })
      const ended = await untilEnded(placed.transactionReference)
      expect(ended.orderStatus === 'SUCCESS', `SUCCESS, not ${ended.orderStatus}`)
      return `${placed.responseStatus}, then ${ended.orderStatus}`
    },
  },
  {
    title: 'an order that has FAILED is told so, and is not tried again',
    run: async () => {
      // 902 is pending, and fails; its money is back.
      const placed = await order(airtime, { uniqueAccountId: '+2348030000902' })
      const ended = await untilEnded(placed.transactionReference)
      expect(ended.orderStatus === 'FAILED', `FAILED, not ${ended.orderStatus}`)
      return ended.responseMessage
    },
  },
  {
    title: 'an order’s status is found by its reference and by its nonce',
    run: async () => {
      const { transactionReference } = bought
      const found = [
        await statusOf(transactionReference),
        await call('GET', `/order/status?transactionReference=${encodeURIComponent(transactionReference)}`),
        await call('POST', '/order/status', { body: { 'x-nonce': nonce } }),
        await call('GET', `/order/status?x-nonce=${nonce}`),
      ]
      for (const one of found) {
        expect(one.transactionReference === transactionReference, 'the order that was asked for')
        expect(one.orderStatus === 'SUCCESS', `SUCCESS, not ${one.orderStatus}`)
      }
      return `${found.length} questions, one answer`
    },
  },
]

for (const [place, { title, run }] of steps.entries()) {
  try {
    console.log(`${place + 1}. ${title}: ${await run()}`)
  } catch (error) {
    console.error(`${place + 1}. ${title}: FAILED, ${error.message}`)
    process.exitCode = 1
    break
  }
}
