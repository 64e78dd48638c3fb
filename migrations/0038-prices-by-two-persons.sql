-- A price far beneath its face value gives value away as surely as credit does: one person proposes it, another puts it in force. What is proposed is
-- kept as it was asked for, and is done by the same statements as a change that one person may make alone.
create table price_proposals (
  id uuid primary key,
  partner_id uuid references partners (id), -- Null: it is about everyone.
  subject text not null, -- What it would change: of two proposals about the same the later one stands.
  change jsonb not null,
  reason text not null, -- Why it takes a second person.
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'rejected')),
  proposed_by text not null,
  decided_by text,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  check (num_nonnulls(decided_by, decided_at) in (0, 2)),
  check ((state = 'proposed') = (decided_by is null)),
  constraint price_proposals_two_persons check (state <> 'approved' or decided_by <> proposed_by)
);
create unique index price_proposals_open on price_proposals (partner_id, subject) nulls not distinct where state = 'proposed';
create index price_proposals_waiting on price_proposals (created_at, id) where state = 'proposed';
create index price_proposals_partner on price_proposals (partner_id) where partner_id is not null;
