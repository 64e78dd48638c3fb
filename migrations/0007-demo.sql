-- What of the demo world is made, a row a step, written by the transaction that made it: a start that was cut short is completed
-- by the next one, and nothing is made twice, however many processes start at once.
create table demo_steps (
  step text primary key,
  -- What the step made, where a later one must find it again.
  subject text not null default '',
  done_at timestamptz not null default now()
);
