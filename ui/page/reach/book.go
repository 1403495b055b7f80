package reach

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

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

// waiting lists the recipes that deliveries are for. Those of practice accounts are not among them: their
// deliveries never leave this computer.
func (p *Page) waiting(ctx context.Context) ([]waiting, error) {
	cards, err := p.Desk.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := p.Desk.Connections(ctx)
	if err != nil {
		return nil, err
	}
	var list []waiting
	for _, c := range cards {
		if !c.On || c.Published == 0 {
			continue
		}
		if c.Draft, err = p.Versions.Version(ctx, c.ID, c.Published); err != nil {
			return nil, err
		}
		trigger := c.Draft.Trigger
		connector, o, ok := p.Catalog.Operation(trigger.Use)
		practice := slices.ContainsFunc(connections, func(c engine.Connection) bool {
			return c.Practice && strings.EqualFold(c.Name, trigger.Connection)
		})
		if !ok || o.Webhook == nil || practice {
			continue
		}
		w := waiting{id: c.ID, name: c.Name, app: connector.Title, told: o.Webhook.Subscription != nil, asks: o.CatchUp != nil}
		if o.Connection == engine.Required {
			w.event = o.Title
		}
		addresses, err := p.Desk.Addresses(ctx, c.Recipe)
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
