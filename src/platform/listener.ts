/** What a listener needs of a driver's connection. */
export type ListeningClient = {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  end(): Promise<void>
  on(event: 'error', told: (error: Error) => void): unknown
  on(
    event: 'notification',
    told: (message: { channel: string; payload?: string | undefined }) => void,
  ): unknown
  once(event: 'end', told: () => void): unknown
}

type Subscription = { close(): Promise<void> }

/** Hears notifications of any number of channels on one connection, which it opens at the first and closes after the last. */
export type Listener = {
  /**
   * Calls `onMessage` for each notification of a channel and, since some may have been missed, `onGap` after every (re)connection. A
   * connection that does not answer within 5 s is replaced, so a silent network is noticed within some 10 s.
   *
   * @param channel a plain word
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap: () => void): Subscription
  close(): Promise<void>
}

type Hearer = {
  readonly channel: string
  readonly onMessage: (payload: string) => void
  readonly onGap: () => void
}

/**
 * @param newClient makes a connection that is not connected yet; its queries time out after `heartbeatMs`
 * @param onError told of each connection that breaks
 */
export function openListener(newClient: () => ListeningClient, onError: (error: Error) => void): Listener {
  const hearers = new Set<Hearer>()
  let client: ListeningClient | undefined
  /** Whether `client` is connected and listens to all channels that there were. */
  let isUp = false
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let lastSaid: Promise<unknown> = Promise.resolve()

  /** One statement after the other: the driver has one answer under way. */
  function say(to: ListeningClient, statement: string): Promise<unknown> {
    const said = lastSaid.then(() => to.query(statement))
    lastSaid = said.catch(() => undefined)
    return said
  }

  function unheard(heard: ReadonlySet<Hearer>): Hearer | undefined {
    return [...hearers].find((one) => !heard.has(one))
  }

  async function connect(): Promise<void> {
    const fresh = newClient()
    client = fresh
    lastSaid = Promise.resolve()
    fresh.on('error', onError)
    fresh.on('notification', ({ channel, payload = '' }) => {
      for (const hearer of hearers) if (hearer.channel === channel) hearer.onMessage(payload)
    })
    fresh.once('end', () => lose(fresh))
    try {
      await fresh.connect()
      const heard = new Set<Hearer>()
      // Who comes while this is under way is heard, too.
      for (let next = unheard(heard); next !== undefined; next = unheard(heard)) {
        heard.add(next)
        await say(fresh, `listen "${next.channel}"`)
        next.onGap()
      }
      if (fresh !== client) return
      isUp = true
      timer = setTimeout(() => void beat(fresh), heartbeatMs)
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      lose(fresh)
    }
  }

  /** A connection that a dead network has swallowed looks like a silent one: it is asked, and replaced when it does not answer. */
  async function beat(asked: ListeningClient): Promise<void> {
    try {
      await say(asked, 'select 1')
      if (asked === client && !closed) timer = setTimeout(() => void beat(asked), heartbeatMs)
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      lose(asked)
    }
  }

  function lose(lost: ListeningClient): void {
    if (lost !== client || closed) return
    client = undefined
    isUp = false
    void lost.end().catch(() => undefined)
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      void connect()
    }, reconnectMs)
  }

  async function join(hearer: Hearer, joined: ListeningClient): Promise<void> {
    try {
      await say(joined, `listen "${hearer.channel}"`)
      hearer.onGap()
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      lose(joined)
    }
  }

  return {
    listen(channel, onMessage, onGap) {
      if (!/^[a-z_]{1,63}$/.test(channel)) throw new TypeError(`"${channel}" is no name of a channel.`)
      const hearer = { channel, onMessage, onGap }
      hearers.add(hearer)
      if (client !== undefined && isUp) void join(hearer, client)
      else if (client === undefined && timer === undefined) void connect()
      return {
        close: async () => {
          hearers.delete(hearer)
          if (hearers.size === 0) await rest()
        },
      }
    },
    close: () => {
      closed = true
      return rest()
    },
  }

  /** Without anybody who hears, no connection is kept. */
  async function rest(): Promise<void> {
    const left = client
    client = undefined
    isUp = false
    clearTimeout(timer)
    timer = undefined
    await left?.end().catch(() => undefined)
  }
}

export const heartbeatMs = 5_000
const reconnectMs = 500
