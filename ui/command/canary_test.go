package command

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"meshsecrets/backend/embedded"
)

// disguises are the forms in which a value could get out. Base64 shifts with
// what stands before, so all three positions are looked for, without the letters
// that neighbours share.
func disguises(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	out := map[string]string{
		"raw": value, "JSON": strings.Trim(string(quoted), `"`), "%q": strings.Trim(fmt.Sprintf("%q", value), `"`),
		"hex": hex.EncodeToString([]byte(value)), "upper hex": strings.ToUpper(hex.EncodeToString([]byte(value))),
		"bytes": strings.Trim(fmt.Sprintf("%d", []byte(value)), "[]"), "runes": strings.Trim(fmt.Sprint([]rune(value)), "[]"),
		"start": value[:min(len(value), 10)],
	}
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
		core := whole[4*min(shift, 1) : len(whole)-4]
		out[fmt.Sprint("base64 ", shift)] = core
		out[fmt.Sprint("base64 url ", shift)] = strings.NewReplacer("+", "-", "/", "_").Replace(core)
	}
	return out
}

// unseen looks for values in what was printed, in every form. Blanks and line
// ends are looked through, so that a wrapped value is found.
func (x *there) unseen(text string, values ...string) {
	x.t.Helper()
	for _, value := range values {
		for form, look := range disguises(value) {
			for _, text := range []string{text, strings.Join(strings.Fields(text), "")} {
				if strings.Contains(text, look) {
					x.t.Errorf("a value is printed (%s)", form)
				}
			}
		}
	}
}

// canary stands in values of several kinds, by name. None is real.
const canary = `CANARY-not-a-real-value-"7f3a"`

func canaries() map[string]string {
	lines := base64.StdEncoding.EncodeToString([]byte("fake " + canary))
	return map[string]string{
		"canary-text": canary,
		"canary-line": canary + "\n",
		"canary-json": `{"fake":` + fmt.Sprintf("%q", canary) + `}`,
		"canary-jwt": base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"fake":"`+canary[:20]+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(canary)),
		"canary-pem":    "-----BEGIN FAKE-----\n" + lines + "\n-----END FAKE-----\n",
		"canary-binary": "\x00\x01\xff" + canary,
		"canary-base64": base64.StdEncoding.EncodeToString([]byte(canary)),
	}
}

// Without --reveal no command prints a value, whatever it is asked for and
// whatever comes of it; with it, one prints it.
func TestValuesArePrintedOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	for _, environment := range []string{embedded.EnvironmentUniversal, embedded.EnvironmentKubernetes} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			x := standing(t, environment)
			for name, value := range canaries() {
				x.far.Seed(embedded.Secret{Mesh: "checkout", Name: name, Value: []byte(value), Created: at})
			}
			lines := []string{"list", "list --no-facts", "list -o json", "list -o yaml", "list -o name", "problems", "problems -o json", "recover"}
			for name, value := range canaries() {
				x.file("value", value)
				at := " " + name + " --mesh checkout"
				for _, output := range []string{"text", "json", "yaml", "manifest", "manifest --form kubernetes", "manifest --form universal", "raw"} {
					lines = append(lines, "get"+at+" -o "+output)
				}
				x.file("new-"+name, value+" ")
				lines = append(lines,
					"create"+at+" --from-file FILE/new-"+name, "create new-"+name+" --mesh checkout --dry-run --yes --from-file FILE/new-"+name,
					"create -f FILE/new-"+name, "edit"+at+" --dry-run --from-file FILE/new-"+name, "edit"+at+" --yes --from-file FILE/new-"+name,
					"reassign "+name+" --from checkout --to payments --dry-run", "delete"+at+" --dry-run", "delete"+at+" --yes", "__complete get --mesh checkout canary")
			}
			for _, line := range lines {
				text, _ := x.does(strings.ReplaceAll(line, "FILE", x.home))
				x.unseen(text, canary)
			}
		})
	}
}

// The look-out sees what it should see.
func TestTheCanaryIsFoundWhereItIsRevealed(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for line, look := range map[string]string{
		"get smtp-password --demo --mesh default --reveal -o raw":      "raw",
		"get smtp-password --demo --mesh default --reveal":             "raw",
		"get smtp-password --demo --mesh default --reveal -o manifest": "base64 0",
		"get smtp-password --demo --mesh default --reveal -o json":     "base64 0",
	} {
		_, out, _ := try(t, home, strings.Fields(line)...)
		if !strings.Contains(out, disguises("demo-smtp-not-a-real-password")[look]) {
			t.Errorf("%s does not show the value", line)
		}
	}
}
