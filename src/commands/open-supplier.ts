import type { SupplierAccount } from '../core/fulfilment/account.ts'
import { openAccount } from '../core/fulfilment/open-account.ts'
import type { Supplier } from '../core/fulfilment/supplier.ts'
import { openHttpClient } from '../platform/http.ts'
import type { Context } from './context.ts'
import { supplierOpener } from './fulfil.ts'

/** Opens one supplier for as long as `work` runs. Throws Failure supplier_not_found, and what the connector throws. */
export async function withSupplier<T>(
  context: Context,
  code: string,
  work: (opened: { readonly account: SupplierAccount; readonly supplier: Supplier }) => Promise<T>,
): Promise<T> {
  const { config, suppliers: connectors } = context
  const http = openHttpClient({ allowLoopback: config.allowLoopback })
  try {
    const open = supplierOpener({ config, connectors, http })
    return await work(await openAccount(await context.database(), await context.keyRing(), open, code))
  } finally {
    await http.close()
  }
}

/** How a call made by hand is limited: nobody else has a claim on it. */
export function handCall({ profile }: Supplier) {
  return { timeoutMs: profile.timeoutMs, mayStillSend: () => true }
}
