package boot_test

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/practice"
)

// onStripe switches on the recipe that ships for Stripe, with the practice accounts, and waits until the pretend Stripe
// knows its address.
func onStripe(t *testing.T, s *boot.System, name string) engine.Recipe {
	t.Helper()
	template, err := fs.ReadFile(assets.Templates(), "stripe-to-slack.yaml")
	require.NoError(t, err)
	file := strings.NewReplacer("My Stripe", boot.PracticeStripe, "Shop Slack", boot.PracticeSlack, "Tell the team about payments", name).Replace(string(template))
	r, _, err := s.Import(t.Context(), "stripe.yaml", []byte(file))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	require.Eventually(t, func() bool {
		account, err := s.Book.Account(t.Context(), boot.PracticeStripe)
		return err == nil && account.For(r.ID).Value("signing_secret") != ""
	}, 10*time.Second, 10*time.Millisecond)
	return r
}

func openStripe(t *testing.T, dir string) *boot.System {
	t.Helper()
	s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", Practice: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestAPretendPaymentBecomesAMessage goes the whole way: Bellhop tells the pretend Stripe where to deliver, keeps the
// secret that it gets for that address, and a signed payment becomes a message. Two recipes have a secret each, and what
// is missed while the computer sleeps is fetched, once.
func TestAPretendPaymentBecomesAMessage(t *testing.T) {
	t.Parallel()
	s := openStripe(t, t.TempDir())
	first, second := onStripe(t, s, "First"), onStripe(t, s, "Second")
	account, err := s.Book.Account(t.Context(), boot.PracticeStripe)
	require.NoError(t, err)
	require.NotEqual(t, account.For(first.ID).Value("signing_secret"), account.For(second.ID).Value("signing_secret"))
	messages := func(n int) {
		t.Helper()
		require.Eventually(t, func() bool { return len(s.Practice.Slack.Messages()) >= n }, 10*time.Second, 10*time.Millisecond)
		require.Len(t, s.Practice.Slack.Messages(), n)
	}
	var sent practice.PaymentSent
	sent, err = s.Practice.Stripe.Send(t.Context(), practice.NewPayment{Type: "payment_intent.payment_failed"})
	require.NoError(t, err)
	require.Empty(t, sent.Deliveries, "nobody asked for what fails")
	// The routes take the secret up right after it is kept; until then Stripe is asked to come again.
	require.NoError(t, s.CatchUp(t.Context(), first.ID))
	sent, err = s.Practice.Stripe.Send(t.Context(), practice.NewPayment{Total: "189", Currency: "EUR"})
	require.NoError(t, err)
	require.Len(t, sent.Deliveries, 2)
	for _, d := range sent.Deliveries {
		require.Equal(t, 200, d.Status, d.Error)
	}
	messages(2)
	require.Contains(t, s.Practice.Slack.Messages()[0].Text, "€189.00 paid by ")

	require.NoError(t, s.Practice.Sleep(t.Context(), true))
	for range 3 {
		sent, err = s.Practice.Stripe.Send(t.Context(), practice.NewPayment{Total: "20", Currency: "EUR"})
		require.NoError(t, err)
		require.Zero(t, sent.Deliveries[0].Status)
	}
	require.NoError(t, s.Practice.Sleep(t.Context(), false))
	messages(8)
	runs, err := s.Store.Runs(t.Context(), engine.RunFilter{RecipeID: first.ID})
	require.NoError(t, err)
	require.Len(t, runs, 4)
	require.True(t, runs[0].Recovered)
}

// TestASecretOfARecipeThatIsGoneIsDropped looks at what is kept when another recipe begins.
func TestASecretOfARecipeThatIsGoneIsDropped(t *testing.T) {
	t.Parallel()
	s := openStripe(t, t.TempDir())
	gone := onStripe(t, s, "Gone")
	require.NoError(t, s.Switch(t.Context(), gone.ID, false))
	require.NoError(t, s.DeleteRecipe(t.Context(), gone.ID))
	onStripe(t, s, "Another")
	account, err := s.Book.Account(t.Context(), boot.PracticeStripe)
	require.NoError(t, err)
	require.NotContains(t, account.Secrets, engine.KeptName("signing_secret", gone.ID))
	require.NotEmpty(t, account.Value("api_key"))
}

// TestAWebhookThatStripeSwitchedOffIsMadeAnew: Stripe switches off what fails for days. It is made anew, with a secret of its
// own, the old one goes, and deliveries are let in again.
func TestAWebhookThatStripeSwitchedOffIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := openStripe(t, t.TempDir())
	r := onStripe(t, s, "Switched off")
	old := s.Practice.Stripe.Endpoints()[0]
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Practice.StripeURL()+"/v1/webhook_endpoints/"+old.ID, strings.NewReader("disabled=true"))
	require.NoError(t, err)
	request.SetBasicAuth(s.Practice.Stripe.Key(), "")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NoError(t, s.CatchUp(t.Context(), r.ID))
	require.Eventually(t, func() bool {
		all := s.Practice.Stripe.Endpoints()
		return len(all) == 1 && all[0].ID != old.ID && !all[0].Disabled
	}, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		sent, err := s.Practice.Stripe.Send(t.Context(), practice.NewPayment{})
		return err == nil && len(sent.Deliveries) == 1 && sent.Deliveries[0].Status == http.StatusOK
	}, 10*time.Second, 10*time.Millisecond)
}
