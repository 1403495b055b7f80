package content_test

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/content"
)

const order = ` {"id": 820982911946154508, "na\u006de": "#1042", "note": "a \"quoted\" ü", "tags": [], "paid": true, "gone": null,
	"customer": {"email": "ana@example.com", "address": {"city": "Porto", "zip": "4000"}},
	"items": [{"title": "Shirt", "sizes": [1, 2, 3]}, {"title": "Hat"}, {"title": "Sock"}]} `

func TestPick(t *testing.T) {
	number := func(s string) any { return json.Number(s) }
	for name, c := range map[string]struct {
		paths [][]string
		want  any
	}{
		"one field":                        {[][]string{{"id"}}, map[string]any{"id": number("820982911946154508")}},
		"nothing":                          {[][]string{}, map[string]any{}},
		"a name written with an escape":    {[][]string{{"name"}}, map[string]any{"name": "#1042"}},
		"fields far down":                  {[][]string{{"customer", "address", "city"}, {"paid"}}, map[string]any{"paid": true, "customer": map[string]any{"address": map[string]any{"city": "Porto"}}}},
		"a path that goes on below":        {[][]string{{"customer", "address"}, {"customer", "address", "zip"}}, map[string]any{"customer": map[string]any{"address": map[string]any{"city": "Porto", "zip": "4000"}}}},
		"an item, and those before it":     {[][]string{{"items", "1", "title"}}, map[string]any{"items": []any{nil, map[string]any{"title": "Hat"}}}},
		"an item from the end":             {[][]string{{"items", "-1", "title"}}, map[string]any{"items": []any{map[string]any{"title": "Shirt", "sizes": []any{number("1"), number("2"), number("3")}}, map[string]any{"title": "Hat"}, map[string]any{"title": "Sock"}}}},
		"an item beyond the end":           {[][]string{{"tags", "7"}}, map[string]any{"tags": []any{}}},
		"what is not there":                {[][]string{{"nobody"}, {"customer", "nobody"}}, map[string]any{"customer": map[string]any{}}},
		"below a text, number and null":    {[][]string{{"note", "x"}, {"id", "x"}, {"gone", "x"}}, map[string]any{"note": "", "id": number("820982911946154508"), "gone": nil}},
		"a name where a list is":           {[][]string{{"items", "title"}}, map[string]any{"items": []any{}}},
		"an item where there is an object": {[][]string{{"customer", "0"}}, map[string]any{"customer": map[string]any{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := content.Pick(iotest.OneByteReader(strings.NewReader(order)), "application/json", c.paths)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	all, err := content.Parse("application/json", []byte(order))
	require.NoError(t, err)
	for _, paths := range [][][]string{nil, {{}}, {{"id"}, {}}} {
		got, err := content.Pick(strings.NewReader(order), "application/json", paths)
		require.NoError(t, err)
		require.Equal(t, all, got)
	}
}

func TestPickTakesTheLastOfTwo(t *testing.T) {
	got, err := content.Pick(strings.NewReader(`{"a":{"x":1},"a":{"y":2}}`), "", [][]string{{"a", "x"}, {"a", "y"}})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": map[string]any{"y": json.Number("2")}}, got, "as Parse does")
}

// long is a JSON document of many megabytes that never is in memory.
func long(megabytes int, inside string) io.Reader {
	readers := []io.Reader{strings.NewReader(`{"first":{"name":"a"},"list":[0`)}
	block := bytes.Repeat([]byte(","+inside), 1<<20/(len(inside)+1))
	for range megabytes {
		readers = append(readers, bytes.NewReader(block))
	}
	return io.MultiReader(append(readers, strings.NewReader(`],"last":{"name":"z"}}`))...)
}

func TestPickBoundsWhatItKeeps(t *testing.T) {
	for name, inside := range map[string]string{"texts": `"` + strings.Repeat("x", 1000) + `"`, "groups": `{"a":[{}]}`} {
		t.Run(name, func(t *testing.T) {
			got, err := content.Pick(long(9, inside), "application/json", [][]string{{"first", "name"}, {"list", "0"}, {"last"}})
			require.NoError(t, err)
			require.Equal(t, map[string]any{
				"first": map[string]any{"name": "a"}, "last": map[string]any{"name": "z"}, "list": []any{json.Number("0")},
			}, got)
			for _, paths := range [][][]string{nil, {{"list"}}, {{"list", "-1"}}} {
				_, err = content.Pick(long(9, inside), "application/json", paths)
				require.Equal(t, engine.Invalid, engine.ErrorCode(err))
				require.ErrorContains(t, err, "larger than 8 MB")
			}
		})
	}
	_, err := content.Pick(long(3, "1"), "application/json", [][]string{{"list", "1000000"}})
	require.ErrorContains(t, err, "larger than 8 MB", "places count too")
}

func TestCheckingALargeBodyTakesLittleMemory(t *testing.T) {
	body := long(9, `{"title":"Linen shirt","price":"59.00"}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, content.CheckReader("application/json", body))
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestLargeBodiesOfOtherKinds(t *testing.T) {
	big := strings.Repeat("a", content.MaxRead+1)
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "text/xml", ""} {
		err := content.CheckReader(kind, strings.NewReader(big))
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), kind)
		require.ErrorContains(t, err, "only JSON and forms with files")
		_, err = content.Pick(strings.NewReader(big), kind, nil)
		require.ErrorContains(t, err, "only JSON and forms with files", kind)
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"big.bin\"\r\n\r\n" + big + "\r\n--x--\r\n"
	require.NoError(t, content.CheckReader(`multipart/form-data; boundary=x`, strings.NewReader(form)))
	got, err := content.Pick(strings.NewReader(form), `multipart/form-data; boundary=x`, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"f": map[string]any{"filename": "big.bin", "content_type": "", "size": json.Number("8388609")}}, got)
}

func TestAReaderThatFails(t *testing.T) {
	for kind, bodies := range map[string][]string{
		"application/json": {"", `{"a":`, `{"a":"` + strings.Repeat("x", 10_000)},
		"text/plain":       {"", strings.Repeat("x", 10_000)},
		"multipart/form-data; boundary=x": {
			"", part(`name="a"`, "1"), part(`name="a"; filename="b"`, strings.Repeat("x", 10_000)), `--x`,
		},
	} {
		for _, body := range bodies {
			r := io.MultiReader(strings.NewReader(body), iotest.ErrReader(engine.Errorf(engine.Unavailable, "The disk is gone.")))
			require.ErrorContains(t, content.CheckReader(kind, r), "The disk is gone", "%s %.10s", kind, body)
		}
	}
}

// FuzzStream holds what is read piece by piece to what is read whole.
func FuzzStream(f *testing.F) {
	for _, kind := range []string{"", "application/json", "application/x-www-form-urlencoded", "text/plain", "text/xml", "multipart/form-data; boundary=x", "multipart/form-data"} {
		for _, body := range []string{
			"", " ", "{}", "[1,2", `{"a":1}x`, `{"a":1,}`, `[1,]`, `{,}`, `{"a" 1}`, "a=1&b=%zz", "caf\xe9", "\xef\xbb\xbf{}", "nul", "null", "-", "1e999999", "01", "1.", "-0.5e-3", "1e+",
			"\"\\ud800\"", `"\u12g4"`, `"\x"`, "{\"a\":\"\x00\"}", strings.Repeat("[", 201) + strings.Repeat("]", 201), "\u00a0", "\x0b{", "{}\u00a0", order,
			"<a b='1'>x<c/><c>y</c></a>", "<a/><b/>", "<!DOCTYPE a><a/>", "<a>&lol;</a>", "<a", "x<a/>",
			"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n", "--x--", "--x\r\n\r\n",
		} {
			f.Add(kind, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		want, err := content.Parse(kind, body)
		checked := content.CheckReader(kind, iotest.HalfReader(bytes.NewReader(body)))
		require.Equal(t, engine.ErrorCode(err), engine.ErrorCode(checked), "%v, and %v", err, checked)
		got, picked := content.Pick(iotest.OneByteReader(bytes.NewReader(body)), kind, nil)
		require.Equal(t, engine.ErrorCode(err), engine.ErrorCode(picked), "%v, and %v", err, picked)
		if err != nil {
			return
		}
		require.Equal(t, want, got)
		object, ok := want.(map[string]any)
		if !ok {
			return
		}
		for name, value := range object {
			part, err := content.Pick(bytes.NewReader(body), kind, [][]string{{name}})
			require.NoError(t, err)
			require.Equal(t, value, part.(map[string]any)[name])
			return
		}
	})
}

func BenchmarkCheckReader(b *testing.B) {
	raw, err := io.ReadAll(long(8, `{"title":"Linen shirt","quantity":1,"price":"59.00"}`))
	require.NoError(b, err)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := content.CheckReader("application/json", bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
