-- What merchants are paid of what they are owed, and what their banks sent back. The lists only grow, so every transfer that is there keeps the new
-- rule, and nobody waits for it to be read through ("not valid" holds for all that is written from now on).
alter table transfers drop constraint transfers_kind_check;
alter table transfers add constraint transfers_kind_check check (kind in (
  'charge', 'topup', 'refund', 'adjustment', 'withdrawal', 'correction',
  'disbursement', 'disbursement_refund', 'redemption', 'redemption_reversal', 'voucher_expiry', 'payout', 'payback', 'collection',
  'merchant_payout', 'merchant_payout_return'
)) not valid;

create table settlements (
  -- Out of whose books: the issuer of the vouchers.
  partner_id uuid not null references partners (id),
  -- Also the id of its transfer: it cannot be booked twice.
  id uuid not null,
  kind text not null check (kind in ('payout', 'return')),
  merchant_id uuid not null references merchants (id),
  -- The proposer's own name for it, unique for ever.
  reference text not null check (reference <> ''),
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  bank_details_id uuid not null references merchant_bank_details (id),
  -- The payout that came back.
  payout_id uuid,
  -- What the proposer says about it; of a return, what the bank said.
  note text not null default '',
  -- returned: a payout whose return was approved.
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'rejected', 'returned')),
  proposed_by text not null,
  decided_by text,
  reason text not null default '',
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, payout_id) references settlements (partner_id, id),
  check ((kind = 'return') = (payout_id is not null)),
  check (kind = 'payout' or state <> 'returned'),
  check ((state = 'proposed') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  -- Nobody pays out alone.
  constraint settlements_two_persons check (decided_by is null or decided_by <> proposed_by)
);
create unique index settlements_reference on settlements (partner_id, reference);
-- A payout comes back once.
create unique index settlements_return on settlements (partner_id, payout_id) where payout_id is not null and state <> 'rejected';
create index settlements_by_id on settlements (id);
create index settlements_listed on settlements (created_at desc, id desc);
create index settlements_of_merchant on settlements (merchant_id, created_at desc, id desc);
create index settlements_waiting on settlements (merchant_id, partner_id, currency) where state = 'proposed';

-- What a merchant is owed, over all issuers.
create index running_accounts_of_merchant on running_accounts (split_part(account, ':', 2), partner_id, currency) where kind = 'merchant_payable';

do $$
begin
  if exists (select from pg_roles where rolname = 'scrip_app') then
    revoke delete, truncate on settlements from scrip_app;
  end if;
end
$$;
