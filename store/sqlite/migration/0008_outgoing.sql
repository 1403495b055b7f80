-- What a connection may do.

ALTER TABLE connection ADD COLUMN limits TEXT; -- JSON; NULL means those of its connector
-- Requests may go to addresses of this computer and its network. An address that a person gave the
-- connection has been good so far.
ALTER TABLE connection ADD COLUMN allow_private INTEGER NOT NULL DEFAULT 0;
UPDATE connection SET allow_private = 1 WHERE base_url <> '' AND practice = 0;
