-- A partner's eSIMs in pages, newest first: their ids are in the order of time.
create unique index esims_newest on esims (partner_id, id);
