package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/table"
)

func (c *cli) tablesCommand() *cobra.Command {
	list := c.withData(c.listTables)
	cmd := &cobra.Command{
		Use: "tables", Short: "List the tables, show one, bring one in from a CSV file, write or delete one", Args: positional(cobra.NoArgs),
		Example: "  bellhop tables import customers.csv\n  bellhop tables export Customers > customers.csv",
		RunE:    list,
	}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the tables", Args: positional(cobra.NoArgs), RunE: list},
		c.showTableCommand(), c.importTableCommand(), c.exportTableCommand(), c.deleteTableCommand(),
	)
	return cmd
}

type tableRow struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Rows    int       `json:"rows"`
	Columns []string  `json:"columns"`
	Changed time.Time `json:"changed"`
}

func (c *cli) listTables(ctx context.Context, d *boot.Data, _ []string) error {
	all, err := d.Tables(ctx)
	if err != nil {
		return err
	}
	rows := make([]tableRow, len(all))
	for i, t := range all {
		rows[i] = tableRow{t.ID, t.Name, t.Rows, t.Columns, t.UpdatedAt}
	}
	return printList(c, rows, false, "name rows columns", func(r tableRow) []string {
		return []string{r.Name, strconv.Itoa(r.Rows), strings.Join(r.Columns, ", ")}
	})
}

func (c *cli) showTableCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{Use: "show TABLE", Short: "Show rows of a table", Args: positional(cobra.ExactArgs(1))}
	cmd.Flags().IntVar(&limit, "limit", 50, "show the first `N` rows")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if limit < 1 {
			return usageError{fmt.Errorf("--limit is 1 or more")}
		}
		t, err := d.FindTable(ctx, args[0])
		if err != nil {
			return err
		}
		rows, err := d.TableRows(ctx, t, engine.RowFilter{Limit: limit})
		if err != nil {
			return err
		}
		cells := make([]map[string]string, len(rows))
		for i, row := range rows {
			cells[i] = row.Cells
		}
		if c.json {
			return c.printJSON(cells)
		}
		// Columns' names may have spaces, so the head is a row like the others.
		head := make(map[string]string, len(t.Columns))
		for _, column := range t.Columns {
			head[column] = strings.ToUpper(column)
		}
		return printList(c, append([]map[string]string{head}, cells...), false, "", func(row map[string]string) []string {
			texts := make([]string, len(t.Columns))
			for i, column := range t.Columns {
				texts[i] = row[column]
			}
			return texts
		})
	})
	return cmd
}

func (c *cli) importTableCommand() *cobra.Command {
	var name string
	var more, replace bool
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Bring a table in from a CSV file", Args: positional(cobra.ExactArgs(1)),
		Long: "Brings a table in from a CSV file, whose first row names the columns. Commas, semicolons, tabs and bars between\n" +
			"cells are found out, and so is how letters are written (UTF-8, UTF-16, Windows-1252). FILE - is standard input.",
	}
	cmd.Flags().StringVar(&name, "name", "", "the table's `name`; without it the file's name")
	cmd.Flags().BoolVar(&more, "append", false, "add the rows to the table of that name")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace the table of that name, its columns too")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if cmd.Flags().Changed("name") && strings.TrimSpace(name) == "" || name == "" && args[0] == standardInput {
			return usageError{fmt.Errorf("give the table a --name")}
		}
		if name == "" {
			name = strings.TrimSuffix(filepath.Base(args[0]), filepath.Ext(args[0]))
		}
		mode := table.New
		switch {
		case more && replace:
			return usageError{fmt.Errorf("give --append or --replace, not both")}
		case more:
			mode = table.Append
		case replace:
			mode = table.Replace
		}
		file, err := c.openTable(ctx, args[0])
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it was only read
		t, err := d.ImportTable(ctx, name, file, mode)
		if err != nil {
			return err
		}
		return c.say(map[string]any{"id": t.ID, "name": t.Name, "rows": t.Rows, "columns": t.Columns},
			"the table %q has %d rows and %d columns\n", t.Name, t.Rows, len(t.Columns))
	})
	return cmd
}

// openTable opens a file to read it twice; what is no file, such as a pipe, is read into memory.
func (c *cli) openTable(ctx context.Context, path string) (io.ReadSeekCloser, error) {
	fails := func(err error) error {
		return engine.Wrap(err, engine.Unavailable, "%s cannot be read: %s.", path, engine.Cause(err))
	}
	info, err := os.Stat(path)
	if path != standardInput && err != nil {
		return nil, fails(err)
	}
	if path != standardInput && info.Mode().IsRegular() {
		file, err := os.Open(path)
		if err != nil {
			return nil, fails(err)
		}
		return file, nil
	}
	data, err := c.read(ctx, path, table.MaxFile)
	if err != nil {
		return nil, fails(err)
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, nil
}

func (c *cli) exportTableCommand() *cobra.Command {
	var excel bool
	cmd := &cobra.Command{
		Use: "export TABLE", Short: "Print a table as CSV", Args: positional(cobra.ExactArgs(1)),
		Long: "Prints a table as CSV: RFC 4180, UTF-8. With --excel it begins with the mark that Excel needs to read the letters\n" +
			"right, and cells that a spreadsheet would take for a formula are made harmless by an apostrophe.",
	}
	cmd.Flags().BoolVar(&excel, "excel", false, "for Excel: with a byte order mark, and without formulas")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		t, err := d.FindTable(ctx, args[0])
		if err != nil {
			return err
		}
		return d.ExportTable(ctx, t, c.out, excel)
	})
	return cmd
}

func (c *cli) deleteTableCommand() *cobra.Command {
	return &cobra.Command{
		Use: "delete TABLE", Short: "Delete a table with its rows", Args: positional(cobra.ExactArgs(1)),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			t, err := d.FindTable(ctx, args[0])
			if err != nil {
				return err
			}
			if err := d.DeleteTable(ctx, t); err != nil {
				return err
			}
			return c.say(map[string]any{"name": t.Name, "rows": t.Rows}, "deleted the table %q with %d rows\n", t.Name, t.Rows)
		}),
	}
}
