import { prepared, sql } from '../../platform/database.ts'
import type { Db, Statement } from '../../platform/database.ts'
import type { ClaimId, PartnerId } from '../../values/ids.ts'
import { idleClaimSeconds, referenceKinds } from './reference.ts'
import type { ReferenceKind, ReferenceWish } from './reference.ts'

/**
 * One statement that takes the reference or leaves it to whoever has it; undefined: another call has. Beside the claims it looks at what there is
 * of other kinds: some of it was never claimed here, such as a withdrawal that a person asked for. The claim is not flushed by itself:
 * whatever the call does comes after it in the log, and is not on the disk before it.
 *
 * @returns `isFirst`: nobody had it before, so nothing can have been done under it
 */
export async function claim(
  db: Db,
  wish: ReferenceWish & { readonly claim: ClaimId; readonly identity: Buffer },
): Promise<{ readonly isFirst: boolean } | undefined> {
  const { partnerId, name, kind } = wish
  const otherKinds = referenceKinds.filter((one) => one !== kind)
  const [taken] = await db.query<{ isFirst: boolean }>(
    prepared(
      `claim_reference_of_${kind}`,
      sql`
      insert into claimed_references as c (partner_id, name, kind, identity, claim)
      select ${partnerId}, ${name}, ${kind}, ${wish.identity}, ${wish.claim}
      from (select set_config('synchronous_commit', 'off', true)) as s
      where ${isUnused(wish, otherKinds)}
      on conflict (partner_id, name) do update
      set claim = excluded.claim, claimed_at = now(), kind = excluded.kind,
          identity = case when c.identity is null then null else excluded.identity end
      where (c.kind = excluded.kind and (c.identity is null or c.identity = excluded.identity))
        or (c.identity is not null and c.claimed_at < now() - make_interval(secs => ${idleClaimSeconds})
            and ${isUnused(wish, [kind])})
      returning c.xmax = 0 as "isFirst"`,
    ),
  )
  return taken
}

/** Gives a reference back that this very claim has. */
export async function release(
  db: Db,
  held: { readonly partnerId: PartnerId; readonly name: string; readonly claim: ClaimId },
): Promise<void> {
  await db.query(sql`
    delete from claimed_references
    where partner_id = ${held.partnerId} and name = ${held.name} and claim = ${held.claim} and identity is not null`)
}

/** That nothing of these kinds has the reference. */
function isUnused(wish: ReferenceWish, kinds: readonly ReferenceKind[]): Statement {
  return kinds.reduce((all, kind) => sql`${all} and not exists (${uses[kind](wish)})`, sql`true`)
}

/** Where each kind keeps the references of what was done, each by a unique index. */
const uses = {
  purchase: ({ partnerId, name }) =>
    sql`select from orders where partner_id = ${partnerId} and external_id = ${name}`,
  withdrawal: ({ partnerId, reference }) =>
    sql`select from withdrawals where partner_id = ${partnerId} and reference = ${reference}`,
  redemption: ({ partnerId, reference }) => sql`
    select from redemptions
    where partner_id = ${partnerId} and source = 'code' and transaction_id = ${`reference:${reference}`}`,
  funding: ({ partnerId, reference }) =>
    sql`select from funding_requests where partner_id = ${partnerId} and reference = ${reference}`,
} satisfies Record<ReferenceKind, (wish: ReferenceWish) => Statement>
