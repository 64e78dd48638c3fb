import { CallsPage } from '../shared/calls.tsx'
import { useAbility } from '../shared/session.ts'

export function ConsoleCallsPage() {
  return <CallsPage path='/operator/calls' canOpen={useAbility('calls')} />
}
