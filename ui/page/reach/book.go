package reach

import (
	"context"
	"fmt"
	"net/url"

	"fyne.io/fyne/v2"

	"bellhop/engine"
)

// book is what the page reads.
type book struct {
	reach    engine.Reach
	settings engine.Settings
	// token says whether a token of ngrok is kept, and tokenErr why that is not known.
	token    bool
	tokenErr error
	waiting  []waiting
}

// waiting is a recipe that is on and waits for deliveries from the internet.
type waiting struct {
	id        int64
	name, app string
	// event is what the app calls that which starts the recipe, such as "New order"; "" if any app may send.
	event   string
	address string
	// told is true if Bellhop itself tells the app where to deliver, and asks if it asks the app for what
	// did not arrive.
	told, asks bool
}

// load reads how Bellhop is reached, and who depends on it.
func (p *Page) load(ctx context.Context) (b book, err error) {
	if b.settings, err = p.Desk.Settings(ctx); err != nil {
		return b, err
	}
	b.reach = p.Engine.Reach()
	b.token, b.tokenErr = p.Engine.HasToken(ctx)
	b.waiting, err = p.waiting(ctx)
	return b, err
}

// waiting lists the recipes that deliveries are for.
func (p *Page) waiting(ctx context.Context) ([]waiting, error) {
	all, err := engine.AwaitingRecipes(ctx, p.Store, p.Catalog)
	if err != nil {
		return nil, err
	}
	var list []waiting
	for _, one := range all {
		w := waiting{id: one.Recipe.ID, name: one.Recipe.Name, app: one.Connector.Title, told: one.Operation.Webhook.Subscription != nil, asks: one.Asks()}
		if one.Operation.Connection == engine.Required {
			w.event = one.Operation.Title
		}
		addresses, err := p.Desk.Addresses(ctx, one.Recipe)
		if err != nil {
			return nil, err
		}
		if len(addresses) > 0 {
			w.address = addresses[0]
		}
		list = append(list, w)
	}
	return list, nil
}

// browse opens a web page in the browser of this computer.
func browse(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("open %s: %w", address, err)
	}
	return fyne.CurrentApp().OpenURL(u)
}
