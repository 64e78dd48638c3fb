import { randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** A new time-ordered identifier (UUID version 7, RFC 9562); the caller names the kind: `newId<OrderId>()`. */
export function newId<T extends string & { readonly brand: string }>(): T {
  return generator.generate().toString() as T // The constructor of identifiers that Scrip makes itself.
}

/** Random words from the system's CSPRNG, drawn in lots: the package's own lots of eight cost more than all the rest of an identifier. */
function nextUint32(): number {
  if (wordsUsed === words.length) {
    randomFillSync(words)
    wordsUsed = 0
  }
  wordsUsed += 1
  return words[wordsUsed - 1] ?? 0
}

const words = new Uint32Array(1_024)
let wordsUsed = words.length
const generator = new V7Generator({ nextUint32 })
