package recipes

import (
	"io/fs"

	"fyne.io/fyne/v2/lang"

	"bellhop/assets"
	"bellhop/engine/recipe"
)

// Templates returns the recipes that ship with Bellhop, the one to practise with first.
func Templates() ([]Template, error) {
	all := []struct {
		file string
		Template
	}{
		{"shopify-to-slack.yaml", Template{
			Title: lang.L("New Shopify order to Slack"), Practice: true,
			Help: lang.L("When a customer places an order, your team sees it in Slack a second later."),
		}},
		{"webhook-to-slack.yaml", Template{
			Title: lang.L("Website form to Slack"),
			Help:  lang.L("When somebody fills in the form on your website, your team reads it in Slack."),
		}},
		{"stripe-to-slack.yaml", Template{
			Title: lang.L("Stripe payment to Slack"),
			Help:  lang.L("When a customer pays, your team reads the amount in Slack."),
		}},
		{"stripe-failed-to-email.yaml", Template{
			Title: lang.L("Failed Stripe payment by e-mail"),
			Help:  lang.L("When a card is declined, you get an e-mail with the reason."),
		}},
	}
	templates := make([]Template, len(all))
	for i, t := range all {
		data, err := fs.ReadFile(assets.Templates(), t.file)
		if err != nil {
			return nil, err
		}
		definition, problems := recipe.Parse(data)
		if err := problems.Err(); err != nil {
			return nil, err
		}
		templates[i] = t.Template
		templates[i].Definition = definition
	}
	return templates, nil
}
