-- Keys whose token is never sent in clear: a client encrypts it with a public key of ours, under a user name, and gets a token for a while.
alter table credentials add column username text unique;
-- The credential that a token for a while was given for; it ends with that one at the latest.
alter table credentials add column parent_id uuid;
alter table credentials add foreign key (partner_id, parent_id) references credentials (partner_id, id);
create index credentials_for_a_while on credentials (expires_at) where parent_id is not null;

-- Tries to sign in within the running minute, by a keyed hash of who tries from where, cut short: so many rows and no more.
create table sign_in_windows (
  bucket text primary key,
  window_start timestamptz not null,
  tries integer not null
) with (fillfactor = 50);
