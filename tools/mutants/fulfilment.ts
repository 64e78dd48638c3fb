import type { Mutant } from './mutant.ts'

const policy = 'src/core/fulfilment/policy.ts'
const chain = 'src/core/fulfilment/fulfilment.ts'
const filling = 'src/core/fulfilment/fill-item.ts'
const asking = 'src/core/fulfilment/ask-supplier.ts'
const ending = 'src/core/fulfilment/end-item.ts'
const rows = 'src/core/fulfilment/fulfilments.sql.ts'
const policyTest = 'src/core/fulfilment/policy.test.ts'
const chainTest = 'src/core/fulfilment/fulfilment.test.ts'
const engineTest = 'src/core/fulfilment/open-fulfilment.test.ts'
const claimTest = 'src/core/fulfilment/lost-claims.test.ts'

/** What would lose money or codes on the way through a supplier. */
export const fulfilmentMutants: readonly Mutant[] = [
  {
    name: 'code-lost-for-its-day-of-expiry',
    file: 'src/core/fulfilment/seal-goods.ts',
    search: 'isDay(goods.expiresOn)',
    replace: "goods.expiresOn !== ''",
    test: { file: engineTest, title: 'a code that expires on a day which no month has' },
  },
  {
    name: 'supplier-words-that-cannot-be-stored',
    file: asking,
    search: 'return withStorableTexts(await call())',
    replace: 'void withStorableTexts\n    return await call()',
    test: { file: engineTest, title: 'a supplier whose words no column can hold' },
  },
  {
    name: 'late-success-of-a-former-supplier-forgotten',
    file: filling,
    search: "if (now === undefined || (now.state !== 'failed' && now.supplierId === supplierId)) return",
    replace: "if (now?.state !== 'failed') return",
    test: { file: claimTest, title: 'after its supplier told the next one that it would not deliver' },
  },
  {
    name: 'refund-on-silence',
    file: policy,
    search: "    case 'unknown':\n      return canGoOn(profile)",
    replace:
      "    case 'unknown':\n      if (asked === 'buy') return { kind: 'refused', reason: 'rejected' }\n      return canGoOn(profile)",
    test: { file: policyTest, title: 'only an explicit word refuses it' },
  },
  {
    name: 'resend-instead-of-asking',
    file: policy,
    search: "if (profile?.statusByReference === true) return { kind: 'inquire' }",
    replace: "if (profile?.statusByReference === true) return { kind: 'buy' }",
    test: { file: policyTest, title: 'sends again only what is recognised' },
  },
  {
    name: 'resend-where-nobody-recognises-it',
    file: policy,
    search: "if (profile.dedupsByReference) return { kind: 'buy' }",
    replace: "if (profile.settleWindowMs > 0) return { kind: 'buy' }",
    test: { file: policyTest, title: 'sends again only what is recognised' },
  },
  {
    name: 'resend-on-not-found-where-nobody-recognises-it',
    file: policy,
    search: "if (profile.dedupsByReference) return { kind: 'send_again' }",
    replace: "if (profile.statusByReference) return { kind: 'send_again' }",
    test: { file: policyTest, title: 'only where "not found" was said and a repeat is recognised' },
  },
  {
    name: 'refund-on-not-found',
    file: policy,
    search:
      "  return {\n    kind: 'park',\n    reason: 'the supplier does not know of it, and would not recognise it a second time',\n  }",
    replace: "  return { kind: 'refused', reason: 'rejected' }",
    test: { file: policyTest, title: 'only an explicit word refuses it' },
  },
  {
    name: 'refund-on-a-refused-repeat',
    file: policy,
    search: "if (asked === 'inquire' || leftMs <= 0)",
    replace: "if (asked === 'inquire' || leftMs < Infinity)",
    test: { file: policyTest, title: 'a refused repeat refuses it only when' },
  },
  {
    name: 'arrival-counted-from-the-first-try',
    file: rows,
    search: '(select max(a.started_at) from fulfilment_attempts a',
    replace: '(select min(a.started_at) from fulfilment_attempts a',
    test: { file: claimTest, title: 'as long as the last try without an answer may arrive' },
  },
  {
    name: 'busy-is-a-refusal',
    file: policy,
    search: 'return judgeBusy(item, asked, answer.retryAfterMs ?? 0, paces)',
    replace: "return { kind: 'refused', reason: 'operator_unavailable' }",
    test: { file: policyTest, title: 'only an explicit word refuses it' },
  },
  {
    name: 'busy-forgets-an-earlier-purchase',
    file: policy,
    search: "if (asked === 'inquire' || item.sends > 1) {",
    replace: "if (asked === 'inquire') {",
    test: { file: policyTest, title: 'counts as never asked only where' },
  },
  {
    name: 'pending-is-a-failure',
    file: policy,
    search: "return { kind: 'wait', state: 'pending', afterMs: askAfterMs }",
    replace: "return { kind: 'refused', reason: 'rejected' }",
    test: { file: policyTest, title: 'pending is pending' },
  },
  {
    name: 'late-success-ignored',
    file: policy,
    search: "if (state === 'failed' && answer.state === 'delivered')",
    replace: "if (state === 'failed' && answer.state === 'reversed')",
    test: { file: policyTest, title: 'the opposite of its end is a break' },
  },
  {
    name: 'an-ended-item-is-parked',
    file: policy,
    search: "return hasEnded ? { kind: 'rest' } : ",
    replace: 'return ',
    test: { file: policyTest, title: 'an item that has ended is never parked' },
  },
  {
    name: 'poison-never-parked',
    file: policy,
    search: 'if (item.claims > claimsMost)',
    replace: 'if (item.claims > claimsMost * 1_000)',
    test: { file: policyTest, title: 'ended five processes in a row is parked' },
  },
  {
    name: 'margin-guard-off',
    file: chain,
    search: 'cost !== undefined && cost <= price)',
    replace: 'cost !== undefined)',
    test: { file: chainTest, title: 'is never somebody who costs more than the order pays' },
  },
  {
    name: 'incomparable-cost-is-affordable',
    file: chain,
    search: 'cost !== undefined && cost <= price)',
    replace: 'cost === undefined || cost <= price)',
    test: { file: chainTest, title: 'is never somebody who costs more than the order pays' },
  },
  {
    name: 'breaker-off',
    file: asking,
    search: 'await booked.breaker.run(() => callSafely(parts, booked, () => call(terms)), isTrouble)',
    replace: 'await callSafely(parts, booked, () => call(terms))',
    test: { file: claimTest, title: 'leaves a supplier alone that only fails' },
  },
  {
    name: 'an-outage-slows-the-questions-after-it',
    file: filling,
    search: '  if (answer === keptAway) return giveBackUntouched(parts, item, breakerWaitMs)\n',
    replace: '',
    test: { file: claimTest, title: 'counts no question that its breaker kept away' },
  },
  {
    name: 'concurrency-off',
    file: asking,
    search: 'return calls.inHand >= account.concurrency',
    replace: 'return calls.inHand >= account.concurrency * 1_000',
    test: { file: claimTest, title: 'no more at a time than its account says' },
  },
  {
    name: 'sends-after-its-lease',
    file: asking,
    search: 'mayStillSend: () => performance.now() < lastMs',
    replace: 'mayStillSend: () => performance.now() > 0',
    test: { file: claimTest, title: 'that stalls for longer than its lease must not send' },
  },
  {
    name: 'fractional-time-out',
    file: asking,
    search: 'Math.floor(Math.min(booked.supplier.profile.timeoutMs, lastMs - startedAt))',
    replace: 'Math.min(booked.supplier.profile.timeoutMs, lastMs - startedAt)',
    test: { file: claimTest, title: 'leaves a call whole milliseconds' },
  },
  {
    name: 'no-fence',
    file: rows,
    search: 'and item = ${item} and fence = ${fence}`',
    replace: 'and item = ${item} and fence >= ${fence}`',
    test: { file: claimTest, title: 'that was lost to another writes nothing' },
  },
  {
    name: 'sends-under-a-claim-that-has-run-out',
    file: rows,
    search: 'and claimed_until > now() and state in',
    replace: 'and state in',
    test: { file: claimTest, title: 'that has run out sends nothing' },
  },
  {
    name: 'lease-off',
    file: rows,
    search: 'and (claimed_until is null or claimed_until <= now())',
    replace: '',
    test: { file: claimTest, title: 'belongs to one, however many ask at once' },
  },
  {
    name: 'intent-not-kept',
    file: rows,
    search: "set state = 'dispatching', supplier_id = ${supplierId},",
    replace: 'set supplier_id = ${supplierId},',
    test: { file: claimTest, title: 'shows the next what was sent under it' },
  },
  {
    name: 'double-end',
    file: rows,
    search: "and item = ${claim.item} and state not in ('completed', 'failed')\n        and (fence",
    replace: 'and item = ${claim.item} and (fence',
    test: { file: claimTest, title: 'comes once' },
  },
  {
    name: 'codes-dropped-because-a-claim-was-lost',
    file: ending,
    search: '    evenParkedWith: delivery.supplierId,\n',
    replace: '',
    test: { file: claimTest, title: 'parked meanwhile is ended by the delivery' },
  },
  {
    name: 'no-fence-at-the-end',
    file: rows,
    search: 'and (fence = ${claim.fence} or',
    replace: 'and (fence >= ${claim.fence} or',
    test: { file: claimTest, title: 'that was lost to another writes nothing' },
  },
  {
    name: 'refund-without-a-claim',
    file: ending,
    search: '  if (!isOurs) return false\n',
    replace: '',
    test: { file: claimTest, title: 'that was lost to another writes nothing' },
  },
  {
    name: 'event-after-commit',
    file: ending,
    search:
      '  await recordEvent(tx, { partnerId, id: newId<EventId>(), type: `order.${status}`, orderId, dialect })\n',
    replace:
      '  const late = { partnerId, id: newId<EventId>(), type: `order.${status}`, orderId, dialect }\n  setTimeout(() => void recordEvent(tx, late).catch(() => undefined), 50)\n',
    test: { file: claimTest, title: 'is one commit with its money, its codes and its event' },
  },
  {
    name: 'refund-tells-nobody',
    file: ending,
    search: "  await tellEnd(tx, item, 'failed')\n",
    replace: '',
    test: { file: engineTest, title: 'has its money back, and an event' },
  },
  {
    name: 'codes-not-recognised-when-they-come-again',
    file: ending,
    search: 'if (fresh.size < codes.length) throw',
    replace: 'if (fresh.size > codes.length) throw',
    test: { file: engineTest, title: 'codes that are empty, or that are known already' },
  },
  {
    name: 'late-codes-thrown-away',
    file: ending,
    search: '      codes.filter(({ id }) => fresh.has(id)),',
    replace: '      codes.filter(({ id }) => !fresh.has(id)),',
    test: { file: engineTest, title: 'the rest is quarantined' },
  },
  {
    name: 'more-given-than-asked-for',
    file: ending,
    search: 'delivery.goods.slice(0, item.quantity)',
    replace: 'delivery.goods.slice(0)',
    test: { file: engineTest, title: 'the rest is quarantined' },
  },
  {
    name: 'charged-for-what-never-came',
    file: ending,
    search: 'item.unitPrice * BigInt(goods.length)',
    replace: 'item.unitPrice * BigInt(item.quantity)',
    test: { file: engineTest, title: 'is charged for what came when the rest will never come' },
  },
  {
    name: 'asks-who-has-refused-again',
    file: filling,
    search: '    refusedBy: item.supplierId,\n',
    replace: '',
    test: { file: engineTest, title: 'goes to the next in the chain on a refusal' },
  },
  {
    name: 'empty-codes-are-sold',
    file: 'src/core/fulfilment/seal-goods.ts',
    search: "return code.trim() !== '' && code.length",
    replace: 'return code.length',
    test: { file: engineTest, title: 'codes that are empty, or that are known already' },
  },
  {
    name: 'a-broken-connection-sent-nothing',
    file: 'src/suppliers/scrip/errors.ts',
    search: "state: error.wasSent ? 'unknown' : 'busy'",
    replace: "state: 'busy'",
    test: { file: 'src/suppliers/scrip/errors.test.ts', title: 'it counts whether anything had been sent' },
  },
  {
    name: 'a-status-without-a-word-is-a-refusal',
    file: 'src/suppliers/scrip/errors.ts',
    search: '    case undefined:\n      return unclear',
    replace: "    case undefined:\n      return { state: 'refused', reason: 'rejected', detail }",
    test: { file: 'src/suppliers/scrip/errors.test.ts', title: 'proves nothing' },
  },
]
