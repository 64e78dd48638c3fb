/** What was looked at, how it is, and what to do about it if it is not well. */
export type Finding = {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly detail: string
  readonly advice?: string | undefined
}

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail }
}

export function warn(name: string, detail: string, advice: string): Finding {
  return { name, state: 'warn', detail, advice }
}

export function fail(name: string, detail: string, advice: string): Finding {
  return { name, state: 'fail', detail, advice }
}
