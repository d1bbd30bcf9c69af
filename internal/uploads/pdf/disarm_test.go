package pdf

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

const script = "app.alert(1)"

// hexScript is the script as a string of ours would be written: in no output may it stand.
const hexScript = "6170702e616c657274"

func TestArmsAreTaken(t *testing.T) {
	t.Parallel()
	action := "<</S/JavaScript/JS(" + script + ")>>"
	for name, in := range map[string][]byte{
		"open action":             onePage("/OpenAction "+action, ""),
		"open action in ref":      onePage("/OpenAction 5 0 R", "", action),
		"open action, chained":    onePage("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next "+action+">>", ""),
		"document scripts":        onePage("/Names<</JavaScript<</Names[(a)5 0 R]>>>>", "", action),
		"catalog's events":        onePage("/AA<</WC "+action+">>", ""),
		"page's events":           onePage("", "/AA<</O 5 0 R>>", action),
		"spelled in hex":          onePage("/Open#41ction<</#53/#4aava#53cript/#4a#53("+script+")>>", "/A#41<</O<</S/J#61vaScript/JS(x)>>>>"),
		"kind in another object":  onePage("", "/Annots[<</Subtype/Link/A<</S 5 0 R/JS("+script+")>>>>]", "/JavaScript"),
		"key twice":               onePage("", "/Annots[<</Subtype/Link/A<</S/GoTo/S/JavaScript/JS("+script+")>>>>]"),
		"kind unknown":            onePage("", "/Annots[<</Subtype/Link/A<</S/Brew/JS("+script+")>>>>]"),
		"link, then script":       onePage("", "/Annots[<</Subtype/Link/A<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R]>>>>]", action),
		"posing as resources":     onePage("", "/Annots[5 0 R]/Resources<</Font 5 0 R>>", "<</Subtype/Widget/AA<</U "+action+">>>>"),
		"field":                   onePage("/AcroForm<</Fields[5 0 R]/CO[5 0 R]>>", "", "<</FT/Tx/AA<</K "+action+"/C 6 0 R>>>>", action),
		"XFA":                     onePage("/AcroForm<</Fields[]/XFA 5 0 R>>", "", withBytes("", "<script>"+script+"</script>")),
		"rendition":               onePage("", "/Annots[<</Subtype/Screen/A<</S/Rendition/JS("+script+")>>>>]"),
		"launch":                  onePage("", "/Annots[<</Subtype/Link/A<</S/Launch/F("+script+")>>>>]"),
		"launch for Windows":      onePage("/OpenAction<</S/Launch/Win<</F("+script+")>>>>", ""),
		"submit":                  onePage("", "/Annots[<</Subtype/Widget/A<</S/SubmitForm/F<</FS/URL/F("+script+")>>>>>>]"),
		"import":                  onePage("", "/Annots[<</Subtype/Link/A<</S/ImportData/F("+script+")>>>>]"),
		"other document":          onePage("", "/Annots[<</Subtype/Link/A<</S/GoToR/F("+script+")/D[0/Fit]>>>>]"),
		"web address":             onePage("/URI<</Base("+script+")>>", "/Annots[<</Subtype/Link/A<</S/URI/URI("+script+")>>/PA<</S/URI/URI("+script+")>>>>]"),
		"attached by name":        onePage("/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>", "", "<</Type/Filespec/F("+script+")/EF<</F 6 0 R>>>>", withBytes("/Type/EmbeddedFile", script)),
		"attached to page":        onePage("", "/Annots[<</Subtype/FileAttachment/FS 5 0 R>>]", "<</F("+script+")/EF<</F 6 0 R>>>>", withBytes("", script)),
		"associated file":         onePage("/AF[5 0 R]", "/AF[5 0 R]", "<</F("+script+")/EF<</F 6 0 R>>>>", withBytes("", script)),
		"rich media":              onePage("", "/Annots[<</Subtype/RichMedia/RichMediaContent<</Assets<</Names[(a)<</EF<<>>/F("+script+")>>]>>>>>>]"),
		"3D with its script":      onePage("", "/Annots[<</Subtype/3D/3DD 5 0 R>>]", withBytes("/Type/3D/Subtype/U3D/OnInstantiate 6 0 R", script), withBytes("", script)),
		"sound":                   onePage("", "/Annots[<</Subtype/Sound/Sound 5 0 R>>]", withBytes("/Type/Sound", script)),
		"bytes from outside":      onePage("", "/Resources<</XObject<</A 5 0 R>>>>", withBytes("/Subtype/Form/F("+script+")/FFilter/FlateDecode", "q Q")),
		"portfolio":               onePage("/Collection<</Navigator("+script+")>>", ""),
		"bookmark":                onePage("/Outlines<</First 5 0 R/Last 5 0 R>>", "", "<</Title(t)/A "+action+"/Parent 1 0 R>>"),
		"metadata":                onePage("/Metadata 5 0 R", "/PieceInfo<</X("+script+")>>/Metadata 5 0 R", withBytes("/Type/Metadata/Subtype/XML", script)),
		"signature":               onePage("/Perms<</DocMDP 5 0 R>>/AcroForm<</Fields[<</FT/Sig/V 5 0 R>>]>>", "", "<</Type/Sig/ByteRange[0 1 2 3]/Contents("+script+")>>"),
		"PostScript":              onePage("", "/Resources<</XObject<</A 5 0 R>>>>", withBytes("/Subtype/PS", script)),
		"object that nobody uses": onePage("", "", "<</Note("+script+")>>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := disarm(t, in)
			armless(t, out)
			if strings.Contains(out, hexScript) || strings.Contains(out, script) {
				t.Errorf("want nothing left of the script, got\n%q", out)
			}
		})
	}
}

