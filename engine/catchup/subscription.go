package catchup

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
	"bellhop/engine/poll"
)

// subscribe makes sure that the app delivers to the recipe, as far as it can tell and the address is known.
// was says whether it did before; it says whether it does now. Senders delete subscriptions whose deliveries
// fail for hours, as those to a computer that sleeps do.
func (f *Fetcher) subscribe(ctx context.Context, l *line, account engine.Account, was bool) (subscribed bool, err error) {
	address := f.Address(ctx, l.recipe)
	if address == "" {
		return was, nil
	}
	own := reaches(address, account)
	s := Subscription{Apps: f.Apps, Gate: f.Gate, Call: action.Call{
		Connector: l.connector, Operation: l.operation, With: l.trigger.With, Account: account,
	}}
	listed, err := s.List(ctx)
	there := leads(listed, address, own)
	switch {
	case err != nil:
		return was, err
	case there && !own:
		return true, nil
	case there && s.kept(l.recipe.ID):
		return true, f.seen(ctx, l.madeBy(account.Connection, address), listed)
	case !own && was:
		return was, engine.Errorf(engine.Unavailable,
			"%s does not deliver to this recipe any more: it gives up on addresses that do not answer for some hours. Add the recipe's address there again.",
			l.connector.Title)
	case !own:
		return false, nil // a person may have added it where no program can see it
	}
	mine, err := f.begin(ctx, l, account.Connection, address, listed)
	if err != nil {
		return was, err
	}
	secrets, err := s.Create(ctx, address)
	if err != nil {
		return false, err
	}
	if err := f.made(ctx, mine); err != nil {
		return false, err
	}
	if err := f.keep(ctx, l, secrets); err != nil {
		return false, err
	}
	f.Log.Info("an app was told where to deliver", "recipe", l.recipe.ID, "again", was)
	if listed, err = s.List(ctx); err != nil {
		return true, nil //nolint:nilerr // it is made; the next visit sees it, and what it takes the place of stays until then
	}
	return true, f.seen(ctx, mine, listed)
}

// Subscription is how an app is asked where it delivers a trigger's events, and how it is told to, and to stop.
type Subscription struct {
	Apps Apps
	// Gate is passed by every request; nil if there is none.
	Gate poll.Gate
	// Call has the trigger, its fields, and the account to ask with.
	Call action.Call
}

// Listing is a subscription as its app lists it: where it delivers to, and what the app calls it; "" if the
// connector file does not say where that stands.
type Listing struct{ Address, ID string }

// leads says whether one of those listed delivers to an address; if that is not exact, any that ends in the same
// path will do, whatever host leads to it.
func leads(listed []Listing, address string, exact bool) bool {
	return slices.ContainsFunc(listed, func(one Listing) bool {
		return one.Address == address || !exact && strings.HasSuffix(one.Address, pathOf(address))
	})
}

// List asks the app for the subscriptions to the trigger's events. Errors are an *action.Failure or *action.Paused.
func (s Subscription) List(ctx context.Context) ([]Listing, error) {
	return s.list(ctx, s.Call.Operation.Webhook.Subscription.Where)
}

// list asks for those that have what where says.
func (s Subscription) list(ctx context.Context, where map[string]string) ([]Listing, error) {
	spec, call := s.Call.Operation.Webhook.Subscription, s.Call
	call.Operation.Request, call.Operation.Result = &spec.List, ""
	asker := poll.Asker(s.Apps)
	if s.Gate != nil {
		asker = poll.Through(s.Gate, s.Apps)
	}
	answer, err := asker.Ask(ctx, call, "")
	if err != nil {
		return nil, err
	}
	items, err := valueAt(spec.Items, answer.Value)
	list, ok := items.([]any)
	if err != nil || !ok {
		return nil, action.Unreadable("%s does not say where it delivers to.", call.Connector.Title)
	}
	var listed []Listing
	for _, item := range list {
		at, err := valueAt(spec.Address, item)
		if err != nil || !has(item, where) {
			continue
		}
		one := Listing{Address: mapping.Text(at)}
		if id, err := valueAt(spec.ID, item); spec.ID != "" && err == nil {
			one.ID = mapping.Text(id)
		}
		listed = append(listed, one)
	}
	return listed, nil
}

