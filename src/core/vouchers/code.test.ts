import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeAlphabet, codeRandomCharacters, parseCode, transactionCode, withCheckCharacter } from './code.ts'

const random = fc
  .array(fc.constantFrom(...codeAlphabet.split('')), {
    minLength: codeRandomCharacters,
    maxLength: codeRandomCharacters,
  })
  .map((letters) => letters.join(''))

test('a code has 50 random bits and no characters that look alike', () => {
  expect(codeRandomCharacters * Math.log2(codeAlphabet.length)).toBe(50)
  expect(new Set(codeAlphabet).size).toBe(32)
  expect(codeAlphabet).not.toMatch(/[01IO]/)
})

test('a code is read however it is written', () => {
  fc.assert(
    fc.property(random, (letters) => {
      const code = withCheckCharacter(letters)
      expect(code).toHaveLength(11)
      expect(parseCode(code)).toBe(code)
      expect(parseCode(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `)).toBe(code)
    }),
  )
})

test('one wrong character, and any two exchanged ones, are noticed', () => {
  fc.assert(
    fc.property(random, fc.nat(10), fc.nat(10), fc.nat(31), (letters, one, other, letter) => {
      const code = withCheckCharacter(letters)
      const wrong = code.slice(0, one) + (codeAlphabet[letter] ?? '') + code.slice(one + 1)
      if (wrong !== code) expect(parseCode(wrong)).toBeUndefined()
      // The check character itself is not weighed.
      if (one === 10 || other === 10) return
      const characters = code.split('')
      ;[characters[one], characters[other]] = [characters[other] ?? '', characters[one] ?? '']
      const exchanged = characters.join('')
      if (exchanged !== code) expect(parseCode(exchanged)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test.each(['', 'ABCDEFGHJK', 'ABCDEFGHJK0', 'ABCDEFGHJKLM', 'АBCDEFGHJKL', '🙂🙂🙂🙂🙂🙂'])(
  '%j is no code',
  (text) => {
    expect(parseCode(text)).toBeUndefined()
  },
)

test('transaction codes are a letter and seven digits, and none comes twice', () => {
  const codes = Array.from({ length: 20_000 }, (_, number) => transactionCode(BigInt(number)))
  expect(new Set(codes).size).toBe(codes.length)
  for (const code of codes) expect(code).toMatch(/^[A-Z]\d{7}$/)
})