func TestArmsInObjectStreamAreTaken(t *testing.T) {
	t.Parallel()
	out := disarm(t, onePage("/OpenAction 10 0 R", "/Annots[11 0 R 12 0 R]", packed(t, 10,
		"<</S/#4aavaScript/JS("+script+")>>",
		"<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F("+script+")>>>>",
		"<</Subtype/Text/Rect[0 0 9 9]/Contents(kept)>>",
	)))
	armless(t, out)
	if strings.Contains(out, hexScript) {
		t.Error("want nothing left of the script")
	}
	if !strings.Contains(out, "<6b657074>") {
		t.Error("want the comment of the page kept")
	}
}

func TestWhatShowsIsKept(t *testing.T) {
	t.Parallel()
	out := disarm(t, onePage("/Names<</Dests<</Names[(top)[3 0 R/Fit]]>>>>/Lang(sv)",
		"/Resources<</Font<</A 5 0 R/AA 5 0 R/F 5 0 R>>/XObject<</AA 6 0 R>>/ExtGState<</A<</ca .5>>>>>>"+
			"/Annots[<</Subtype/Link/F 4/Rect[0 0 9 9]/A<</S/GoTo/D[3 0 R/Fit]>>>> <</Subtype/Link/Dest(top)>>]",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", withBytes("/Subtype/Form/Group<</S/Transparency>>", "q Q")))
	armless(t, out)
	for _, want := range []string{
		"/Font <</A 5 0 R/AA 5 0 R/F 5 0 R>>", "/XObject <</AA 6 0 R>>", "/A <</ca .5>>", "/A <</D [3 0 R /Fit]/S /GoTo>>", "/F 4", "/Dest <746f70>",
		"/Dests <</Names [<746f70> [3 0 R /Fit]]>>", "/S /Transparency", "/BaseFont /Helvetica", "/Lang <7376>", "/MediaBox [0 0 200 200]",
	} {
		if !strings.Contains(out, want) && !strings.Contains(out, renumbered(want)) {
			t.Errorf("want %q in the output, got\n%s", want, out)
		}
	}
}

// renumbered is the other order in which font and form may be met.
func renumbered(s string) string {
	return strings.NewReplacer("3 0 R", "3 0 R", "5 0 R", "6 0 R", "6 0 R", "5 0 R").Replace(s)
}

func TestDisarmTwiceIsOnce(t *testing.T) {
	t.Parallel()
	once := disarm(t, onePage("/OpenAction 5 0 R", "/Annots[5 0 R]", "<</S/JavaScript/JS(x)>>"))
	if twice := disarm(t, []byte(once)); twice != once {
		t.Errorf("want a cleaned file left as it is, got\n%s\nfrom\n%s", twice, once)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := string(onePage("", ""))
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"locked":               {strings.Replace(good, "/Root", "/Encrypt 9 0 R/Root", 1), ErrEncrypted},
		"locked, xref stream":  {good + "9 0 obj\n" + withBytes("/Type/XRef/Encrypt 8 0 R/Root 1 0 R", "x") + "\nendobj\n", ErrEncrypted},
		"locked stream":        {string(onePage("", "/Contents 5 0 R", withBytes("/Filter[/Crypt/FlateDecode]", "x"))), ErrEncrypted},
		"only a header":        {"%PDF-1.7\n", ErrDamaged},
		"text":                 {"%PDF-1.7\nHello, I am <script>a PDF</script>\n%%EOF", ErrDamaged},
		"no page":              {string(file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]>>")), ErrDamaged},
		"pages in a circle":    {string(file("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 1 0 R]>>")), ErrDamaged},
		"references in circle": {string(file("2 0 R", "1 0 R")), ErrDamaged},
		"cut short":            {good[:80], ErrDamaged},
		"broken object stream": {string(onePage("", "", withBytes("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", "no zlib"))), ErrDamaged},
		"picture is none":      {string(onePage("", "/Resources<</XObject<</I 5 0 R>>>>", withBytes("/Filter/DCTDecode", "no JPEG"))), ErrDamaged},
		"too deep":             {"%PDF-1.7\n1 0 obj " + strings.Repeat("[", 100), ErrTooComplex},
		"too many values":      {"%PDF-1.7\n1 0 obj [" + strings.Repeat("0 ", maxValues+1), ErrTooComplex},
		"too many objects":     {"%PDF-1.7\n" + manyObjects(), ErrTooComplex},
		"bomb of objects":      {string(onePage("", "", withBytes("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zipped(t, "9 0 "+strings.Repeat(" ", maxObjStm))))), ErrTooComplex},
		"bomb in a bomb":       {string(onePage("", "/Resources<</XObject<</I 5 0 R>>>>", withBytes("/Filter[/FlateDecode/FlateDecode]", "x"))), ErrTooComplex},
		"objects that overlap": {string(onePage("", "", withBytes("/Type/ObjStm/N 9/First 4000", strings.Repeat("9 0 ", 1000)+"("+strings.Repeat("a", 9000)+")"))), ErrTooComplex},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Disarm([]byte(c.in)); !errors.Is(err, c.want) {
				t.Errorf("want %v, got %v", c.want, err)
			}
		})
	}
}

func manyObjects() string {
	var b strings.Builder
	for i := range maxObjects + 1 {
		b.WriteString(string(plainNumber(itoa(i))) + " 0 obj 0 endobj\n")
	}
	return b.String()
}

// Packed bytes can be made so that they hold objects in plain sight, for a reader that looks for lost ones.
func TestObjectsHiddenInBytes(t *testing.T) {
	t.Parallel()
	hidden := "endstream endobj 99 0 obj <</S/JavaScript/JS(" + script + ")>> endobj "
	long := strings.Repeat(hidden, 20)
	for name, in := range map[string][]byte{
		"unpacked": onePage("", "/Resources<</XObject<</I 5 0 R>>>>", withBytes("", long)),
		"stored":   onePage("", "/Resources<</XObject<</I 5 0 R>>>>", withBytes("/Filter/FlateDecode", stored(t, long))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out := disarm(t, in); strings.Contains(out, "JavaScript") {
				t.Errorf("want the hidden object out of sight, got\n%q", out)
			}
		})
	}
	jpeg := "\xFF\xD8\xFF\xDB\x00\x60" + hidden + strings.Repeat(" ", 0x60-2-len(hidden)) + "\xFF\xDA\x00\x02x\xFF\xD9"
	for name, object := range map[string]string{
		"in a picture":    withBytes("/Filter/DCTDecode", jpeg),
		"too few to pack": withBytes("", hidden),
		"other filter":    withBytes("/Filter/CCITTFaxDecode", hidden),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Disarm(onePage("", "/Resources<</XObject<</I 5 0 R>>>>", object)); !errors.Is(err, ErrDamaged) {
				t.Errorf("want the file refused, got %v", err)
			}
		})
	}
}

func TestBombOnAPage(t *testing.T) {
	t.Parallel()
	doc, err := read(onePage("", "/Resources<</XObject<</I 5 0 R>>>>", withBytes("/Filter[/ASCIIHexDecode/FlateDecode]",
		hex.EncodeToString([]byte(zipped(t, strings.Repeat(" ", 1001)))))))
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]error{1100: nil, 1000: ErrTooComplex} {
		c := newCleaner(doc)
		c.unpacked = limit
		root, err := c.catalog()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.write(new(bytes.Buffer), root); !errors.Is(err, want) {
			t.Errorf("limit %d: want %v, got %v", limit, want, err)
		}
	}
}

func TestPicturesLoseTheirMetadata(t *testing.T) {
	t.Parallel()
	const secret = "59.3293N"
	jpeg := "\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00" + secret + "\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x01\xFF\xDA\x00\x02pixels\xFF\xD9" + secret
	jp2 := "\x00\x00\x00\x0CjP  \r\n\x87\n\x00\x00\x00\x10uuid" + secret + "\x00\x00\x00\x00jp2cpixels"
	for name, in := range map[string]string{
		"JPEG":          withBytes("/Subtype/Image/Filter/DCTDecode", jpeg),
		"JPEG in a box": withBytes("/Subtype/Image/Filter[/FlateDecode/DCTDecode]/DecodeParms[null<</ColorTransform 0>>]", zipped(t, jpeg)),
		"JPEG 2000":     withBytes("/Subtype/Image/Filter[/JPXDecode]", jp2),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := disarm(t, onePage("", "/Resources<</XObject<</I 5 0 R>>>>", in))
			if strings.Contains(out, secret) || !strings.Contains(out, "pixels") {
				t.Errorf("want the pixels without the place, got\n%q", out)
			}
		})
	}
}
