/** What a failure is called by whoever made it ("ENOENT", "UND_ERR_CONNECT_TIMEOUT"); "" where it has no name. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
