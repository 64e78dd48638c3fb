/** One rule about stored rows, and whether they keep it. */
type Check<Name extends string> = {
  readonly name: Name
  readonly ok: boolean
  /** The rule, and after it who breaks it. */
  readonly detail: string
  /** The ids of up to 20 rows that break the rule. */
  readonly offenders: readonly string[]
}

export type ProofReport<Name extends string = string> = {
  readonly checks: readonly Check<Name>[]
  readonly ok: boolean
}

/**
 * Holds rules, each a sentence under its name, against what is stored, one after the other.
 *
 * @param findOffenders answers up to `limit` ids of rows that break the named rule
 */
export async function proveRules<Name extends string>(
  rules: Readonly<Record<Name, string>>,
  findOffenders: (name: Name, limit: number) => Promise<readonly string[]>,
): Promise<ProofReport<Name>> {
  const checks: Check<Name>[] = []
  for (const name of Object.keys(rules) as Name[]) {
    // Object.keys forgets the keys' type.
    checks.push(toCheck(name, rules[name], await findOffenders(name, namedMost + 1)))
  }
  return { checks, ok: checks.every(({ ok }) => ok) }
}

const namedMost = 20

function toCheck<Name extends string>(name: Name, rule: string, found: readonly string[]): Check<Name> {
  if (found.length === 0) return { name, ok: true, detail: rule, offenders: [] }
  const offenders = found.slice(0, namedMost)
  const more = found.length > namedMost ? ' and more' : ''
  return { name, ok: false, detail: `${rule} Broken by ${offenders.join(', ')}${more}.`, offenders }
}
