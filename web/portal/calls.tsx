import { CallsPage } from '../shared/calls.tsx'
import { useAbility } from '../shared/session.ts'

export function PortalCallsPage() {
  return <CallsPage path='/calls' canOpen={useAbility('develop')} />
}
