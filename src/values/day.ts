/**
 * The day that a text names, as the midnight of UTC at which it begins; undefined if it names none. A day is written as ISO 8601 has it,
 * "2027-01-31", exists in its month, and lies in the years from 1 to 9999: those that PostgreSQL's date reads too.
 */
export function readDay(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return undefined
  const midnight = new Date(`${text}T00:00:00Z`)
  // Date takes the 30th of February for a day of March; a day that exists comes back as it was.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text) ? midnight : undefined
}

/** Whether a text is a day, as `readDay` reads it. */
export function isDay(text: string): boolean {
  return readDay(text) !== undefined
}
