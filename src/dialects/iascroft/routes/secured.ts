/** Which security scheme a call needs, for the API reference. */
export const secured = [{ secretKey: [] }]
