/** Rows under their headings, in columns as wide as they need to be; a column of numbers stands on the right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  empty = 'None.',
): string[] {
  if (rows.length === 0) return [empty]
  const widths = headings.map((heading, place) =>
    Math.max(widthOf(heading), ...rows.map((row) => widthOf(row[place] ?? ''))),
  )
  const isNumeric = headings.map((_, place) =>
    rows.every((row) => /^(-?[\d.,]+%?|-|)$/.test(row[place] ?? '')),
  )
  const line = (cells: readonly string[]): string =>
    headings
      .map((_, place) => pad(cells[place] ?? '', widths[place] ?? 0, isNumeric[place] === true))
      .join('  ')
      .trimEnd()
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)]
}

/** Names and their values, one a line. What is undefined is left out. */
export function facts(pairs: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)))
  return known.map(([name, value]) => `${pad(name, width, false)}  ${value}`)
}

function pad(cell: string, width: number, onTheRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)))
  return onTheRight ? space + cell : cell + space
}

/** Columns in a terminal: characters of East Asia take two, marks that combine take none. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{Mn}/u.test(character)) continue
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}
