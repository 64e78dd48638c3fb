import type { Db } from '../../platform/database.ts'
import { selectMeasures } from './installation.sql.ts'
import type { Measures } from './installation.sql.ts'

/** How large the database is, how many connections it has, and which migration it is at. */
export async function measureInstallation(db: Db): Promise<Measures> {
  return selectMeasures(db)
}
