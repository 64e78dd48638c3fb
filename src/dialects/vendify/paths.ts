/** The words that stand in the paths of this dialect, as the vendor spells them. */
const words = [
  'api',
  'v1',
  'Product',
  'Categories',
  'Category',
  'SubCategory',
  'Brands',
  'Brand-Families',
  'Countries',
  'Report',
  'AccountBalance',
  'FxRate',
  'Reseller',
  'TransactionHistory',
  'TransactionSummary',
  'Export',
  'Esim',
  'Details',
  'orders',
  'order',
  'status',
  'validations',
  'Voucher',
  'UpdateDelivery',
  'providers',
] as const

const spellings: ReadonlyMap<string, string> = new Map(words.map((word) => [word.toLowerCase(), word]))

/**
 * A path as the routes have it, whatever case its words are in, and without a slash at its end. What is no word of a path stays as it is: an id, a
 * reference. A category that is also a word may come out in another case, which its handler does not look at.
 */
export function spellPath(path: string): string {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return trimmed
    .split('/')
    .map((segment) => spellings.get(segment.toLowerCase()) ?? segment)
    .join('/')
}
