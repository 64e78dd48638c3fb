import { BadSetting } from '../../platform/config.ts'
import type { Db } from '../../platform/database.ts'
import { findEnvironment, fixEnvironment } from './installation.sql.ts'

/**
 * The first start on a database fixes which environment it serves, for ever: a sandbox's keys and records are never valid in live.
 * Throws BadSetting when it serves the other one.
 */
export async function claimEnvironment(db: Db, environment: 'sandbox' | 'live'): Promise<void> {
  refuseOther(await fixEnvironment(db, environment), environment)
}

/** The same for what only looks in: a database that nobody has started on is anybody's. Throws BadSetting when it serves the other one. */
export async function requireEnvironment(db: Db, environment: 'sandbox' | 'live'): Promise<void> {
  refuseOther((await findEnvironment(db)) ?? environment, environment)
}

function refuseOther(fixed: 'sandbox' | 'live', environment: 'sandbox' | 'live'): void {
  if (fixed === environment) return
  throw new BadSetting(
    `SCRIP_ENVIRONMENT is ${environment}, but this database serves ${fixed} and cannot change. ` +
      `Set SCRIP_ENVIRONMENT=${fixed}, or give ${environment} a database and a data directory of its own.`,
  )
}
