// This file lets Go compile a function without a body: see language.go.
