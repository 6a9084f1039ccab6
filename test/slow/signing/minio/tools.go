//go:build tools

// Package tools keeps MinIO, the judge of AWS4 URLs, in go.mod.
package tools

import _ "github.com/minio/minio"
