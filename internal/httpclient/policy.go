package httpclient

import (
	"context"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// A policy says to which addresses we connect: global unicast, less what the
// IANA special-purpose registries set apart.
type policy struct {
	private bool // private and loopback, too
	anyPort bool // also those that are closed to requests
}

// public is what ssrf allows; its ports are not used, for catalogs live on
// many.
var public = ssrf.New(ssrf.WithAnyPort())

// refused are addresses that no policy allows: metadata services of clouds,
// which answer whoever asks from inside.
var refused = []netip.Addr{
	netip.MustParseAddr("168.63.129.16"),   // Azure, in public space
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("192.0.0.192"),     // Oracle
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
}

// inside is what a source may reach that is allowed private addresses.
var inside = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("::1/128"),
	netip.MustParsePrefix("fc00::/7"),
}

// allows reports whether p allows ip, also where another address is hidden
// in it.
func (p policy) allows(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if slices.Contains(refused, ip) {
		return false
	}
	if p.private && slices.ContainsFunc(inside, func(n netip.Prefix) bool { return n.Contains(ip) }) {
		return true
	}
	if public.SafeAddr(ip) != nil {
		return false
	}
	v4, ok := isatap(ip)
	return !ok || p.allows(v4)
}

// isatap returns the IPv4 address in an ISATAP one (RFC 5214), which lies in
// global unicast space and so passes for public. The other embeddings (NAT64,
// 6to4, Teredo, IPv4-compatible) are refused as a whole by ssrf.
func isatap(ip netip.Addr) (netip.Addr, bool) {
	if !ip.Is6() {
		return netip.Addr{}, false
	}
	b := ip.As16()
	if b[8]&^0x02 != 0 || b[9] != 0 || b[10] != 0x5e || b[11] != 0xfe {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// number matches a host whose last label is a number, in any of the forms that
// some resolvers take for IPv4: 127.1, 0x7f000001, 2130706433, 017700000001.
var number = regexp.MustCompile(`(?i)(^|\.)([0-9]+|0x[0-9a-f]*)\.?$`)

// resolve returns the addresses of host. One that is not allowed spoils all:
// a name that points inside and outside wants something.
func (p policy) resolve(ctx context.Context, r *net.Resolver, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if !p.allows(ip) {
			return nil, ErrAddress
		}
		return []netip.Addr{ip.Unmap()}, nil
	}
	if number.MatchString(host) || strings.ContainsAny(host, "%:") {
		return nil, ErrAddress
	}
	ips, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for i, ip := range ips {
		if !p.allows(ip) {
			return nil, ErrAddress
		}
		ips[i] = ip.Unmap()
	}
	if len(ips) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return ips, nil
}

// control is asked by the dialer with the address of the socket that is about
// to connect: the last word, whatever was resolved before.
func (p policy) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !p.allows(ap.Addr()) {
		return ErrAddress
	}
	return nil
}

// closedPorts are those of protocols into which an HTTP request can smuggle
// commands (from the "bad ports" of the Fetch standard).
var closedPorts = []string{
	"0", "1", "7", "9", "11", "13", "15", "17", "19", "20", "21", "22", "23", "25", "37", "42", "43", "53", "69", "77", "79",
	"87", "95", "101", "102", "103", "104", "109", "110", "111", "113", "115", "117", "119", "123", "135", "137", "139", "143",
	"161", "179", "389", "427", "465", "512", "513", "514", "515", "526", "530", "531", "532", "540", "548", "554", "556", "563",
	"587", "601", "636", "989", "990", "993", "995", "1719", "1720", "1723", "2049", "3306", "3659", "4045", "5060", "5061", "5432",
	"6000", "6379", "6566", "6665", "6666", "6667", "6668", "6669", "6697", "10080", "11211",
}

func (p policy) port(port string) bool { return p.anyPort || !slices.Contains(closedPorts, port) }
