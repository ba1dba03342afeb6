// Package faultproxy stands between a client and a server of a test, on
// loopback, and does what networks do: it cuts, stalls, drips, and is not
// there. It passes bytes and knows nothing of what they say, so it works under
// TLS; it counts them, too.
//
// A server that restarts is Refuse and, later, Heal.
package faultproxy

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// dripPause is the time between two pieces of a drip.
const dripPause = 20 * time.Millisecond

// Proxy passes connections on to one server. Its methods may be called by
// several goroutines.
type Proxy struct {
	target  *net.TCPAddr
	address *net.TCPAddr

	sent, received atomic.Int64

	lock     sync.Mutex
	changed  *sync.Cond
	listener *net.TCPListener // nil while connections are refused
	links    map[*link]struct{}
	stalled  bool
	drip     int // bytes at a time; 0 for as many as there are
	closed   bool
}

// link is one connection and the one that it is passed on to.
type link struct{ near, far *net.TCPConn }

// Start opens a proxy for the server at a TCP address ("127.0.0.1:6443"). It
// is closed with Close.
func Start(target string) (*Proxy, error) {
	address, err := net.ResolveTCPAddr("tcp", target)
	if err != nil {
		return nil, err
	}
	p := &Proxy{target: address, links: map[*link]struct{}{}}
	p.changed = sync.NewCond(&p.lock)
	if err := p.listen(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return nil, err
	}
	p.address, _ = p.listener.Addr().(*net.TCPAddr)
	return p, nil
}

// Address is where the proxy listens, with the port.
func (p *Proxy) Address() string { return p.address.String() }

// Counted gives the bytes that went to the server and came from it, since the
// last Reset.
func (p *Proxy) Counted() (sent, received int64) { return p.sent.Load(), p.received.Load() }

// Reset sets the counts to nothing.
func (p *Proxy) Reset() {
	p.sent.Store(0)
	p.received.Store(0)
}

// Open tells how many connections there are.
func (p *Proxy) Open() int {
	p.lock.Lock()
	defer p.lock.Unlock()
	return len(p.links)
}

// Cut resets all connections that there are. New ones are taken.
func (p *Proxy) Cut() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.cut()
}

// Refuse resets all connections and takes no new ones, as a machine does on
// which nothing runs, until Heal.
func (p *Proxy) Refuse() {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	p.cut()
}

// Stall keeps connections open and takes new ones, but passes nothing on,
// until Heal.
func (p *Proxy) Stall() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.stalled = true
}

// Drip passes on a few bytes fifty times a second, each way, until Heal.
func (p *Proxy) Drip(bytes int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.drip = bytes
}

// Heal ends every fault. What stalled is passed on now.
func (p *Proxy) Heal() error {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.stalled, p.drip = false, 0
	p.changed.Broadcast()
	if p.listener != nil || p.closed {
		return nil
	}
	return p.listen(p.address)
}

// Close ends the proxy and its connections.
func (p *Proxy) Close() {
	p.Refuse()
	p.lock.Lock()
	defer p.lock.Unlock()
	p.closed = true
}

// listen takes connections. The lock is held, or nobody else has the proxy yet.
func (p *Proxy) listen(address *net.TCPAddr) error {
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return err
	}
	p.listener = listener
	go func() {
		for {
			near, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			go p.join(near)
		}
	}()
	return nil
}

// join passes one connection on.
func (p *Proxy) join(near *net.TCPConn) {
	far, err := net.DialTCP("tcp", nil, p.target)
	if err != nil {
		reset(near)
		return
	}
	l := &link{near, far}
	p.lock.Lock()
	if p.listener == nil { // it was refused meanwhile
		p.lock.Unlock()
		l.end()
		return
	}
	p.links[l] = struct{}{}
	p.lock.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.pump(l, far, near, &p.sent) })
	both.Go(func() { p.pump(l, near, far, &p.received) })
	both.Wait()
	p.lock.Lock()
	defer p.lock.Unlock()
	delete(p.links, l)
}

// pump passes one direction on until either side ends, and then ends the
// other.
func (p *Proxy) pump(l *link, to, from *net.TCPConn, count *atomic.Int64) {
	defer func() {
		_ = to.Close()
		_ = from.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		for rest := buffer[:n]; len(rest) > 0; {
			some := p.allowed(l, len(rest))
			if _, err := to.Write(rest[:some]); err != nil || some == 0 {
				return
			}
			count.Add(int64(some))
			rest = rest[some:]
		}
		if err != nil {
			return
		}
	}
}

// allowed waits until something may be passed on, and tells how much: 0 when
// the link was cut.
func (p *Proxy) allowed(l *link, bytes int) int {
	p.lock.Lock()
	defer p.lock.Unlock()
	for {
		if _, linked := p.links[l]; !linked {
			return 0
		}
		if !p.stalled {
			break
		}
		p.changed.Wait()
	}
	if p.drip == 0 || bytes == 0 {
		return bytes
	}
	some := min(bytes, p.drip)
	p.lock.Unlock()
	time.Sleep(dripPause)
	p.lock.Lock()
	return some
}

// cut resets the connections. The lock is held.
func (p *Proxy) cut() {
	for l := range p.links {
		delete(p.links, l)
		l.end()
	}
	p.changed.Broadcast()
}

func (l *link) end() {
	reset(l.near)
	reset(l.far)
}

// reset ends a connection with a reset, not in good order.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
