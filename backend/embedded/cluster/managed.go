package cluster

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// leaves are the fields of an object that somebody can own, by their paths, and
// what is in them. A path ends with "." for the object that holds the others.
type leaves map[string]any

const (
	step = "\x00" // between the parts of a path
	self = "."
)

// leavesOf gives the fields of an object.
func leavesOf(o *Object) leaves {
	l := leaves{}
	addTexts(l, "f:metadata"+step+"f:labels", o.Meta.Labels)
	addTexts(l, "f:metadata"+step+"f:annotations", o.Meta.Annotations)
	for _, name := range o.Meta.Finalizers {
		l.add("f:metadata"+step+"f:finalizers", `v:"`+name+`"`, true)
	}
	for _, owner := range o.Meta.OwnerReferences {
		l.add("f:metadata"+step+"f:ownerReferences", `k:{"uid":"`+string(owner.UID)+`"}`, owner.Name)
	}
	if !o.isSecret() {
		addFields(l, "", o.Fields)
		return l
	}
	for name, value := range o.Data {
		l.add("f:data", "f:"+name, value)
	}
	l["f:type"] = o.Type
	if o.Immutable {
		l["f:immutable"] = true
	}
	return l
}

func (l leaves) add(path, name string, value any) {
	l[path+step+self] = nil
	l[path+step+name] = value
}

func addTexts(l leaves, path string, texts map[string]string) {
	for name, text := range texts {
		l.add(path, "f:"+name, text)
	}
}

// addFields adds free-form fields; a list is one leaf.
func addFields(l leaves, path string, fields map[string]any) {
	for name, value := range fields {
		at := "f:" + name
		if path != "" {
			at = path + step + at
			l[path+step+self] = nil
		}
		inner, is := value.(map[string]any)
		if is && len(inner) > 0 {
			addFields(l, at, inner)
			continue
		}
		l[at] = value
	}
}

// manage keeps book of who owns which field, as a real server does for updates:
// who writes a field owns it, and others no longer do.
func manage(after, before *Object, manager string, now time.Time) {
	is, was := leavesOf(after), leaves{}
	var entries []metav1.ManagedFieldsEntry
	if before != nil {
		was, entries = leavesOf(before), before.Meta.ManagedFields
	}
	written := leaves{}
	for path, value := range is {
		old, there := was[path]
		if !there || !equalLeaf(old, value) {
			written[path] = nil
		}
	}
	var kept []metav1.ManagedFieldsEntry
	found := false
	for _, entry := range entries {
		owned := readOwned(entry)
		maps.DeleteFunc(owned, func(path string, _ any) bool { _, there := is[path]; return !there })
		if mine := entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationUpdate; mine {
			found = true
			maps.Copy(owned, written)
		} else {
			loseWritten(owned, written)
		}
		if len(owned) == 0 {
			continue
		}
		if !maps.Equal(owned, readOwned(entry)) || entry.Manager == manager && len(written) > 0 {
			entry = owned.entry(after.Kind, entry.Manager, now, entry.Time, entry.Manager == manager)
		}
		kept = append(kept, entry)
	}
	if !found && len(written) > 0 {
		kept = append(kept, written.entry(after.Kind, manager, now, nil, true))
	}
	after.Meta.ManagedFields = kept
}

// Own writes down that an object was made by the first of its managers, and
// that its data was written by each of the others later. When there are no
// others the first one did both.
func Own(o *Object, managers []string, made, changed time.Time) {
	o.Meta.ManagedFields = nil
	if len(managers) == 1 {
		manage(o, nil, managers[0], changed)
		return
	}
	manage(o, nil, managers[0], made)
	data := leaves{}
	for path := range leavesOf(o) {
		if strings.HasPrefix(path, "f:data"+step) || strings.HasPrefix(path, "f:spec") {
			data[path] = nil
		}
	}
	for _, manager := range managers[1:] {
		o.Meta.ManagedFields = append(o.Meta.ManagedFields, data.entry(o.Kind, manager, changed, nil, true))
	}
}

func equalLeaf(a, b any) bool {
	x, is := a.([]byte)
	y, are := b.([]byte)
	if is && are {
		return bytes.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// loseWritten takes fields from a manager that another one wrote, and with them
// what holds them.
func loseWritten(owned, written leaves) {
	for path := range written {
		if _, there := owned[path]; !there {
			continue
		}
		delete(owned, path)
		if at := strings.LastIndex(path, step); at >= 0 {
			delete(owned, path[:at+len(step)]+self)
			owned[path[:at]] = nil
		}
	}
}

// entry is the form in which a manager and its fields are told.
func (l leaves) entry(k Kind, manager string, now time.Time, before *metav1.Time, changed bool) metav1.ManagedFieldsEntry {
	at := metav1.NewTime(now)
	if !changed && before != nil {
		at = *before
	}
	return metav1.ManagedFieldsEntry{
		Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: k.GroupVersion(),
		Time: &at, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(l.text()),
	}
}

// text is the fields as nested JSON objects.
func (l leaves) text() string {
	root := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(l)) {
		at := root
		for part := range strings.SplitSeq(path, step) {
			inner, there := at[part].(map[string]any)
			if !there {
				inner = map[string]any{}
				at[part] = inner
			}
			at = inner
		}
	}
	raw, err := json.Marshal(root)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// readOwned gives the fields of an entry.
func readOwned(entry metav1.ManagedFieldsEntry) leaves {
	owned := leaves{}
	if entry.FieldsV1 == nil {
		return owned
	}
	var root map[string]any
	if json.Unmarshal(entry.FieldsV1.GetRawBytes(), &root) != nil {
		return owned
	}
	collect(owned, "", root)
	return owned
}

func collect(l leaves, path string, fields map[string]any) {
	for name, value := range fields {
		at := name
		if path != "" {
			at = path + step + name
		}
		inner, _ := value.(map[string]any)
		if len(inner) == 0 {
			l[at] = nil
			continue
		}
		collect(l, at, inner)
	}
}
