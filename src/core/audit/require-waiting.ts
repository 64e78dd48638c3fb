import { Failure } from '../../values/failure.ts'

/**
 * A proposal about which somebody is to decide. `repeated`: it was decided so before, and nothing is left to do.
 * Throws Failure proposal_not_found for undefined, and decided_otherwise.
 */
export function requireWaiting<Proposal extends { readonly state: 'proposed' | 'approved' | 'rejected' }>(
  proposal: Proposal | undefined,
  wanted: 'approved' | 'rejected',
): { readonly proposal: Proposal; readonly repeated: boolean } {
  if (proposal === undefined) throw new Failure('proposal_not_found')
  if (proposal.state === wanted) return { proposal, repeated: true }
  if (proposal.state !== 'proposed')
    throw new Failure('decided_otherwise', { sentence: `This proposal was ${proposal.state} already.` })
  return { proposal, repeated: false }
}
