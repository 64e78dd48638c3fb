import type { Mutant } from './mutant.ts'

const rows = 'src/core/vouchers/vouchers.sql.ts'
const tillTest = 'src/core/redemptions/redeem-at-till.test.ts'
const codeTest = 'src/core/redemptions/redeem-code.test.ts'
const issueTest = 'src/core/disbursements/disbursements.test.ts'
const supplier = 'src/suppliers/giftpesa'
const supplierExamples = `${supplier}/examples.test.ts`
const supplierTest = `${supplier}/supplier.test.ts`
const authorizeTest = 'src/dialects/giftpesa/routes/authorize.test.ts'

/** What would give vouchers' value twice, to the wrong one, or to a guesser. */
export const voucherMutants: readonly Mutant[] = [
  {
    name: 'repeat-refused-at-a-closed-till',
    file: 'src/core/redemptions/redeem-at-till.ts',
    search: 'const till = await findTillEvenClosed(database, command.tillNumber)\n',
    replace: 'const till = await findTillEvenClosed(database, command.tillNumber)\n  requireOpen(till)\n',
    test: { file: tillTest, title: 'a closed till takes nothing' },
  },
  {
    name: 'receipt-of-another-redemption',
    file: 'src/core/redemptions/new-receipt.ts',
    search: 'if (!(await isReceiptUsed(db, receipt))) return receipt',
    replace: 'void isReceiptUsed\n    return receipt',
    test: { file: 'src/core/redemptions/new-receipt.test.ts', title: 'a number that no other has' },
  },
  {
    name: 'redemption-refused-for-an-edited-text',
    file: 'src/core/messages/send-message.ts',
    search: 'const isUnfit = checksOf(channel, rendered).some(({ sentence }) => sentence !== undefined)',
    replace: 'const isUnfit = false',
    test: { file: 'src/core/messages/edit-template.test.ts', title: 'makes no message of the facts' },
  },
  {
    name: 'frozen-vouchers-are-spent',
    file: rows,
    search: 'ends_at > now() and frozen_at is null\n  ${merchant',
    replace: 'ends_at > now()\n  ${merchant',
    test: { file: tillTest, title: 'frozen ones, until they are released' },
  },
  {
    name: 'locked-vouchers-at-any-merchant',
    file: rows,
    search: "and (merchants = '{}' or ${merchant} = any (merchants))",
    replace: "and (merchants = '{}' or ${merchant}::text is not null)",
    test: { file: tillTest, title: "another merchant's" },
  },
  {
    name: 'open-vouchers-first',
    file: rows,
    search: "sum(balance) over (order by merchants = '{}', ends_at, id) - balance as before",
    replace: "sum(balance) over (order by merchants <> '{}', ends_at, id) - balance as before",
    test: { file: tillTest, title: 'vouchers of few merchants go first' },
  },
  {
    name: 'part-of-the-amount-is-taken',
    file: rows,
    search: 'from candidates where before < ${amount}::bigint and total >= ${amount}::bigint',
    replace: 'from candidates where before < ${amount}::bigint and total >= 0',
    test: { file: tillTest, title: 'all or nothing' },
  },
  {
    name: 'guesses-beside-each-other',
    file: 'src/core/redemptions/guard-guesses.ts',
    search: "if (seconds > 0) throw new Failure('too_many_failures'",
    replace: "if (seconds > 86_400) throw new Failure('too_many_failures'",
    test: { file: tillTest, title: 'lock the telephone' },
  },
  {
    name: 'one-person-takes-back',
    file: 'src/core/redemptions/approve-reversal.ts',
    search: 'if (redemption.proposedBy === actor)',
    replace: 'if (redemption.proposedBy === undefined)',
    test: { file: tillTest, title: 'takes two persons' },
  },
  {
    name: 'reversal-without-the-vouchers',
    file: 'src/core/redemptions/approve-reversal.ts',
    search: '  await putBackValue(tx, shares)\n',
    replace: '  await putBackValue(tx, [])\n',
    test: { file: tillTest, title: 'brings the value back' },
  },
  {
    name: 'reference-for-any-code',
    file: 'src/core/redemptions/redeem-code.ts',
    search: "if (first.requestHash !== voucher.id) throw new Failure('external_id_conflict')",
    replace: "if (first.requestHash === '') throw new Failure('external_id_conflict')",
    test: { file: codeTest, title: 'the same call again' },
  },
  {
    name: 'late-workers-issue',
    file: 'src/core/disbursements/disbursements.sql.ts',
    search: 'where ${isHeld(disbursement, fence)} and issued_count = ${step.from}',
    replace:
      'where partner_id = ${disbursement.partnerId} and id = ${disbursement.id} and ${fence}::bigint > 0',
    test: { file: issueTest, title: 'who comes late, after another has taken over' },
  },
  {
    name: 'fee-is-kept-for-what-was-not-issued',
    file: 'src/core/disbursements/end-disbursement.ts',
    search: 'const fee = ended.fee - feePaid(ended)',
    replace: 'const fee = feePaid(ended) - feePaid(ended)',
    test: { file: issueTest, title: 'given up after some tries' },
  },
  {
    name: 'stale-stamps-sign-in',
    file: 'src/core/partners/open-sign-in.ts',
    search: 'const isGood = isPadded && isNow && isKey && isHere',
    replace: 'const isGood = isPadded && isKey && isHere',
    test: { file: authorizeTest, title: 'in every word' },
  },
  {
    name: 'ciphertexts-again',
    file: 'src/core/partners/open-sign-in.ts',
    search: 'await useNonce(tx, { partnerId, credentialId, nonce })',
    replace: 'await useNonce(tx, { partnerId, credentialId, nonce: nonce + newToken(prefix) })',
    test: { file: authorizeTest, title: 'good for one token' },
  },
  {
    name: 'tokens-outlive-their-key',
    file: 'src/core/partners/credentials.sql.ts',
    search: 'and (c.parent_id is null or exists (',
    replace: 'and (true or exists (',
    test: { file: authorizeTest, title: 'tokens die with their key' },
  },
  {
    name: 'a-later-refusal-is-believed',
    file: `${supplier}/supplier.ts`,
    search: "if (answer.state !== 'refused' || purchase.tries === 1) return answer",
    replace: 'if (purchase.tries > 0) return answer',
    test: { file: supplierExamples, title: 'that refuses a later try holds only where nothing is known' },
  },
  {
    name: 'a-used-reference-is-a-refusal',
    file: `${supplier}/errors.ts`,
    search: 'if (names.length === 0) return undefined',
    replace: "if (names.length === 0) return 'rejected'",
    test: { file: supplierTest, title: 'that means something else under its reference' },
  },
  {
    name: 'an-unknown-word-is-a-refusal',
    file: `${supplier}/mapping.ts`,
    search: 'return unknown(`The disbursement has the unknown status',
    replace: "return refused('rejected', `The disbursement has the unknown status",
    test: { file: supplierExamples, title: 'has a word that is not documented' },
  },
  {
    name: 'a-code-given-twice-is-sold-twice',
    file: `${supplier}/mapping.ts`,
    search: 'if (new Set(codes).size < codes.length)',
    replace: 'if (new Set(codes).size < 1)',
    test: { file: supplierExamples, title: 'gives one code twice' },
  },
  {
    name: 'half-a-code-is-sold',
    file: `${supplier}/mapping.ts`,
    search: "if (codes.some((code) => code.includes('*')))",
    replace: "if (codes.some((code) => code.includes('**********')))",
    test: { file: supplierExamples, title: 'has half a code' },
  },
  {
    name: 'another-telephones-vouchers',
    file: `${supplier}/mapping.ts`,
    search: "return last(theirs).length === 9 && last(theirs) === last(ours ?? '')",
    replace: "return last(theirs).length === last(ours ?? '').length",
    test: { file: supplierExamples, title: 'is about another telephone' },
  },
  {
    name: 'a-sign-in-for-each-call',
    file: `${supplier}/client.ts`,
    search: 'if (kept !== undefined && now() < kept.endsAtMs) return kept',
    replace: 'if (kept !== undefined && now() < 0) return kept',
    test: { file: supplierTest, title: 'is asked for once, however many come at once' },
  },
]
