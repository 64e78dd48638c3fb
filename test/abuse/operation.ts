/** A JSON schema, as far as requests are made from it. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly schema?: Schema
}

/** One call of an API, as its OpenAPI document describes it. */
export type Operation = {
  /** "vendify POST /api/v1/orders" */
  readonly name: string
  readonly dialect: string
  /** Where the paths begin: "http://127.0.0.1:8080/vendify". */
  readonly address: string
  /** "POST" */
  readonly method: string
  /** "/api/v1/Product/{productId}" */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** Of a JSON body; undefined: it takes none. */
  readonly body: Schema | undefined
  /** Whether it can be called by nobody in particular. */
  readonly open: boolean
}

type Document = {
  readonly servers?: readonly { readonly url: string }[]
  readonly security?: readonly object[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

type Described = {
  readonly parameters?: readonly Parameter[]
  readonly security?: readonly object[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** Every call of every API that a server documents under /docs, as it tells strangers. */
export async function readOperations(baseUrl: string): Promise<Operation[]> {
  const page = await (await fetch(`${baseUrl}/docs`)).text()
  const documents = [...page.matchAll(/href="(\/docs\/([a-z-]+)\/openapi\.json)"/g)]
  const operations: Operation[] = []
  for (const [, path = '', dialect = ''] of documents) {
    const document = (await (await fetch(baseUrl + path)).json()) as Document // The server's own; a wrong shape fails below.
    operations.push(...operationsOf(document, dialect))
  }
  if (operations.length === 0) throw new Error('The server documents no call.')
  return operations
}

function operationsOf({ servers, security = [], paths }: Document, dialect: string): Operation[] {
  const address = servers?.[0]?.url ?? ''
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      name: `${dialect} ${method.toUpperCase()} ${path}`,
      dialect,
      address,
      method: method.toUpperCase(),
      path,
      parameters: described.parameters ?? [],
      body: Object.values(described.requestBody?.content ?? {})[0]?.schema,
      open: (described.security ?? security).length === 0,
    })),
  )
}
