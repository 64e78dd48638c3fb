-- Settling what does not fit: breaks, parked items, suppliers' statements, and what changed in suppliers' lists.

-- What breaks cost in the end, or brought back: beside the cost of the goods that were sold, so that both can be seen. A correction
-- touches no wallet, so this account's entries are numbered and its balance runs, as a wallet's do (docs/decisions/0011).
alter table ledger_accounts drop constraint ledger_accounts_kind_check;
alter table ledger_accounts add constraint ledger_accounts_kind_check check (kind in (
  'wallet', 'cash', 'sales', 'cost_of_goods', 'supplier_payable', 'voucher_liability', 'merchant_payable',
  'fees', 'fx', 'lender_receivable', 'adjustments', 'corrections'
));
alter table transfers drop constraint transfers_kind_check;
alter table transfers add constraint transfers_kind_check
  check (kind in ('charge', 'topup', 'refund', 'adjustment', 'withdrawal', 'correction'));
create table corrections (
  partner_id uuid not null,
  account text not null generated always as ('corrections:' || currency) stored,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  balance bigint not null default 0,
  entry_count bigint not null default 0,
  primary key (partner_id, account),
  foreign key (partner_id, account) references ledger_accounts (partner_id, code)
) with (fillfactor = 50);
-- Every account whose entries are numbered under the lock of its row: each transfer has an entry of one, by which totals are rolled up.
create view numbered_accounts as
  select partner_id, account, currency, entry_count from wallets
  union all
  select partner_id, account, currency, entry_count from corrections;

-- What a person said should become of a break. A partner who was told that an order failed is not charged for it later.
alter table breaks drop constraint breaks_resolution_check;
alter table breaks add constraint breaks_resolution_check
  check (resolution in ('write_off', 'supplier_credits', 'refund_partner', 'refund_and_credit', 'no_action'));
-- Another proposal has another id: who settles says by it what exactly is settled. The amount is in micro-units of the break's currency.
alter table breaks add column proposal_id uuid unique;
alter table breaks add column settle_amount bigint check (settle_amount > 0);
alter table breaks add check ((state = 'open') = (proposal_id is null));
drop index breaks_open;
create index breaks_by_time on breaks (created_at, id);
create index breaks_unsettled on breaks (created_at, id) where state <> 'settled';
create index breaks_of_order on breaks (order_id) where order_id is not null;

drop index fulfilments_parked;
create index fulfilments_open on fulfilments (created_at, order_id, item) where state not in ('completed', 'failed');

-- What a person says became of a parked item, until another confirms it.
create table fulfilment_proposals (
  id uuid primary key,
  partner_id uuid not null,
  order_id uuid not null,
  item smallint not null,
  -- That of the item when it was proposed: once somebody has worked on it since, the proposal is void.
  fence bigint not null,
  outcome text not null check (outcome in ('delivered', 'failed')),
  -- What was delivered, sealed and bound to the proposal's id; gone once it is settled or replaced.
  goods bytea,
  data_key_id uuid references data_keys (id),
  goods_count integer not null default 0,
  supplier_reference text,
  -- Micro-units of what the supplier takes for all of it, in its currency.
  cost bigint check (cost >= 0),
  note text not null check (note <> ''),
  state text not null default 'proposed' check (state in ('proposed', 'replaced', 'settled')),
  proposed_by text not null,
  proposed_at timestamptz not null default now(),
  settled_by text,
  settled_at timestamptz,
  constraint fulfilment_proposals_two_persons check (settled_by is null or settled_by <> proposed_by),
  check ((goods is null) = (data_key_id is null)),
  check ((state = 'settled') = (settled_by is not null))
);
create unique index fulfilment_proposals_open on fulfilment_proposals (partner_id, order_id, item) where state = 'proposed';
create index fulfilment_proposals_of_order on fulfilment_proposals (order_id);

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on corrections, fulfilment_proposals from scrip_app;
  end if;
end
$$;
