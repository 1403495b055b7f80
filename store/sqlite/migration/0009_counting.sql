-- The writer counts the runs that come and go on, once for each commit: see tally.go.
DROP TRIGGER run_added;
DROP TRIGGER run_changed;

-- What was met long ago is found by walking: an index by age costs each delivery a write.
DROP INDEX seen_age;
