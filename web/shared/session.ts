import { useQuery } from '@tanstack/react-query'
import type { SignedIn } from '../../src/dialects/house/wire/account.ts'
import { call } from './api.ts'

/** Who is signed in on this side; an error where nobody is. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: () => call<SignedIn>('GET', '/session'), retry: false })
}

/** Whether the person may do something: what they may not do is not offered. */
export function useAbility(ability: string): boolean {
  const { data } = useSession()
  return data?.abilities.includes(ability) === true
}
