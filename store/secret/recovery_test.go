package secret

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"bellhop/engine"
)

// TestSlipsInACodeAreFound: any one sign that is another, and any two neighbours that changed places.
func TestSlipsInACodeAreFound(t *testing.T) {
	t.Parallel()
	code := newCode()
	require.Regexp(t, `^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$`, code)
	require.NotEqual(t, code, newCode())
	signs, err := readCode(code)
	require.NoError(t, err)
	require.Len(t, signs, 40)
	for _, same := range []string{strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + strings.ReplaceAll(code, "-", " ") + "\r\n",
		strings.NewReplacer("0", "o", "1", "l").Replace(code)} {
		read, err := readCode(same)
		require.NoError(t, err)
		require.Equal(t, signs, read)
	}
	for i, was := range signs {
		for _, other := range alphabet {
			if other != was {
				_, err := readCode(signs[:i] + string(other) + signs[i+1:])
				require.ErrorContains(t, err, "slip in group")
				require.NotContains(t, err.Error(), signs[:5], "a code is a secret, too")
			}
		}
		if i > 0 && signs[i-1] != signs[i] && i%5 != 0 {
			_, err := readCode(signs[:i-1] + signs[i:i+1] + signs[i-1:i] + signs[i+1:])
			require.ErrorContains(t, err, "slip in group")
		}
	}
	for _, bad := range []string{"", code[:40], code + "A", "U" + code[1:], "ключ"} {
		_, err := readCode(bad)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), bad)
	}
}

// TestACodeBringsLostSecretsBack, also those that were saved after it was made.
func TestACodeBringsLostSecretsBack(t *testing.T) {
	t.Parallel()
	late := map[string]string{"token": "changed later"}
	for name, test := range map[string]struct {
		mode Mode
		lose func(t *testing.T, dir string, r *ring)
		back int
	}{
		"the key file is gone": {File, func(t *testing.T, dir string, _ *ring) {
			require.NoError(t, os.Remove(filepath.Join(dir, "secrets.key")))
		}, 2},
		"both files are gone": {File, func(t *testing.T, dir string, _ *ring) {
			require.NoError(t, os.Remove(filepath.Join(dir, "secrets.key")))
			require.NoError(t, os.Remove(filepath.Join(dir, "secrets.age")))
		}, 2},
		"the file is damaged": {File, func(t *testing.T, dir string, _ *ring) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets.age"), []byte("%PDF"), 0o600))
		}, 2},
		"the keyring is empty": {Keyring, func(_ *testing.T, _ string, r *ring) { clear(r.items) }, 2},
		"one item is gone": {Keyring, func(_ *testing.T, _ string, r *ring) {
			for name := range r.items {
				if strings.HasSuffix(name, "/a") {
					delete(r.items, name)
				}
			}
		}, 1},
		"nothing is": {Keyring, func(*testing.T, string, *ring) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, r := t.TempDir(), newRing()
			k := open(t, test.mode, dir, r)
			require.NoError(t, k.Save(t.Context(), "a", values))
			require.NoError(t, k.Save(t.Context(), "gone", values))
			code, err := k.NewCode(t.Context())
			require.NoError(t, err)
			require.NoError(t, k.Save(t.Context(), "b", late))
			require.NoError(t, k.Delete(t.Context(), "gone"))
			content, err := os.ReadFile(filepath.Join(dir, recoveryFile))
			require.NoError(t, err)
			for _, secret := range []string{"changed later", values["token"], strings.ReplaceAll(code, "-", ""), code} {
				require.False(t, secret != "" && strings.Contains(string(content), secret))
			}

			test.lose(t, dir, r)
			k = open(t, Auto, dir, r)
			_, err = k.Recover(t.Context(), newCode())
			require.ErrorContains(t, err, "not the newest")
			n, err := k.Recover(t.Context(), strings.ToLower(code))
			require.NoError(t, err)
			require.Equal(t, test.back, n)
			require.Equal(t, test.mode, k.Mode())
			for key, want := range map[string]map[string]string{"a": values, "b": late, "gone": {}} {
				got, err := k.Load(t.Context(), key)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		})
	}
}

// TestACodeBringsSecretsToAnotherPlace: the keyring is gone for good.
func TestACodeBringsSecretsToAnotherPlace(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), newRing()
	k := open(t, Keyring, dir, r)
	require.NoError(t, k.Save(t.Context(), "a", values))
	code, err := k.NewCode(t.Context())
	require.NoError(t, err)
	r.set(keyring.ErrUnsupportedPlatform, nil)
	_, err = open(t, Auto, dir, r).Recover(t.Context(), code)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	n, err := open(t, File, dir, r).Recover(t.Context(), code)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	got, err := open(t, Auto, dir, r).Load(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, values, got)
}

func TestANewCodeMakesTheOldOneUseless(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, File, dir, newRing())
	none, err := k.CodeMadeAt()
	require.NoError(t, err)
	require.True(t, none.IsZero())
	_, err = k.Recover(t.Context(), newCode())
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	first, err := k.NewCode(t.Context())
	require.NoError(t, err)
	second, err := k.NewCode(t.Context())
	require.NoError(t, err)
	_, err = k.Recover(t.Context(), first)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	_, err = k.Recover(t.Context(), second)
	require.NoError(t, err)
	made, err := k.CodeMadeAt()
	require.NoError(t, err)
	require.False(t, made.IsZero())
	require.NoError(t, os.WriteFile(filepath.Join(dir, recoveryFile), []byte("{"), 0o600))
	_, err = k.Recover(t.Context(), second)
	require.ErrorContains(t, err, "damaged")
	require.NoError(t, k.Save(t.Context(), "a", values), "saving goes on")
}
