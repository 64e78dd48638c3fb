import { isCallableUrl } from '../../platform/http.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import type { AddressRules } from './webhook.ts'

/** What this installation allows of a webhook endpoint. */
export type EndpointRules = AddressRules & {
  /** The event types that a dialect tells; undefined: it has no webhooks, or there is no such dialect. */
  readonly eventTypesOf: (dialect: string) => readonly string[] | undefined
  /** The types that a vendor's own name for an event stands for; undefined: it is no such name. */
  readonly typesNamed?: ((dialect: string, name: string) => readonly string[] | undefined) | undefined
}

/** Events as types of the core, each once: what a person calls as the vendor does stands for all that it tells. Nothing given is everything. */
export function toEventTypes(events: readonly string[], dialect: string, rules: EndpointRules): string[] {
  if (events.length === 0) return [...(rules.eventTypesOf(dialect) ?? [])]
  return [...new Set(events.flatMap((event) => rules.typesNamed?.(dialect, event) ?? [event]))]
}

/** All that is wrong with what a partner chose; nothing, if nothing is. */
export function checkEndpoint(
  endpoint: {
    readonly dialect: string
    readonly url: string
    readonly events: readonly string[]
    readonly description: string
  },
  rules: EndpointRules,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const complain = (field: string, sentence: string): void => void problems.push({ field, sentence })
  const told = rules.eventTypesOf(endpoint.dialect)
  if (told === undefined) complain('dialect', 'This dialect has no webhooks.')
  else if (!endpoint.events.every((type) => told.includes(type)))
    complain('events', `The events must be out of ${told.join(', ')}.`)
  const urlProblem = callbackProblem(endpoint.url, rules)
  if (urlProblem !== undefined) complain('url', urlProblem)
  if (endpoint.description.length > 200 || !isStorableJson(endpoint.description))
    complain('description', 'The description must be at most 200 characters of text.')
  return problems
}

/** What is wrong with an address that events are to be sent to, in a sentence; undefined: nothing. */
export function callbackProblem(
  url: string,
  { requireHttps, allowLoopback }: AddressRules,
): string | undefined {
  if (url.length > 2_048 || !isStorableJson(url) || !URL.canParse(url))
    return 'The URL must be a whole address such as "https://example.com/webhooks".'
  if (requireHttps && new URL(url).protocol !== 'https:') return 'The URL must begin with https://.'
  return isCallableUrl(url, allowLoopback)
    ? undefined
    : 'The URL must be a public http(s) address without a user name or password.'
}
