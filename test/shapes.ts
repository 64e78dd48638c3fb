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
