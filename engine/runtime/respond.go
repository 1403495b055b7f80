package runtime

import (
	"encoding/json"
	"net/http"
	"strconv"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// respond answers the sender of the webhook, once the step is on disk.
func (x *execution) respond(s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	status := http.StatusOK
	if text := mapping.Text(fields["status"]); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 200 || n > 599 {
			return x.failed(s, record, engine.Errorf(engine.Invalid, "%q is no status to answer with. Give a number from 200 to 599, such as 200.", text), 0)
		}
		status = n
	}
	var headers map[string]string
	if given, _ := fields["headers"].(map[string]any); len(given) > 0 {
		headers = make(map[string]string, len(given))
		for name, value := range given {
			headers[name] = mapping.Text(value)
		}
	}
	body := mapping.Text(fields["body"])
	if list, ok := fields["body"].([]any); ok {
		encoded, err := json.Marshal(list)
		if err != nil {
			return x.failed(s, record, err, 0)
		}
		body = string(encoded)
	}
	if x.Answer != nil {
		x.mu.Lock()
		x.told = append(x.told, func() { x.Answer(x.runID, status, headers, body) })
		x.mu.Unlock()
	}
	output := map[string]any{"status": json.Number(strconv.Itoa(status))}
	var err error
	if record.Output, err = x.encode(output); err != nil {
		return x.failed(s, record, err, 0)
	}
	record.Note = "nobody waited for an answer"
	if x.plan.waits {
		record.Note = "answered with " + strconv.Itoa(status)
	}
	x.succeed(record, sc, output)
	return ending{}, nil
}
