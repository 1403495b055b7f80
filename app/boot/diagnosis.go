package boot

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"bellhop/app/internal/diagnosis"
	"bellhop/engine"
	"bellhop/engine/reach"
	"bellhop/store/sqlite"
)

// DiagnosisOptions say what else a diagnosis holds.
type DiagnosisOptions struct {
	// Doctor is the doctor's report.
	Doctor string
	// Recipes adds the recipes as files.
	Recipes bool
}

// Diagnose writes a zip file for whoever helps: versions, what the doctor says, settings, numbers, and the
// logs. Secrets, private values, e-mail addresses and what looks like a secret are taken out; what came in
// and what was sent is not in it at all. Conflict if there is a file at path.
func (d *Data) Diagnose(ctx context.Context, path string, o DiagnosisOptions) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return engine.Errorf(engine.Conflict, "%s exists already. Choose another name.", path)
	}
	var content bytes.Buffer
	z := zip.NewWriter(&content)
	t := &telling{Data: d, zip: z, now: time.Now()}
	if err := t.all(ctx, o); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := writeWhole(path, content.Bytes()); err != nil {
		return cannotExport(err, path)
	}
	return nil
}

// telling is one diagnosis being written.
type telling struct {
	*Data
	zip    *zip.Writer
	now    time.Time
	redact *diagnosis.Redactor
}

func (t *telling) all(ctx context.Context, o DiagnosisOptions) error {
	redact, locked := t.redactor(ctx)
	t.redact = redact
	about := map[string]any{
		"bellhop": t.version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "sqlite": sqlite.Version(), "form": sqlite.Form(),
		"made_at": t.now.UTC(), "processors": runtime.NumCPU(),
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	numbers, err := t.numbers(ctx)
	if err != nil {
		return err
	}
	err = errors.Join(t.text("doctor.txt", strings.NewReader(o.Doctor)), t.json("about.json", about), t.json("settings.json", settings), t.json("numbers.json", numbers))
	if err != nil {
		return err
	}
	if o.Recipes {
		recipes, err := t.Desk.ExportAll(ctx)
		if err != nil {
			return err
		}
		for _, r := range recipes {
			if err := t.text("recipes/"+t.redact.Text(r.Name), bytes.NewReader(r.Content)); err != nil {
				return err
			}
		}
	}
	if locked != nil {
		// Without the secrets nobody can say that they are not in the logs.
		return t.text("no-logs.txt", strings.NewReader("The logs are left out, since the secrets that would be taken out of them cannot be read: "+engine.ErrorMessage(locked)+"\n"))
	}
	return t.logs()
}

// redactor knows what must not be told. If secrets cannot be read, it does not know those.
func (t *telling) redactor(ctx context.Context) (r *diagnosis.Redactor, locked error) {
	var secrets, private []string
	keeper, locked := t.secrets.open(ctx)
	if locked == nil {
		all, err := keeper.All(ctx)
		locked = err
		for _, values := range all {
			for _, value := range values {
				secrets = append(secrets, value)
			}
		}
	}
	for _, name := range []string{"installation", "chain_key"} {
		if value, err := t.Store.Setting(ctx, name); err == nil {
			secrets = append(secrets, value)
		}
	}
	recipes, _ := t.Store.Recipes(ctx) // an error is met again at once
	for _, r := range recipes {
		secrets = append(secrets, r.Token)
	}
	connections, _ := t.Store.Connections(ctx)
	for _, c := range connections {
		for _, value := range c.Fields {
			private = append(private, value)
		}
		if u, err := url.Parse(c.BaseURL); err == nil && !c.Practice {
			private = append(private, u.Host)
		}
	}
	chosen, _ := t.Settings(ctx) // an error is met again at once
	known, _ := reach.Last(ctx, t.Store)
	for _, address := range []string{chosen.Proxy, chosen.Address, known.URL, known.Before} {
		host := engine.Domain(address)
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			host = u.Hostname()
			password, _ := u.User.Password()
			secrets = append(secrets, password)
		}
		private = append(private, host)
	}
	if home, err := os.UserHomeDir(); err == nil {
		private = append(private, filepath.Base(home))
	}
	return diagnosis.NewRedactor(secrets, private), locked
}

// settings are those that say nothing about a person or a business.
func (t *telling) settings(ctx context.Context) (map[string]any, error) {
	s, err := t.Settings(ctx)
	if err != nil {
		return nil, err
	}
	for _, private := range []*string{&s.Address, &s.Proxy} {
		if *private != "" {
			*private = "[private]"
		}
	}
	keeping, err := t.Keeping(ctx)
	return map[string]any{"settings": s, "keeping": keeping}, err
}

func (t *telling) numbers(ctx context.Context) (map[string]any, error) {
	runs, err := t.StateCounts(ctx)
	if err != nil {
		return nil, err
	}
	size, err := t.Store.Size(ctx)
	if err != nil {
		return nil, err
	}
	recipes, err := t.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	on, uses := 0, map[string]int{}
	for _, r := range recipes {
		if r.On {
			on++
		}
		uses[r.Draft.Trigger.Use]++
		for _, s := range r.Draft.Walk() {
			uses[s.Use]++
		}
	}
	all, err := t.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	connections := map[string]int{}
	for _, c := range all {
		connections[c.Connector]++
	}
	tables, err := t.Store.Tables(ctx)
	if err != nil {
		return nil, err
	}
	rows := 0
	for _, one := range tables {
		rows += one.Rows
	}
	backups, err := Backups(t.Dir)
	return map[string]any{
		"runs": runs, "recipes": len(recipes), "recipes_on": on, "operations": uses, "connections": connections,
		"tables": len(tables), "rows": rows, "bytes": size, "backups": len(backups), "restored": len(KeptBefore(t.Dir)), "damaged": len(SetAside(t.Dir)),
	}, err
}

// logs adds the log files, the old ones too.
func (t *telling) logs() error {
	entries, err := os.ReadDir(t.Dir)
	if err != nil {
		return cannotRead(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || filepath.Ext(e.Name()) != ".log" {
			continue
		}
		f, err := os.Open(filepath.Join(t.Dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was the oldest, and has made room
		}
		if err != nil {
			return cannotRead(err)
		}
		if err := errors.Join(t.text("logs/"+e.Name(), f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func cannotRead(err error) error {
	return engine.Wrap(err, engine.Unavailable, "The data folder cannot be read: %s.", engine.Cause(err))
}

func (t *telling) text(name string, from io.Reader) error {
	w, err := t.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: t.now})
	if err != nil {
		return err
	}
	return t.redact.Lines(w, from)
}

func (t *telling) json(name string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return t.text(name, bytes.NewReader(content))
}
