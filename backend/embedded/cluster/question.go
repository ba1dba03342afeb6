package cluster

// The numbers of the fields of reviews, as the API's definitions have them.
const (
	fieldSpec = 2 // of each review

	fieldAskedResource = 1 // of the spec of a review of access
	fieldAskedPath     = 2
	fieldAskedIn       = 1 // of the spec of a review of rules: the namespace
)

// readQuestion reads the message of a review.
func readQuestion(resource string, message []byte) (question, error) {
	var asked question
	err := eachField(message, func(f wireField) error {
		if f.number != fieldSpec {
			return nil
		}
		if resource == "selfsubjectrulesreviews" {
			return readTexts(f.bytes, map[int]*string{fieldAskedIn: &asked.Namespace})
		}
		return readAccess(f.bytes, &asked)
	})
	return asked, err
}

func readAccess(spec []byte, asked *question) error {
	return eachField(spec, func(f wireField) error {
		switch f.number {
		case fieldAskedResource:
			r := &resourceQuestion{}
			asked.Resource = r
			return readTexts(f.bytes, map[int]*string{
				1: &r.Namespace, 2: &r.Verb, 3: &r.Group, 4: &r.Version, 5: &r.Resource, 6: &r.Sub, 7: &r.Name,
			})
		case fieldAskedPath:
			p := &pathQuestion{}
			asked.Path = p
			return readTexts(f.bytes, map[int]*string{1: &p.Path, 2: &p.Verb})
		}
		return nil
	})
}

// readTexts reads the fields of a message that are texts, by their numbers.
func readTexts(message []byte, into map[int]*string) error {
	return eachField(message, func(f wireField) error {
		if text := into[f.number]; text != nil {
			*text = string(f.bytes)
		}
		return nil
	})
}
