import type { Supplier, SupplierProduct } from '../core/fulfilment/supplier.ts'
import { Failure } from '../values/failure.ts'
import { printAmount } from '../values/money.ts'
import { command } from './command.ts'
import { fail, ok, warn } from './finding.ts'
import type { Finding } from './finding.ts'
import { handCall, withSupplier } from './open-supplier.ts'
import { supplierArgument } from './supplier-accounts.ts'
import { table } from './table.ts'

export const supplierBalance = command({
  name: 'balance',
  summary: 'Ask a supplier what we have left there.',
  examples: ['supplier balance kenya', 'supplier balance kenya --json'],
  params: { supplier: supplierArgument },
  async run(context, input) {
    return withSupplier(context, input.supplier, async ({ account, supplier }) => {
      const balance = await supplier.balance?.(handCall(supplier))
      if (balance === undefined)
        throw new Failure('validation_failed', {
          fields: [{ field: 'supplier', sentence: `${account.name} does not tell a balance.` }],
        })
      const amount = printAmount(balance.amount)
      return {
        json: { supplier: account.code, balance: { amount, currency: balance.currency } },
        text: [`${amount} ${balance.currency}`],
      }
    })
  },
})

export const checkSupplier = command({
  name: 'check',
  summary: 'Ask a supplier for its balance and its products, and say whether it answers.',
  details: ['Buys nothing and changes nothing. The exit code is 1 if it does not answer.'],
  examples: ['supplier check kenya', 'supplier check kenya --json'],
  params: { supplier: supplierArgument },
  async run(context, input) {
    return withSupplier(context, input.supplier, async ({ account, supplier }) => {
      const findings = [
        await tryBalance(supplier, account.currency),
        await tryProducts(supplier),
        ok('abilities', abilitiesOf(supplier).join(', ')),
      ]
      const isWell = findings.every((one) => one.state !== 'fail')
      return {
        json: { supplier: account.code, findings, ok: isWell },
        text: table(
          ['', 'State', 'Detail'],
          findings.map((one) => [one.name, one.state, one.detail]),
        ),
        ok: isWell,
      }
    })
  },
})

async function tryBalance(supplier: Supplier, currency: string): Promise<Finding> {
  if (supplier.balance === undefined) return ok('balance', 'it does not tell one')
  try {
    const balance = await supplier.balance(handCall(supplier))
    const detail = `${printAmount(balance.amount)} ${balance.currency}`
    if (balance.currency !== currency)
      return warn(
        'balance',
        `${detail}, but the account says that it bills in ${currency}`,
        'Open the account anew in the right currency.',
      )
    return ok('balance', detail)
  } catch (error) {
    return noAnswer('balance', error)
  }
}

async function tryProducts(supplier: Supplier): Promise<Finding> {
  if (supplier.listProducts === undefined) return ok('products', 'it does not list them')
  try {
    const { products, nextCursor } = await supplier.listProducts(undefined, handCall(supplier))
    return ok(
      'products',
      `${products.length}${nextCursor === undefined ? '' : ' and more'}${exampleOf(products)}`,
    )
  } catch (error) {
    return noAnswer('products', error)
  }
}

function exampleOf([first]: readonly SupplierProduct[]): string {
  return first === undefined ? '' : `, such as ${first.productCode}`
}

function noAnswer(name: string, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error)
  return fail(name, `it does not answer: ${reason}`, 'See its settings, and whether it can be reached.')
}

function abilitiesOf(supplier: Supplier): string[] {
  const { dedupsByReference, statusByReference } = supplier.profile
  const optional = ['validate', 'listProducts', 'balance', 'topUpEsim', 'esimStatus', 'readNotice'] as const
  return [
    `it ${dedupsByReference ? 'recognises' : 'does not recognise'} a repeated purchase`,
    `it ${statusByReference ? 'can' : 'cannot'} be asked what became of one`,
    ...optional.filter((name) => supplier[name] !== undefined),
  ]
}
