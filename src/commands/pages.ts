import type { Page } from '../values/page.ts'
import { option, text, wholeNumber } from './params.ts'

/** The options of every command that lists something without end. */
export const pageOptions = {
  limit: option('--limit <n>', 'how many rows at the most (50)', wholeNumber(1, 1_000), 50),
  after: option('--after <cursor>', 'go on where the page before ended', text),
}

/** What stands below a page that is not the last. */
export function pageText(page: Page<unknown>): string[] {
  return page.nextCursor === undefined ? [] : ['', `There are more: add --after ${page.nextCursor}`]
}
