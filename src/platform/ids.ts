import { uuidv7 } from 'uuidv7'

/** A new time-ordered identifier (UUID version 7, RFC 9562); the caller names the kind: `newId<OrderId>()`. */
export function newId<T extends string & { readonly brand: string }>(): T {
  return uuidv7() as T // The constructor of identifiers that Scrip makes itself.
}
