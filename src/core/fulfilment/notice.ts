/** A message that a supplier sent by itself, as it arrived. */
export type Notice = {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The bytes of the body as text: signatures are made over them. */
  readonly body: string
}
