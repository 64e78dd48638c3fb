-- Credit is money that somebody may spend without having paid: in a live installation one person proposes a higher overdraft, another approves.
create table overdraft_proposals (
  partner_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  overdraft_limit bigint not null check (overdraft_limit > 0),
  note text not null default '',
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'rejected')),
  proposed_by text not null,
  decided_by text,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, wallet_id) references wallets (partner_id, id),
  check (num_nonnulls(decided_by, decided_at) in (0, 2)),
  check ((state = 'proposed') = (decided_by is null)),
  -- Nobody gives credit alone.
  constraint overdraft_proposals_two_persons check (state <> 'approved' or decided_by <> proposed_by)
);
create unique index overdraft_proposals_open on overdraft_proposals (partner_id, wallet_id) where state = 'proposed';
create index overdraft_proposals_waiting on overdraft_proposals (created_at, id) where state = 'proposed';

-- Everybody who ever said whose a line is. Whoever did cannot book it, even where another person has said something else since.
alter table bank_lines add column matchers text[] not null default '{}';
update bank_lines set matchers = array[matched_by] where matched_by is not null;
alter table bank_lines add constraint bank_lines_no_matcher_books check (booked_by is null or state <> 'booked' or not (booked_by = any (matchers)));
