/** One page of a list: its rows and the cursor of the page after it, if there is one. */
export type Page<Row> = {
  readonly rows: readonly Row[]
  readonly nextCursor: string | undefined
  readonly previousCursor: string | undefined
}
