/** What every call carries, in the words of OpenAPI. */
export const signed = [{ apiKey: [], nonce: [], signature: [] }]
