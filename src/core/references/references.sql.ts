import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { ClaimId, PartnerId } from '../../values/ids.ts'
import { idleClaimSeconds } from './reference.ts'
import type { ReferenceWish } from './reference.ts'

/**
 * One statement that takes the reference or leaves it to whoever has it; false: another call has. The claim is not flushed by itself: whatever the
 * call does comes after it in the log, and is not on the disk before it.
 */
export async function claim(
  db: Db,
  wish: ReferenceWish & { readonly claim: ClaimId; readonly identity: Buffer },
): Promise<boolean> {
  const { partnerId, name, kind, reference } = wish
  const taken = await db.query(sql`
    insert into claimed_references as c (partner_id, name, kind, identity, claim)
    select ${partnerId}, ${name}, ${kind}, ${wish.identity}, ${wish.claim}
    from (select set_config('synchronous_commit', 'off', true)) as s
    on conflict (partner_id, name) do update
    set claim = excluded.claim, claimed_at = now(), kind = excluded.kind,
        identity = case when c.identity is null then null else excluded.identity end
    where (c.kind = excluded.kind and (c.identity is null or c.identity = excluded.identity))
      or (c.identity is not null and c.claimed_at < now() - make_interval(secs => ${idleClaimSeconds})
          and not exists (select from orders where partner_id = ${partnerId} and external_id = ${name})
          and not exists (select from withdrawals where partner_id = ${partnerId} and reference = ${reference})
          and not exists (select from funding_requests where partner_id = ${partnerId} and reference = ${reference})
          and not exists (select from redemptions where partner_id = ${partnerId} and source = 'code'
                          and transaction_id = ${`reference:${reference}`}))
    returning name`)
  return taken.length > 0
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
