package simulator

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Server is a bank behind TLS that talks to holders of the client certificate only.
type Server struct {
	URL  string // base address for the client, ends in /rp/v6.0
	http *http.Server
}

// Serve starts a server on a loopback address such as 127.0.0.1:0. Close it.
func Serve(address string, bank *Bank, c *Certificates, log *slog.Logger) (*Server, error) {
	where, err := netip.ParseAddrPort(address)
	if err != nil || !where.Addr().IsLoopback() {
		return nil, errors.New("simulator: serves on a loopback address only, such as 127.0.0.1:0")
	}
	pair, err := tls.X509KeyPair(c.ServerCert, c.ServerKey)
	if err != nil {
		return nil, fmt.Errorf("simulator: reading the server's certificate: %w", err)
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(c.CA) {
		return nil, errors.New("simulator: the CA holds no certificate")
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("simulator: listening: %w", err)
	}
	server := &http.Server{
		Handler:           bank,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		TLSConfig: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{pair},
			ClientAuth:   tls.RequireAndVerifyClientCert,
			ClientCAs:    clients,
		},
	}
	go func() {
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			log.Error("simulator: the server stopped", "error", err)
		}
	}()
	return &Server{URL: "https://" + listener.Addr().String() + "/rp/v6.0", http: server}, nil
}

// Close stops the server and cuts its connections.
func (s *Server) Close() error { return s.http.Close() }
