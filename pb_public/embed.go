// Package pb_public is what a browser is given. The pages of patients and staff are built from web/ into this folder when they come;
// until then there is one page, which says what runs here.
package pb_public

import "embed"

// Files are the pages.
//
//go:embed *.html
var Files embed.FS