// Unsubscribe makes the app stop delivering to an address, by what it calls the subscription. Errors are as of List.
func (s Subscription) Unsubscribe(ctx context.Context, id, address string) error {
	_, err := s.do(ctx, s.Call.Operation.Webhook.Subscription.Unsubscribe, map[string]any{"id": id, "address": address})
	return err
}

// do has the app do something.
func (s Subscription) do(ctx context.Context, what *engine.RequestSpec, data map[string]any) (action.Result, error) {
	call := s.Call
	call.Operation.Request, call.Operation.Result, call.Data = what, "", data
	leave := func(action.Result, error) {}
	if s.Gate != nil {
		var err error
		if leave, err = s.Gate.Enter(ctx, call); err != nil {
			return action.Result{}, err
		}
	}
	result, err := s.Apps.Do(ctx, call)
	leave(result, err)
	return result, err
}

// has says whether an entry of a list has what it must.
func has(item any, where map[string]string) bool {
	for path, want := range where {
		value, err := valueAt(path, item)
		if err != nil {
			return false
		}
		all, ok := value.([]any)
		if !ok {
			all = []any{value}
		}
		if !slices.ContainsFunc(all, func(one any) bool { return mapping.Text(one) == want }) {
			return false
		}
	}
	return true
}

// kept says whether all is there that is kept of the answer to Create: without it nothing proves what is delivered.
// What a person has entered for all recipes will do.
func (s Subscription) kept(recipeID int64) bool {
	account := s.Call.Account.For(recipeID)
	for field := range s.Call.Operation.Webhook.Subscription.Keep {
		if account.Value(field) == "" {
			return false
		}
	}
	return true
}

// Create makes the app deliver to an address. It returns the secrets to keep for the recipe, by the fields that they
// stand in for. Errors are as of List.
func (s Subscription) Create(ctx context.Context, address string) (secrets map[string]string, err error) {
	result, err := s.do(ctx, &s.Call.Operation.Webhook.Subscription.Create, map[string]any{"address": address})
	if err != nil {
		return nil, err
	}
	return keepOf(s.Call, result.Output)
}

// keepOf returns what is to be kept of an answer.
func keepOf(call action.Call, answer any) (map[string]string, error) {
	secrets := map[string]string{}
	for field, path := range call.Operation.Webhook.Subscription.Keep {
		value, err := valueAt(path, answer)
		if secrets[field] = mapping.Text(value); err != nil || secrets[field] == "" {
			return nil, action.Unreadable("%s does not say how what it delivers is proved.", call.Connector.Title)
		}
	}
	return secrets, nil
}

// keep keeps secrets for a recipe.
func (f *Fetcher) keep(ctx context.Context, l *line, secrets map[string]string) error {
	if len(secrets) == 0 {
		return nil
	}
	named := make(map[string]string, len(secrets))
	for field, value := range secrets {
		named[engine.KeptName(field, l.recipe.ID)] = value
	}
	l.kept = true
	return f.Keep(ctx, l.trigger.Connection, named)
}

func valueAt(path string, in any) (any, error) {
	if path == "" {
		return in, nil
	}
	p, err := mapping.ParsePath(path)
	if err != nil {
		return nil, err
	}
	return p.Lookup(in)
}

// reaches says whether an app can deliver to an address. One of this computer or of its own network is no
// secret of the vendor's either, and only a pretend app here is told it.
func reaches(address string, account engine.Account) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	if !private(u.Hostname()) {
		return true
	}
	app, err := url.Parse(account.BaseURL)
	return account.Practice || err == nil && private(app.Hostname())
}

// private says whether a host is one of this computer or of its own network.
func private(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	host = strings.ToLower(host)
	return host != "" && (!strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".localhost"))
}

// pathOf is what follows the host of an address.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Path
}
