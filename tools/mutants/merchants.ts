import type { Mutant } from './mutant.ts'

const usage = 'src/core/plans/usage.sql.ts'
const meter = 'src/core/plans/open-plan-meter.ts'
const meterTest = 'src/core/plans/open-plan-meter.test.ts'
const once = 'src/core/idempotency/answer-once.ts'
const onceRows = 'src/core/idempotency/idempotency.sql.ts'
const onceTest = 'src/core/idempotency/answer-once.test.ts'
const dialect = 'src/dialects/iascroft'
const purchasesTest = 'src/dialects/iascroft/routes/purchases.test.ts'

const references = 'src/core/references/references.sql.ts'
const referencesTest = 'test/journeys/one-reference-two-servers.test.ts'

/** What would let merchants call too often, buy twice, or see what is not theirs. */
export const merchantMutants: readonly Mutant[] = [
  {
    name: 'one-request-beyond-the-limit',
    file: usage,
    search:
      'select *, least(${perMinute}::bigint - minute_used, ${perMonth}::bigint - month_used) as left_now',
    replace:
      'select *, 1 + least(${perMinute}::bigint - minute_used, ${perMonth}::bigint - month_used) as left_now',
    test: { file: meterTest, title: 'exactly the limit passes' },
  },
  {
    name: 'month-that-never-ends',
    file: usage,
    search: 'case when u.month_start < excluded.month_start then 0 else u.month_used end as month_used',
    replace: 'u.month_used as month_used',
    test: { file: meterTest, title: 'the next calendar month in UTC starts from nothing' },
  },
  {
    name: 'refused-requests-count-for-the-month',
    file: usage,
    search: 'month_start, month_used + lot + more, lot, more',
    replace: 'month_start, month_used + ${waiting}::bigint + more, lot, more',
    test: { file: meterTest, title: 'what a minute refuses does not count for its month' },
  },
  {
    name: 'requests-ahead-are-kept',
    file: usage,
    search:
      'month_used = month_used - case when ${monthEnd} = ${monthEndsAt}::timestamptz then ${unused}::bigint else 0 end',
    replace: 'month_used = month_used',
    test: { file: meterTest, title: 'they hand back in time' },
  },
  {
    name: 'refused-while-others-hold-some',
    file: meter,
    search: 'if (usage.held > 0n && turn < turnsMost) {',
    replace: 'if (usage.held < 0n && turn < turnsMost) {',
    test: { file: meterTest, title: 'they hand back in time' },
  },
  {
    name: 'answer-not-as-it-was-stored',
    file: once,
    search: 'return { status, body: await keyRing.open({ ciphertext, dataKeyId }, id) }',
    replace: 'return { status, body: `${await keyRing.open({ ciphertext, dataKeyId }, id)} ` }',
    test: { file: onceTest, title: 'every repeat gets the same bytes' },
  },
  {
    name: 'other-request-under-a-key',
    file: once,
    search:
      "if (!equalInConstantTime(row.requestHash, requestHash)) throw new Failure('idempotency_conflict')",
    replace: "if (row.requestHash.length !== requestHash.length) throw new Failure('idempotency_conflict')",
    test: { file: onceTest, title: 'another request under the key is a conflict' },
  },
  {
    name: 'claim-that-holds-nobody-off',
    file: onceRows,
    search:
      'where k.answered_at is null and k.claimed_until <= clock_timestamp() and k.request_hash = excluded.request_hash',
    replace: 'where k.answered_at is null and k.request_hash = excluded.request_hash',
    test: { file: onceTest, title: '64 repeats at once are worked on once' },
  },
  {
    name: 'key-burnt-by-a-dead-server',
    file: onceRows,
    search:
      'where k.answered_at is null and k.claimed_until <= clock_timestamp() and k.request_hash = excluded.request_hash',
    replace: 'where false and k.answered_at is null and k.request_hash = excluded.request_hash',
    test: { file: onceTest, title: 'by a server that died' },
  },
  {
    name: 'key-burnt-by-a-refusal',
    file: once,
    search:
      'if (error instanceof Failure && !isUnclear(error.code)) await deleteClaim(database, claim)\n  else await endClaim(database, claim)',
    replace: 'await endClaim(database, claim)',
    test: { file: onceTest, title: 'where nothing was done it is free again' },
  },
  {
    name: 'late-worker-answers-for-itself',
    file: onceRows,
    search:
      'where partner_id = ${partnerId} and key = ${key} and claim = ${claim} and answered_at is null\n      returning id',
    replace: 'where partner_id = ${partnerId} and key = ${key}\n      returning id',
    test: { file: onceTest, title: 'by a call that took too long' },
  },
  {
    name: 'second-order-under-one-reference',
    file: `${dialect}/names.ts`,
    search: 'externalId: externalIdOf(reference),',
    replace: 'externalId: externalIdOf(reference + identity),',
    test: { file: purchasesTest, title: 'is used once: again it is refused' },
  },
  {
    name: 'repeat-without-a-key',
    file: `${dialect}/names.ts`,
    search: "const identity = key ?? randomBytes(16).toString('hex')",
    replace: "const identity = key ?? ''",
    test: { file: purchasesTest, title: 'is kept by the order itself' },
  },
  {
    name: 'goods-mailed-for-another-request',
    file: 'src/core/order-mails/order-mails.sql.ts',
    search: 'and o.external_id = m.external_id and o.request_hash = m.request_hash`',
    replace: 'and o.external_id = m.external_id`',
    test: { file: 'src/core/order-mails/order-mails.test.ts', title: 'of another request' },
  },
  {
    name: 'default-wallet-first',
    file: `${dialect}/routes/buy.ts`,
    search: 'return [...new Set([own, usual])]',
    replace: 'return [...new Set([usual, own])]',
    test: { file: purchasesTest, title: 'is that of the product’s currency' },
  },
  {
    name: 'reference-claimed-without-a-look-at-other-kinds',
    file: references,
    search: 'where ${isUnused(wish, otherKinds)}',
    replace: 'where true',
    test: { file: referencesTest, title: 'that nobody claimed is no call’s' },
  },
  {
    name: 'reference-that-any-key-may-use',
    file: references,
    search: 'where (c.kind = excluded.kind and (c.identity is null or c.identity = excluded.identity))',
    replace: 'where (c.kind = excluded.kind)',
    test: { file: referencesTest, title: 'is no other call’s' },
  },
  {
    name: 'reference-taken-over-with-its-effect',
    file: references,
    search: 'and ${isUnused(wish, [kind])})',
    replace: 'and true)',
    test: { file: referencesTest, title: 'is no other call’s' },
  },
  {
    name: 'reference-taken-from-a-call-under-way',
    file: references,
    search: 'c.claimed_at < now() - make_interval(secs => ${idleClaimSeconds})',
    replace: 'c.claimed_at < now() + make_interval(secs => ${idleClaimSeconds})',
    test: { file: referencesTest, title: 'dies with a reference in hand' },
  },
  {
    name: 'reference-burnt-by-a-refusal',
    file: 'src/core/references/with-reference.ts',
    search: 'if (isRefused && taken.isFirst) await release(db, held).catch(() => undefined)',
    replace: 'void isRefused',
    test: { file: referencesTest, title: 'leaves its reference free' },
  },
  {
    name: 'reference-given-back-by-a-repeat',
    file: 'src/core/references/with-reference.ts',
    search: 'if (isRefused && taken.isFirst)',
    replace: 'if (isRefused)',
    test: { file: referencesTest, title: 'what a repeat is refused' },
  },
  {
    name: 'reference-that-is-not-claimed',
    file: 'src/core/references/with-reference.ts',
    search: 'const taken = await claim(db, { ...wish, ...held, identity })',
    replace: 'const taken = (await claim(db, { ...wish, ...held, identity })) ?? { isFirst: false }',
    test: { file: referencesTest, title: '64 calls of all kinds with one reference' },
  },
]
