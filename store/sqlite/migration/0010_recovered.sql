-- The few runs of a long history whose events were missed, and found later.
CREATE INDEX run_recovered ON run (id) WHERE recovered = 1;
