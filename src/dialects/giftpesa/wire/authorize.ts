import { Type } from 'typebox'

export const AuthorizeReply = Type.Object(
  {
    Token: Type.String({ description: 'Opens all other calls as `Authorization: Bearer`.' }),
    access_token: Type.String({ description: 'The same.' }),
    ExpiresIn: Type.Integer({ description: 'Seconds.', examples: [3_600] }),
    TokenType: Type.Literal('Bearer'),
  },
  { description: 'Success.' },
)
