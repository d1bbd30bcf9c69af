package pdf

// What may come through. Places that are known are held to a list of what may stand there (catalog, forms, actions); everywhere else what acts is left
// out by what it is, not by where it hangs: a font may be called /AA, and an action may hang where no list has thought of.

// catalogKeys are all that is kept of the catalog, besides the form and the named places.
var catalogKeys = []name{"Type", "Pages", "PageLabels", "Outlines", "Dests", "Lang", "MarkInfo", "StructTreeRoot", "OCProperties"}

// formKeys are all that is kept of the form: what its fields need to be seen.
var formKeys = []name{"Fields", "NeedAppearances", "DR", "DA", "Q"}

// actions are all kinds of action (ISO 32000-2, table 201, and older ones) but GoTo, which moves inside the document.
var actions = set("GoToR", "GoToE", "GoToDp", "Launch", "Thread", "URI", "Sound", "Movie", "Hide", "Named", "SubmitForm", "ResetForm", "ImportData",
	"JavaScript", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute", "SetState", "NOP")

// actingSubtypes are annotations and objects that play, hold or run something.
var actingSubtypes = set("FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "Projection", "PS", "U3D", "PRC", "XML")

// actingTypes are dictionaries that name or hold a file, a script or a medium, and signatures: they cannot hold once the file is written anew,
// and their certificate may hold a personal number.
var actingTypes = set("Filespec", "EmbeddedFile", "Metadata", "Sig", "DocTimeStamp", "Rendition", "MediaClip", "Sound", "3D", "RichMediaContent",
	"RichMediaSettings", "RichMediaInstance", "Collection", "ReqHandler", "Requirement", "SlideShow")

// neverKeys are left out wherever they stand.
var neverKeys = set("JavaScript", "JS", "OpenAction", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "URI", "PA", "EF", "RF", "AF",
	"EmbeddedFile", "EmbeddedFiles", "RichMedia", "RichMediaContent", "RichMediaSettings", "XFA", "Collection", "Requirements", "Renditions",
	"AlternatePresentations", "OPI", "Ref", "Perms", "DSS", "Metadata", "PieceInfo", "LastModified", "Info", "Thumb", "SpiderInfo", "Legal",
	"AAPL:AKExtras")

// streamKeys are left out of streams: what says how long or where else the bytes are. A stream could name a file to read them from.
var streamKeys = set("Length", "F", "FFilter", "FDecodeParms", "DL")

func set(names ...name) map[name]bool {
	m := make(map[name]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// acts says that a dictionary does something, or holds what somebody else may start.
func (d *document) acts(v dict) bool {
	kind, act := d.name(v["Type"]), d.name(v["S"])
	_, file := v["EF"]
	_, signature := v["ByteRange"]
	return file || signature || actions[act] || actingTypes[kind] || actingSubtypes[d.name(v["Subtype"])] || d.name(v["Subtype2"]) == "PS" ||
		kind == "Action" && act != "GoTo"
}

// leaves says that a key of a dictionary is left out for what it is or what it holds.
func (d *document) leaves(key name, v value) bool {
	if neverKeys[key] {
		return true
	}
	held := d.resolve(v)
	switch key {
	case "A": // an action; in other places attributes of a paragraph, or a font or glyph of that name
		inner, _ := held.(dict)
		act := d.name(inner["S"])
		return act != "" && act != "GoTo"
	case "AA": // actions by event; as a name, a font or a drawing
		inner, ok := held.(dict)
		return !ok && !isStream(held) || ok && d.name(inner["Type"]) != "Font"
	case "F": // a file; in an annotation its flags, as a name a font
		_, path := held.(text)
		return path
	}
	return false
}

func isStream(v value) bool {
	_, ok := v.(*stream)
	return ok
}
