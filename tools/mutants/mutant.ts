/** A defect that is planted to see that its test finds it. */
export type Mutant = {
  /** "refund-on-silence". */
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly search: string
  readonly replace: string
  /** The test file that must fail, and words that the title of the failing test has in it. */
  readonly test: { readonly file: string; readonly title: string }
}
