package ngrok

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
)

// redactor takes secrets out of texts: ngrok's answers quote the token, and the SDK logs and returns them.
type redactor struct{ replacer *strings.Replacer }

const redacted = "[secret]"

func newRedactor(secrets ...string) redactor {
	var pairs []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted := strconv.Quote(secret)
		// As it is, and as it stands in quotes and in addresses.
		for _, form := range []string{secret, quoted[1 : len(quoted)-1], url.QueryEscape(secret), url.PathEscape(secret)} {
			pairs = append(pairs, form, redacted)
		}
	}
	return redactor{strings.NewReplacer(pairs...)}
}

func (r redactor) text(s string) string { return r.replacer.Replace(s) }

// quiet is where the SDK logs to. It passes on what is of note without secrets, as details: an error every 30 s
// as long as there is no network is nothing that a person has to look into. The SDK's own details are left
// out, since they have whole requests in them.
type quiet struct {
	next   slog.Handler
	redact redactor
}

var _ slog.Handler = quiet{}

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo && q.next.Enabled(ctx, slog.LevelDebug)
}

func (q quiet) Handle(ctx context.Context, record slog.Record) error {
	clean := slog.NewRecord(record.Time, slog.LevelDebug, "ngrok: "+q.redact.text(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(q.redact.attr(a))
		return true
	})
	return q.next.Handle(ctx, clean)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.next.WithAttrs(q.redact.attrs(attrs)), q.redact}
}

func (q quiet) WithGroup(name string) slog.Handler {
	return quiet{q.next.WithGroup(q.redact.text(name)), q.redact}
}

func (r redactor) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = r.attr(a)
	}
	return clean
}

// attr turns all but numbers, times and the like into text, which is what can be looked through.
func (r redactor) attr(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	switch value.Kind() {
	case slog.KindGroup:
		value = slog.GroupValue(r.attrs(value.Group())...)
	case slog.KindString:
		value = slog.StringValue(r.text(value.String()))
	case slog.KindAny:
		text := fmt.Sprintf("%+v", value.Any())
		if bytes, ok := value.Any().([]byte); ok {
			text = string(bytes)
		}
		value = slog.StringValue(r.text(text))
	}
	return slog.Attr{Key: r.text(a.Key), Value: value}
}
