import { startHostileSupplier } from './hostile-supplier.ts'
import type { HostileOptions, HostileSupplier } from './hostile-supplier.ts'

/** What the process prints. */
export type HostileAccount = HostileSupplier['account']

// A hostile supplier in a process of its own, so that its books survive whatever is done to the product. The one argument is its
// options in JSON; it prints the account to buy with as a line of JSON, and runs until it is killed.
const options = JSON.parse(process.argv[2] ?? '{}') as Partial<HostileOptions> // The test that starts this process wrote it.
const { account } = await startHostileSupplier(options)
process.stdout.write(`${JSON.stringify(account)}\n`)
