-- References of a partner's calls, over all kinds of them: whoever claims one first has it. What a call does is unique among its own kind by
-- itself; this keeps a purchase, a withdrawal and a redemption from having the same reference.
create table claimed_references (
  partner_id uuid not null,
  -- What the reference is called where it names an order: "iascroft:" and its SHA-256.
  name text not null,
  kind text not null check (kind in ('purchase', 'withdrawal', 'redemption', 'funding')),
  -- SHA-256 of the key under which the call may be repeated; of something random where there was none. Null: it is older than this table.
  identity bytea,
  -- Of the call that has it now: a claim is released by that one alone.
  claim uuid not null,
  claimed_at timestamptz not null default now(),
  primary key (partner_id, name)
);

insert into claimed_references (partner_id, name, kind, claim)
select partner_id, external_id, 'purchase', id from orders where dialect = 'iascroft'
on conflict do nothing;

insert into claimed_references (partner_id, name, kind, claim)
select partner_id, 'iascroft:' || rtrim(translate(encode(sha256(convert_to(reference, 'UTF8')), 'base64'), '+/', '-_'), '='), 'withdrawal', id
from withdrawals
on conflict do nothing;

insert into claimed_references (partner_id, name, kind, claim)
select partner_id, 'iascroft:' || rtrim(translate(encode(sha256(convert_to(substr(transaction_id, 11), 'UTF8')), 'base64'), '+/', '-_'), '='), 'redemption', id
from redemptions where transaction_id like 'reference:%'
on conflict do nothing;

insert into claimed_references (partner_id, name, kind, claim)
select partner_id, 'iascroft:' || rtrim(translate(encode(sha256(convert_to(reference, 'UTF8')), 'base64'), '+/', '-_'), '='), 'funding', id
from funding_requests
on conflict do nothing;
