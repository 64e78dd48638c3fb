-- People who use the portal (a partner's) and the console (the house's, under the nil UUID).
create table users (
  partner_id uuid not null,
  id uuid not null,
  email text not null check (email <> '' and email = lower(email)),
  name text not null,
  role text not null,
  locale text not null default 'en' check (locale in ('en', 'ru')),
  time_zone text not null default 'UTC',
  -- PHC string of Argon2id; null until an invitation was taken up.
  password_hash text,
  disabled_at timestamptz,
  -- The secret of an authenticator app, sealed; in force once it was confirmed.
  totp_secret bytea,
  totp_key_id uuid references data_keys (id),
  totp_confirmed_at timestamptz,
  -- The last time step that was used: a code works once.
  totp_step bigint not null default 0,
  -- SHA-256 of codes that stand in for the app, each for once.
  recovery_hashes bytea[] not null default '{}',
  created_at timestamptz not null default now(),
  signed_in_at timestamptz,
  primary key (partner_id, id),
  check (num_nonnulls(totp_secret, totp_key_id) in (0, 2)),
  check (totp_confirmed_at is null or totp_secret is not null)
);
create unique index users_email on users (email);

create table user_sessions (
  partner_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  address text not null,
  agent text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, user_id) references users (partner_id, id)
);
create unique index user_sessions_token on user_sessions (token_hash);
create index user_sessions_of on user_sessions (partner_id, user_id, id);
create index user_sessions_by_end on user_sessions (expires_at);

-- Links that lead to a new password. Only the newest of a person works.
create table user_links (
  partner_id uuid not null,
  user_id uuid not null,
  kind text not null check (kind in ('invitation', 'reset')),
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (partner_id, user_id),
  foreign key (partner_id, user_id) references users (partner_id, id)
);
create unique index user_links_token on user_links (token_hash);

-- With it somebody who can read the machine becomes the first operator; it goes when there is one.
create table operator_setup (
  id integer primary key default 1 check (id = 1),
  code_hash bytea not null,
  expires_at timestamptz not null
);

-- Tries to sign in that have not succeeded, by what was tried with (a hash of address, of account, of both).
create table password_failures (
  key bytea primary key,
  failures integer not null,
  since timestamptz not null default now()
);
create index password_failures_by_time on password_failures (since);

-- The audit log is read on pages, newest first.
create index audit_log_pages on audit_log (partner_id, id desc);
