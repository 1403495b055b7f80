package catchup

import (
	"context"
	"net/netip"
	"net/url"
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
	there, err := s.Listed(ctx, address, own)
	switch {
	case err != nil:
		return was, err
	case there && (!own || s.kept(l.recipe.ID)):
		return true, nil
	case !own && was:
		return was, engine.Errorf(engine.Unavailable,
			"%s does not deliver to this recipe any more: it gives up on addresses that do not answer for some hours. Add the recipe's address there again.",
			l.connector.Title)
	case !own:
		return false, nil // a person may have added it where no program can see it
	}
	secrets, err := s.Create(ctx, address)
	if err != nil {
		return false, err
	}
	if err := f.keep(ctx, l, secrets); err != nil {
		return false, err
	}
	f.Log.Info("an app was told where to deliver", "recipe", l.recipe.ID, "again", was)
	return true, nil
}

// Subscription is how an app is asked where it delivers a trigger's events, and how it is told.
type Subscription struct {
	Apps Apps
	// Gate is passed by every request; nil if there is none.
	Gate poll.Gate
	// Call has the trigger, its fields, and the account to ask with.
	Call action.Call
}

// Listed says whether the app lists a subscription for an address; if that is not exact, any that ends in
// the same path will do, whatever host leads to it. Errors are an *action.Failure or *action.Paused.
func (s Subscription) Listed(ctx context.Context, address string, exact bool) (bool, error) {
	spec, call := s.Call.Operation.Webhook.Subscription, s.Call
	call.Operation.Request, call.Operation.Result = &spec.List, ""
	asker := poll.Asker(s.Apps)
	if s.Gate != nil {
		asker = poll.Through(s.Gate, s.Apps)
	}
	answer, err := asker.Ask(ctx, call, "")
	if err != nil {
		return false, err
	}
	items, err := valueAt(spec.Items, answer.Value)
	list, ok := items.([]any)
	if err != nil || !ok {
		return false, action.Unreadable("%s does not say where it delivers to.", call.Connector.Title)
	}
	for _, item := range list {
		at, err := valueAt(spec.Address, item)
		if err != nil {
			continue
		}
		if to := mapping.Text(at); to == address || !exact && strings.HasSuffix(to, pathOf(address)) {
			return true, nil
		}
	}
	return false, nil
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
// stand in for. Errors are as of Listed.
func (s Subscription) Create(ctx context.Context, address string) (secrets map[string]string, err error) {
	call := s.Call
	call.Operation.Request, call.Operation.Result = &call.Operation.Webhook.Subscription.Create, ""
	call.Data = map[string]any{"address": address}
	leave := func(action.Result, error) {}
	if s.Gate != nil {
		if leave, err = s.Gate.Enter(ctx, call); err != nil {
			return nil, err
		}
	}
	result, err := s.Apps.Do(ctx, call)
	leave(result, err)
	if err != nil {
		return nil, err
	}
	return keepOf(call, result.Output)
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
