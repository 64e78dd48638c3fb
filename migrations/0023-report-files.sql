-- A report's file is made by a job, kept sealed in parts, and found by the token of a link that is mailed once the file is whole.
alter table report_exports
  alter column token_hash drop not null,
  add column title text not null default '',
  -- Where the link leads, without its token.
  add column link text not null default '',
  -- Whoever makes it keeps others away until then.
  add column claimed_until timestamptz not null default '-infinity',
  add column tries integer not null default 0,
  add column finished_at timestamptz,
  -- Which of the builds that were begun became the file.
  add column build_id uuid,
  add column file_name text,
  add column media_type text,
  add column bytes bigint check (bytes >= 0),
  add constraint report_exports_finished check (
    num_nonnulls(finished_at, build_id, token_hash, file_name, media_type, bytes) in (0, 6));

-- Those that were asked for before were made while they were read: their links end here.
delete from report_exports where finished_at is null;

create index report_exports_waiting on report_exports (created_at) where finished_at is null;

create table report_export_parts (
  partner_id uuid not null,
  export_id uuid not null,
  build_id uuid not null,
  part integer not null check (part >= 0),
  data_key_id uuid not null references data_keys (id),
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, export_id, build_id, part)
);
create index report_export_parts_by_time on report_export_parts (created_at);
