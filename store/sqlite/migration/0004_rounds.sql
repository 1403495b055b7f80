-- A step within a loop is done several times: each time is a row, told apart by the round.

CREATE TABLE step_in_rounds (
    run_id      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    round       TEXT    NOT NULL, -- indexes from 0, outer loops first, such as 3.0; empty outside of loops
    step        TEXT    NOT NULL,
    use         TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    ended       INTEGER NOT NULL, -- 1 if the run, or the round, ended with it although it did not fail
    note        TEXT    NOT NULL,
    due_at      INTEGER NOT NULL, -- when a waiting step is done again
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    failure     TEXT,
    input       TEXT,
    output      TEXT,
    attempt     TEXT, -- the first one, as JSON: few steps have more, and so most take one row
    PRIMARY KEY (run_id, position, round)
) STRICT;

-- Those after the first.
CREATE TABLE attempt_in_rounds (
    run_id      INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    round       TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    failure     TEXT,
    request     TEXT,
    response    TEXT,
    PRIMARY KEY (run_id, position, round, number),
    FOREIGN KEY (run_id, position, round) REFERENCES step_in_rounds ON DELETE CASCADE
) STRICT;

INSERT INTO step_in_rounds
SELECT run_id, position, '', step, use, state, 0, note, 0, started_at, finished_at, failure, input, output,
    (SELECT json_object('started_at', started_at, 'finished_at', finished_at, 'failure', json(failure), 'request', json(request), 'response', json(response))
     FROM attempt WHERE attempt.run_id = step.run_id AND attempt.position = step.position AND number = 1)
FROM step;
INSERT INTO attempt_in_rounds
SELECT run_id, position, '', number, started_at, finished_at, failure, request, response FROM attempt WHERE number > 1;

DROP TABLE attempt;
DROP TABLE step;
ALTER TABLE step_in_rounds RENAME TO step;
ALTER TABLE attempt_in_rounds RENAME TO attempt;
