package boot

import (
	"context"
	"strconv"
	"time"

	"bellhop/engine"
)

// settingOrders is how many orders the pretend shop had made when Bellhop was quit.
const settingOrders = "practice_orders"

// ordersMade is how many orders the pretend shop made before: it goes on after them, so that the history
// does not have several that are called #1001.
func (s *System) ordersMade(ctx context.Context) (int, error) {
	was, err := s.Store.Setting(ctx, settingOrders)
	n, wrong := strconv.Atoi(was)
	if wrong != nil || n < 0 {
		return 0, err // the shop is new, or begins anew
	}
	return n, err
}

// Close ends the pretend apps, and keeps how many orders there were.
func (p *Practice) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	made := strconv.Itoa(p.Shop.Made())
	err := p.system.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingOrders, made) })
	if err != nil {
		p.system.log.Warn("how many pretend orders there were is not kept", "error", err)
	}
	return p.Practice.Close()
}
