package login

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// agentLabel names Bellhop among the LaunchAgents.
const agentLabel = "app.bellhop.login"

// agent writes a LaunchAgent; see launchd.plist(5).
func agent(command []string) string {
	var args strings.Builder
	for _, arg := range command {
		args.WriteString("\t\t<string>")
		_ = xml.EscapeText(&args, []byte(arg)) // a Builder takes all
		args.WriteString("</string>\n")
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + agentLabel + `</string>
	<key>ProgramArguments</key>
	<array>
` + args.String() + `	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`
}

// agentCommand returns the command of a LaunchAgent.
func agentCommand(plist string) ([]string, error) {
	if plist == "" {
		return nil, nil
	}
	var command []string
	decoder := xml.NewDecoder(strings.NewReader(plist))
	inside := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return command, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = inside || t.Name.Local == "array"
			if inside && t.Name.Local == "string" {
				var arg string
				if err := decoder.DecodeElement(&arg, &t); err != nil {
					return nil, err
				}
				command = append(command, arg)
			}
		case xml.EndElement:
			if t.Name.Local == "array" {
				return command, nil
			}
		}
	}
}
