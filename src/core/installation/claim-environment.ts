import { BadSetting } from '../../platform/config.ts'
import type { Db } from '../../platform/database.ts'
import { fixEnvironment } from './installation.sql.ts'

/**
 * The first start on a database fixes which environment it serves, for ever: a sandbox's keys and records are never valid in live.
 * Throws BadSetting when it serves the other one.
 */
export async function claimEnvironment(db: Db, environment: 'sandbox' | 'live'): Promise<void> {
  const fixed = await fixEnvironment(db, environment)
  if (fixed === environment) return
  throw new BadSetting(
    `SCRIP_ENVIRONMENT is ${environment}, but this database serves ${fixed} and cannot change. ` +
      `Set SCRIP_ENVIRONMENT=${fixed}, or give ${environment} a database and a data directory of its own.`,
  )
}
