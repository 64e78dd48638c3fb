/**
 * A Kenyan number as people write it (07…, 01…, 2547…, +2547…, with spaces or dashes) in E.164; undefined for what is none. A number with a plus
 * and another country's code is none either: vouchers are for Kenyan telephones.
 */
export function readPhone(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 30) return undefined
  const digits = text.replaceAll(/[\s()-]/g, '')
  const national = /^(?:\+?254|0)([17]\d{8})$/.exec(digits)?.[1]
  return national === undefined ? undefined : `+254${national}`
}
