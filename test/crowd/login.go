package crowd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"lotsen/test/kit"
)

// Newcomers are n people who have logged in with BankID and have no case.
func Newcomers(t testing.TB, b *kit.Binary, n int) []Phone {
	t.Helper()
	phones := make([]Phone, n)
	err := All(n, 32, func(i int) (err error) {
		phones[i], err = logIn(t.Context(), b.Guest(), number(i), fmt.Sprintf("Påhittad %d", i))
		return err
	})
	if err != nil {
		t.Fatalf("log in: %v", err)
	}
	return phones
}

// logIn logs a patient in with BankID, whose app the demo plays.
func logIn(ctx context.Context, guest *kit.Client, number, name string) (Phone, error) {
	var begun struct{ ID string }
	if err := ask(ctx, guest, http.MethodPost, "/identity/bankid", map[string]string{}, &begun); err != nil {
		return Phone{}, err
	}
	approval := map[string]string{"personalNumber": number, "name": name}
	if err := ask(ctx, guest, http.MethodPost, "/demo/bankid/"+begun.ID+"/approve", approval, nil); err != nil {
		return Phone{}, err
	}
	for range 200 {
		var now struct {
			Status, Token string
			Record        struct{ ID string }
		}
		if err := ask(ctx, guest, http.MethodGet, "/identity/bankid/"+begun.ID, nil, &now); err != nil {
			return Phone{}, err
		}
		if now.Status == "complete" {
			return Phone{Patient: now.Record.ID, Token: now.Token}, nil
		}
		<-time.After(100 * time.Millisecond)
	}
	return Phone{}, errors.New("a log-in is not complete after twenty seconds")
}

// ask sends a request that must be answered with 2xx, and reads the answer into out unless that is nil.
func ask(ctx context.Context, by *kit.Client, method, path string, body, out any) error {
	a, err := by.Do(ctx, method, path, body)
	switch {
	case err != nil:
		return err
	case !a.OK():
		return fmt.Errorf("%s %s was answered %d %s", method, path, a.Status, a.Body)
	case out == nil:
		return nil
	}
	return a.Into(out)
}

// number is the personal number of somebody of the test series, who is between thirty and seventy.
func number(i int) string {
	digits := time.Date(1957, time.January, 1+i, 0, 0, 0, 0, time.UTC).Format("20060102") + "238"
	sum := 0
	for at, digit := range digits[2:] {
		n := int(digit-'0') * (2 - at%2)
		sum += n/10 + n%10
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}
