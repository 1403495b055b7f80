-- For the janitor, which removes what is over and old.

-- An event goes when its last run goes; a replay has the event of an older run.
CREATE INDEX run_event ON run (event_id);

-- Of an event that went before its sender stops retrying, the key stays, so that it is not taken
-- twice: a row with neither body nor request. Events that came in always have a request.
CREATE INDEX event_remembered ON event (received_at) WHERE request IS NULL;
