package pdf

import (
	"fmt"
	"maps"
	"slices"
)

// cleaner walks from the catalog to what it needs. Objects get new numbers in the order in which they are met; the catalog is 1.
type cleaner struct {
	doc      *document
	numbers  map[int]int // old number to new
	queue    []value     // objects to be written; the first has number 2
	unpacked int         // bytes that streams may still unpack to
}

func newCleaner(doc *document) *cleaner {
	return &cleaner{doc: doc, numbers: map[int]int{}, unpacked: maxUnpacked}
}

// catalog builds the new catalog from the keys that may stand in one.
func (c *cleaner) catalog() (dict, error) {
	old := c.doc.dict(c.doc.root)
	if !c.hasPage(old) {
		return nil, fmt.Errorf("%w: no page", ErrDamaged)
	}
	root := c.only(old, catalogKeys)
	root["Type"] = name("Catalog")
	if names := c.doc.dict(old["Names"]); names["Dests"] != nil {
		root["Names"] = c.only(names, []name{"Dests"})
	}
	if form := c.doc.dict(old["AcroForm"]); form != nil {
		root["AcroForm"] = c.only(form, formKeys)
	}
	return root, nil
}

func (c *cleaner) only(old dict, keys []name) dict {
	out := dict{}
	for _, key := range keys {
		c.put(out, key, old[key])
	}
	return out
}

// hasPage looks for one page in the page tree that will be kept.
func (c *cleaner) hasPage(catalog dict) bool {
	seen := map[int]bool{}
	todo := []value{catalog["Pages"]}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if r, ok := v.(ref); ok {
			if seen[int(r)] {
				continue
			}
			seen[int(r)] = true
		}
		node, _ := c.doc.resolve(v).(dict)
		if c.doc.acts(node) || c.doc.name(node["S"]) == "GoTo" {
			continue
		}
		if node["Kids"] == nil && c.doc.name(node["Type"]) == "Page" {
			return true
		}
		todo = append(todo, c.doc.array(node["Kids"])...)
	}
	return false
}

// clean returns what is kept of a value; nil if nothing is.
func (c *cleaner) clean(v value) value {
	switch v := v.(type) {
	case ref:
		return c.ref(v)
	case array:
		return c.array(v)
	case dict:
		if d := c.dict(v); d != nil {
			return d
		}
		return nil
	}
	return v
}

// ref gives the new number of what an old reference leads to, at the end of the chain if it leads to another.
func (c *cleaner) ref(r ref) value {
	for range 32 {
		next, chained := c.doc.objects[int(r)].(ref)
		if !chained {
			break
		}
		r = next
	}
	held := c.doc.objects[int(r)]
	if held == nil || c.doc.acts(c.doc.dict(held)) {
		return nil
	}
	if _, met := c.numbers[int(r)]; !met {
		c.queue = append(c.queue, held)
		c.numbers[int(r)] = len(c.queue) + 1
	}
	return ref(c.numbers[int(r)])
}

func (c *cleaner) array(old array) array {
	out := make(array, 0, len(old))
	for _, v := range old {
		kept := c.clean(v)
		if kept == nil && c.doc.resolve(v) != nil {
			continue // an annotation that acted; a hole would trouble readers
		}
		out = append(out, kept)
	}
	return out
}

// dict cleans a dictionary that is no stream's. An action that is kept keeps its aim alone: another could be chained to it.
func (c *cleaner) dict(old dict) dict {
	if c.doc.acts(old) {
		return nil
	}
	if c.doc.name(old["S"]) == "GoTo" {
		return c.only(old, []name{"S", "D"})
	}
	out := make(dict, len(old))
	for _, key := range slices.Sorted(maps.Keys(old)) {
		c.put(out, key, old[key])
	}
	return out
}

func (c *cleaner) put(out dict, key name, v value) {
	if v == nil || c.doc.leaves(key, v) {
		return
	}
	if kept := c.clean(v); kept != nil {
		out[key] = kept
	}
}

// streamDict cleans the dictionary of a stream but for its filters, which belong to the bytes.
func (c *cleaner) streamDict(old dict) dict {
	out := make(dict, len(old))
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if !streamKeys[key] {
			c.put(out, key, old[key])
		}
	}
	return out
}
