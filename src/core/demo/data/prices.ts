/** What is put on the face value, for everybody. Children of a category follow it unless they stand here themselves. */
export type DemoMarkup = {
  /** Undefined: everything that no other line names. */
  readonly category: string | undefined
  readonly percent: string
  /** In the money of whoever pays, on each unit. */
  readonly fixed?: number
}

export const markups: readonly DemoMarkup[] = [
  { category: undefined, percent: '10' },
  // Operators and billers pay the reseller: part of that is passed on.
  { category: 'airtime', percent: '-2' },
  { category: 'data-bundle', percent: '-1.5' },
  { category: 'utility', percent: '0.5' },
  { category: 'cable-tv', percent: '0' },
  { category: 'esim', percent: '15' },
  { category: 'licence', percent: '8' },
  { category: 'prepaid-cards', percent: '3', fixed: 1 },
]
