/** A map that holds so many entries and no more: what was not used for longest goes first. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #most: number

  /** @param most entries, at least 1 */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value, which counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    // A Map keeps the order of insertion, so the first key is the one that was not used for longest. While less than half full it is
    // not kept in order: nothing goes before as much again has come, and what is used meanwhile moves to the end then.
    if (value === undefined || this.#entries.size <= this.#most / 2) return value
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#most) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }

  deleteWhere(isUnwanted: (value: Value) => boolean): void {
    for (const [key, value] of this.#entries) if (isUnwanted(value)) this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }
}
