/** What calls with an access token say of themselves in the API reference. */
export const bearer = [{ accessToken: [] }]
