/** A code as a report shows it: its first and last three characters. Where these would be most of it, nothing is shown. */
export function maskCode(code: string): string {
  const plain = code.replaceAll(' ', '')
  return plain.length < 8 ? '*********' : `${plain.slice(0, 3)}*********${plain.slice(-3)}`
}

/** The last two digits of a telephone number. */
export function maskTelephone(telephone: string | undefined): string {
  return telephone === undefined || telephone === '' ? '' : `+**********${telephone.slice(-2)}`
}

/** The first two characters of an address and the last three. */
export function maskEmail(email: string | undefined): string {
  return email === undefined || email === '' ? '' : `${email.slice(0, 2)}**************${email.slice(-3)}`
}
