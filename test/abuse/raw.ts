import { sendRaw } from '../raw-http.ts'

/** What no HTTP client would send, by what is wrong with it: pieces, written with a pause between them. */
const attacks: Readonly<Record<string, (path: string) => readonly (string | Buffer)[]>> = {
  'no HTTP': () => ['hello\r\n\r\n'],
  'a TLS hello': () => [Buffer.of(0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3)],
  'an HTTP/2 preface': () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'HTTP/0.9': (path) => [`GET ${path}\r\n`],
  'HTTP/9.9': (path) => [`GET ${path} HTTP/9.9\r\nHost: x\r\n\r\n`],
  'no host': (path) => [`GET ${path} HTTP/1.1\r\n\r\n`],
  'two hosts': (path) => [`GET ${path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
  'a method of its own': (path) => [`${'X'.repeat(3_000)} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`],
  'a space in the address': (path) => [`GET ${path} a b HTTP/1.1\r\nHost: x\r\n\r\n`],
  'a NUL in the address': (path) => [`GET ${path}\0 HTTP/1.1\r\nHost: x\r\n\r\n`],
  'an address of 100,000 characters': (path) => [
    `GET ${path}?${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ],
  'a whole address': (path) => [`GET http://elsewhere.example${path} HTTP/1.1\r\nHost: x\r\n\r\n`],
  'a header without a name': (path) => [`GET ${path} HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n`],
  'a header with a NUL': (path) => [`GET ${path} HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n`],
  'a folded header': (path) => [`GET ${path} HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n`],
  '5,000 headers': (path) => [
    `GET ${path} HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 5_000 }, (_, n) => `A${n}: 1\r\n`).join('')}\r\n`,
  ],
  'headers without end': (path) => [
    `GET ${path} HTTP/1.1\r\nHost: x\r\n`,
    ...Array.from({ length: 40 }, (_, n) => `A${n}: ${'b'.repeat(1_000)}\r\n`),
  ],
  'a length that is no number': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n{}`,
  ],
  'a negative length': (path) => [`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}`],
  'two lengths': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} `,
  ],
  'a length and chunks': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`,
  ],
  'a transfer encoding in disguise': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`,
  ],
  'a chunk of no size': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  ],
  'a chunk of the largest size': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`,
  ],
  'a length of 100 gigabytes': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 107374182400\r\n\r\n{`,
  ],
  'a body that ends early': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":`,
  ],
  'a body a byte at a time': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n`,
    ...Array.from('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":66666}').map((sign) => sign),
  ],
  'an answer expected before the body': (path) => [
    `POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}`,
  ],
  'an upgrade': (path) => [
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
  '200 requests at once': (path) => [`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(200)],
  CONNECT: () => ['CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: x\r\n\r\n'],
  'OPTIONS *': () => ['OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
  TRACE: (path) => [`TRACE ${path} HTTP/1.1\r\nHost: x\r\n\r\n`],
}

/** Sends every attack to a path; answers with what went wrong: a success without a credential, a 5xx, or what was smuggled in. */
export async function tryRaw(
  baseUrl: string,
  path: string,
): Promise<{ readonly name: string; readonly fault: string }[]> {
  const found = await Promise.all(
    Object.entries(attacks).map(async ([name, piecesOf]) => {
      const pauseMs = name.includes('a byte at a time') ? 5 : 0
      const { statuses, text } = await sendRaw(baseUrl, piecesOf(path), 500, pauseMs)
      const faults = [...new Set(statuses)]
        .filter((status) => status >= 500 || status < 400)
        .map((status) => ({ name, fault: `answered ${status}` }))
      return text.includes('/smuggled')
        ? [...faults, { name, fault: 'answered a request that was smuggled in' }]
        : faults
    }),
  )
  return found.flat()
}

export const rawCount = Object.keys(attacks).length
