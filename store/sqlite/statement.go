package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/mattn/go-sqlite3"
)

// statements are those of the writer's connection, compiled once. They go to the driver directly: as
// long as the writer has the connection nobody else does, and database/sql's locks, contexts and
// conversions cost as much again as a short statement.
type statements struct {
	conn     *sqlite3.SQLiteConn
	compiled map[string]*sqlite3.SQLiteStmt
	args     []driver.NamedValue
}

// mostStatements bounds what is kept compiled. Those that Bellhop writes by are fewer.
const mostStatements = 200

// newStatements makes the statements of a connection that nobody else uses.
func newStatements(conn *sql.Conn) (*statements, error) {
	s := &statements{compiled: map[string]*sqlite3.SQLiteStmt{}}
	return s, conn.Raw(func(c any) error {
		s.conn = c.(*sqlite3.SQLiteConn)
		return nil
	})
}

// exec runs one statement that returns no rows. It knows no context on purpose: an interrupted
// statement would take the whole transaction, and so the other callers, with it.
func (s *statements) exec(query string, args ...any) (driver.Result, error) {
	statement, err := s.compile(query)
	if err != nil {
		return nil, err
	}
	clear(s.args) // it holds on to nothing
	s.args = s.args[:0]
	for i, arg := range args {
		switch v := arg.(type) {
		case int:
			arg = int64(v)
		case nil, int64, string, []byte, bool:
		default:
			if arg, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
				return nil, err
			}
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return statement.ExecContext(context.Background(), s.args)
}

func (s *statements) compile(query string) (*sqlite3.SQLiteStmt, error) {
	if statement, ok := s.compiled[query]; ok {
		return statement, nil
	}
	if len(s.compiled) >= mostStatements {
		s.close()
	}
	prepared, err := s.conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	statement := prepared.(*sqlite3.SQLiteStmt)
	s.compiled[query] = statement
	return statement, nil
}

// close lets go of all that is compiled.
func (s *statements) close() {
	for query, statement := range s.compiled {
		_ = statement.Close() // it says again what its last run said
		delete(s.compiled, query)
	}
}

// inTransaction says whether the connection has a transaction open.
func (s *statements) inTransaction() bool { return !s.conn.AutoCommit() }
