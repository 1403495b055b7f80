package login

import "strings"

// autostart writes an autostart entry as the Desktop Entry Specification has it
// (https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html).
func autostart(command []string) string {
	var quoted []string
	for _, arg := range command {
		quoted = append(quoted, quote(arg))
	}
	return `[Desktop Entry]
Type=Application
Name=Bellhop
Comment=Runs your recipes while you work
Icon=bellhop
Exec=` + strings.ReplaceAll(strings.Join(quoted, " "), `\`, `\\`) + `
TryExec=` + strings.ReplaceAll(command[0], `\`, `\\`) + `
Terminal=false
X-GNOME-Autostart-enabled=true
`
}

// quote puts an argument of Exec into quotes if it has to be.
func quote(arg string) string {
	arg = strings.ReplaceAll(arg, "%", "%%")
	if arg != "" && !strings.ContainsAny(arg, " \t\n\"'\\><~|&;$*?#()`") {
		return arg
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`).Replace(arg) + `"`
}

// autostarted returns the command of an autostart entry; nil if the entry is switched off, as desktops do
// in their own settings.
func autostarted(entry string) []string {
	var command []string
	section := ""
	for line := range strings.Lines(entry) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if section != "[Desktop Entry]" {
			continue
		}
		switch {
		case key == "Hidden" && value == "true", key == "X-GNOME-Autostart-enabled" && value == "false":
			return nil
		case key == "Exec":
			command = unquote(strings.ReplaceAll(value, `\\`, `\`))
		}
	}
	return command
}

// unquote takes Exec apart.
func unquote(exec string) []string {
	var args []string
	var arg strings.Builder
	begun, inside := false, false
	end := func() {
		if begun {
			args = append(args, arg.String())
		}
		arg.Reset()
		begun = false
	}
	for i := 0; i < len(exec); i++ {
		c := exec[i]
		switch {
		case c == '"':
			begun, inside = true, !inside
			continue
		case c == '\\' && inside && i+1 < len(exec), c == '%' && i+1 < len(exec) && exec[i+1] == '%':
			i++
			c = exec[i]
		case (c == ' ' || c == '\t') && !inside:
			end()
			continue
		}
		begun = true
		arg.WriteByte(c)
	}
	end()
	return args
}
