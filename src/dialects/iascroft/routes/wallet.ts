import { listWallets } from '../../../core/ledger/list-wallets.ts'
import type { Wallet } from '../../../core/ledger/ledger.ts'
import { listCurrencies } from '../../../core/catalogue/list-currencies.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toAmount, toSuccess } from '../mapping/envelope.ts'
import { CurrencyRow } from '../wire/catalogue.ts'
import { refusals, success } from '../wire/envelope.ts'
import { BalanceQuery, BalanceReply } from '../wire/wallet.ts'
import type { BalanceRow } from '../wire/wallet.ts'
import { Type } from 'typebox'
import { secured } from './secured.ts'

const shared = { tags: ['Wallet'], security: secured }

/**
 * GET /currencies      what there is money of
 * GET /wallet/balance  what the wallets hold
 */
export function walletRoutes(app: DialectApp, { database }: Services): void {
  const currencies = {
    ...shared,
    summary: 'Currencies',
    response: { 200: success(Type.Array(CurrencyRow)), ...refusals() },
  }
  app.get('/currencies', { schema: currencies }, async () => {
    const rows = await listCurrencies(database)
    return toSuccess(rows.map(({ code, names, decimals }) => ({ code, name: names.en, decimals })))
  })

  const balance = {
    ...shared,
    summary: 'What the wallets hold',
    querystring: BalanceQuery,
    response: { 200: success(BalanceReply), ...refusals(400) },
  }
  app.get('/wallet/balance', { schema: balance }, async (request) => {
    const wallets = await listWallets(database, request.caller.partner.id)
    const wanted = request.query.currency?.toUpperCase()
    const shown = wanted === undefined ? wallets : wallets.filter(({ currency }) => currency === wanted)
    const [first] = shown
    if (first === undefined)
      throw new Failure('invalid_currency', { sentence: 'You have no wallet in this currency.' })
    const { currency, balance, available } = toBalanceRow(first)
    return toSuccess({ balances: shown.map(toBalanceRow), currency, balance, available })
  })
}

/** What an overdraft adds can be spent, too, but it is no balance: it is left out here. */
function toBalanceRow({ currency, balance, reserved }: Wallet): BalanceRow {
  return {
    currency,
    balance: toAmount(balance),
    reserved: toAmount(reserved),
    available: toAmount(balance - reserved),
  }
}
