package logic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/logic"
	"bellhop/engine/mapping"
)

// FuzzText: whatever is written in a text, the steps that read it end with an outcome or a mistake that a
// person can correct, and a number that was read is one.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"€ 1.234,50", "-1 234.5", "1'2,3.4", "a@b.co, https://x.y/z.", "- ", "０１", "1,,2", "+-1", "x-1", "", "\xff"} {
		f.Add(seed, ",", "point")
		f.Add(seed, "line", "comma")
		f.Add(seed, seed, "auto")
	}
	f.Fuzz(func(t *testing.T, text, part, choice string) {
		with := map[string]any{
			"text": text, "separator": part, "after": part, "before": choice, "decimal": choice, "date": text, "by": part, "unit": "months",
			"list": []any{text, part}, "rules": []any{map[string]any{"value": text, "is": "equals", "than": part}},
			"value": text, "table": map[string]any{part: choice}, "what": choice,
		}
		for _, name := range []string{
			engine.LogicTextSplit, engine.LogicTextFind, engine.LogicNumberRead, engine.LogicDateMove, engine.LogicLookup,
			engine.LogicListKeep, engine.LogicListSort, engine.LogicListTotal, engine.LogicListUnique,
		} {
			pure, _ := logic.Find(name)
			o, err := pure(logic.Call{Logic: name, With: with, Env: env})
			if err != nil {
				require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%s: %v", name, err)
				continue
			}
			if name == engine.LogicNumberRead {
				_, ok := mapping.ParseDecimal(o.Output.(map[string]any)["number"])
				require.True(t, ok)
			}
		}
	})
}
