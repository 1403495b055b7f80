package reach

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"bellhop/engine"
)

// pathPrefix is where Bellhop answers calls of its own, for as long as one is under way.
const pathPrefix = "/.bellhop/"

// mostAnswer is how much is read of what answers at the own address.
const mostAnswer = 64 << 10

// call is one call of the own address: who asks for name is told proof, once.
type call struct {
	way         engine.Way
	name, proof string
}

// calls says whether a request is the call that is under way by a way in. It is so only once.
func (k *Keeper) calls(r *http.Request, way engine.Way) bool {
	c := k.out.Load()
	if c == nil || c.way != way || r.Method != http.MethodGet {
		return false
	}
	name, ok := strings.CutPrefix(r.URL.Path, pathPrefix)
	if !ok || subtle.ConstantTimeCompare([]byte(name), []byte(c.name)) != 1 || !k.out.CompareAndSwap(c, nil) {
		return false
	}
	*r = *r.WithContext(context.WithValue(r.Context(), proofKey{}, c.proof))
	return true
}

type proofKey struct{}

// answerCall answers such a request.
func (k *Keeper) answerCall(w http.ResponseWriter, r *http.Request) {
	proof, _ := r.Context().Value(proofKey{}).(string)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, proof) // who hangs up learns nothing
}

// result is what came of a call.
type result struct {
	failure
	cause error
	// gone is true if the tunnel's maker says that nobody is connected.
	gone bool
}

// call calls the own address once. What answers must know the proof that only this Bellhop can tell.
func (k *Keeper) call(ctx context.Context, way engine.Way, address string) result {
	c := &call{way: way, name: strings.ToLower(rand.Text()), proof: strings.ToLower(rand.Text())}
	k.out.Store(c)
	defer k.out.CompareAndSwap(c, nil)
	who := who{way: way, host: hostOf(address), local: k.Local()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+pathPrefix+c.name, nil)
	if err != nil {
		return result{failure: who.unreached(err), cause: err}
	}
	request.Header.Set("User-Agent", "Bellhop")
	request.Header.Set("Cache-Control", "no-store")
	// A visitor with a browser sees a warning first on ngrok's free plan (ERR_NGROK_6024); any value of this
	// header passes it. Source: https://ngrok.com/docs/errors/err_ngrok_6024
	request.Header.Set("Ngrok-Skip-Browser-Warning", "1")
	client := http.Client{Transport: k.Visit, CheckRedirect: sameHost}
	response, err := client.Do(request)
	if response != nil && response.Body != nil {
		defer response.Body.Close()
	}
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return result{failure: who.unreached(err), cause: err}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil && len(body) == 0 {
		return result{failure: who.unreached(err), cause: err}
	}
	if response.StatusCode == http.StatusOK && string(body) == c.proof {
		return result{}
	}
	return who.answered(response, body)
}

// sameHost follows no redirect to another host, and few to the same one.
func sameHost(next *http.Request, via []*http.Request) error {
	if len(via) > 3 || !strings.EqualFold(next.URL.Hostname(), via[0].URL.Hostname()) {
		return http.ErrUseLastResponse
	}
	return nil
}
