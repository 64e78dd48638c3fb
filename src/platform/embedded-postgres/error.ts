/** What kept the embedded database from running, as a sentence for whoever operates Scrip. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
}

/** The advice that ends every sentence about a machine where the embedded database cannot run at all. */
export const useOwnServer = 'Set DATABASE_URL to a PostgreSQL server (15 or newer) of your own.'

/** The code of a failed system call, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
