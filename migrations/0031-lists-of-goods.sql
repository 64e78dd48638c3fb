-- A partner's eSIMs in pages, newest first: their ids are in the order of time.
create unique index esims_newest on esims (partner_id, id);

-- What waits for a second person, which is little.
create index redemptions_proposed on redemptions (id) where proposal_id is not null and reversed_by is null;
create index checkout_refunds_proposed on checkout_refunds (id) where state = 'proposed';
