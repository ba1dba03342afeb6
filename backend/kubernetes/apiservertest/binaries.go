package apiservertest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// programs are what testdata/apiserver/build makes.
var programs = []string{"etcd", "kubectl", "kube-apiserver"}

// release finds the version of Kubernetes in the module file.
var release = regexp.MustCompile(`(?m)^\tk8s\.io/kubernetes (v\S+)$`)

// Find gives the folder of the binaries: the one that MESHSECRETS_APISERVER
// names, or the one in the user's cache that testdata/apiserver/build fills,
// whose name has the release and a hash of go.sum. The error says how to
// build what is missing.
func Find() (string, error) {
	folder := os.Getenv("MESHSECRETS_APISERVER")
	if folder == "" {
		cached, err := cacheFolder()
		if err != nil {
			return "", fmt.Errorf("there is no API server for tests: %w", err)
		}
		folder = cached
	}
	for _, name := range programs {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("there is no API server for tests in %s: testdata/apiserver/build builds it, once, in about five minutes", folder)
		}
	}
	return filepath.Abs(folder)
}

// cacheFolder computes what testdata/apiserver/build computes.
func cacheFolder() (string, error) {
	module, err := moduleFolder()
	if err != nil {
		return "", err
	}
	versions, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", err
	}
	version := release.FindSubmatch(versions)
	if version == nil {
		return "", errors.New("testdata/apiserver/go.mod does not name a version of k8s.io/kubernetes")
	}
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache")
	}
	hash := sha256.Sum256(sums)
	return filepath.Join(cache, "meshsecrets", fmt.Sprintf("apiserver-%s-%s", version[1], hex.EncodeToString(hash[:])[:12])), nil
}

// moduleFolder looks for testdata/apiserver in this folder and those above:
// tests run in the folder of their package.
func moduleFolder() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		module := filepath.Join(folder, "testdata", "apiserver")
		if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
			return module, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("testdata/apiserver is not in this folder or above it")
		}
		folder = above
	}
}
