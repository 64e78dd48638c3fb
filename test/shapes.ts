/**
 * How an answer differs in shape from a vendor's example: keys that are missing, new, or of another type. Where one of both has null,
 * the other may have a value. Each row of a list is compared with the example's row whose keys are most like its own.
 */
export function differences(given: unknown, example: unknown, path = ''): string[] {
  if (given === null || example === null) return given === undefined ? [`${path} is missing`] : []
  if (kindOf(given) !== kindOf(example))
    return [`${path} is a ${kindOf(given)}, in the example a ${kindOf(example)}`]
  if (Array.isArray(given) && Array.isArray(example)) {
    if (given.length === 0 && example.length > 0) return [`${path} is empty`]
    return given.flatMap((row, place) =>
      example.length === 0 ? [] : differences(row, closest(row, example), inside(path, String(place))),
    )
  }
  if (!isObject(given) || !isObject(example)) return []
  return [...new Set([...Object.keys(example), ...Object.keys(given)])].flatMap((key) => {
    if (!(key in given)) return [`${inside(path, key)} is missing`]
    return key in example
      ? differences(given[key], example[key], inside(path, key))
      : [`${inside(path, key)} is not in the example`]
  })
}

function closest(row: unknown, examples: readonly unknown[]): unknown {
  const unlike = (example: unknown): number =>
    isObject(row) && isObject(example)
      ? new Set(Object.keys(example)).symmetricDifference(new Set(Object.keys(row))).size
      : 0
  return examples.toSorted((a, b) => unlike(a) - unlike(b))[0]
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inside(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/**
 * Texts that an example writes in a form of its own (a date, an amount with its thousands apart, a mask), and that are given in another. Lists
 * are compared by their first rows; an empty text has no form.
 */
export function formatDifferences(given: unknown, example: unknown, path = ''): string[] {
  if (typeof given === 'string' && typeof example === 'string') {
    const [own, wanted] = [formOf(given), formOf(example)]
    return given === '' || wanted === 'text' || own === wanted
      ? []
      : [`${path} is "${given}", a ${own}, in the example "${example}", a ${wanted}`]
  }
  if (Array.isArray(given) && Array.isArray(example))
    return formatDifferences(given[0], example[0], inside(path, '0'))
  if (!isObject(given) || !isObject(example)) return []
  return Object.keys(example).flatMap((key) => formatDifferences(given[key], example[key], inside(path, key)))
}

function formOf(text: string): string {
  return forms.find(([, form]) => form.test(text))?.[0] ?? 'text'
}

const forms: readonly (readonly [name: string, form: RegExp])[] = [
  ['instant', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
  ['midnight', /^\d{4}-\d\d-\d\dT00:00:00$/],
  ['day', /^\d{4}-\d\d-\d\d$/],
  ['day with slashes', /^\d{4}\/\d\d\/\d\d$/],
  ['time of day', /^\d\d:\d\d:\d\d$/],
  ['amount', /^\d{1,3}(,\d{3})*\.\d\d$/],
  ['count', /^\d{1,6}$/],
  ['reference', /^\d{18}:S:[A-Z]{25}$/],
  ['session', /^S:[A-Z]{25}$/],
  ['masked code', /^[^*]{3}\*{9}[^*]{3}$/],
  ['activation code', /^LPA:1\$\S+$/],
]
