using System.Net;
using MailProxy.Protocols.ProxyHeader;

namespace MailProxy.Proxy.Accept;

/// <summary>What trusted peers said of the client that a connection is for, besides its address.</summary>
/// <param name="Peer">Whoever said it: the other end of the connection.</param>
/// <param name="Local">Where the client connected to, at the peer; null: not said.</param>
/// <param name="Tls">The client's TLS, which ended at the peer; null: none, or not said.</param>
/// <param name="TimeToLive">How many more proxies may follow, as it was said; null: not said.</param>
/// <param name="SessionId">The peer's name for the session; empty: not said.</param>
/// <param name="Helo">What the client called itself in EHLO; empty: not said.</param>
internal sealed record ClientWord(IPEndPoint? Peer, IPEndPoint? Local, ForwardedTls? Tls, int? TimeToLive, string SessionId, string Helo)
{
    /// <summary>This and what was said later, which counts more.</summary>
    public ClientWord With(ClientWord later) => new(
        Peer, later.Local ?? Local, later.Tls ?? Tls, later.TimeToLive ?? TimeToLive,
        later.SessionId.Length > 0 ? later.SessionId : SessionId, later.Helo.Length > 0 ? later.Helo : Helo);
}
