package recipes

// Files lets the user choose files. done is called on the UI goroutine, and not at all if the user
// chooses none.
type Files interface {
	// Open reads a file that the user chooses among those with such an ending.
	Open(endings []string, done func(name string, data []byte, err error))
	// Save writes data where the user says; name is what is proposed.
	Save(name string, data []byte, done func(err error))
}
