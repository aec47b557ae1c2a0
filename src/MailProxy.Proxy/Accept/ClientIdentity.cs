using System.Net;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Accept;

/// <summary>Takes the word of a trusted peer for which client it speaks: XCLIENT in the protocols that have it, the fields of ID in IMAP.</summary>
internal static class ClientIdentity
{
    // 1 is what a proxy says to a server that must not hand the session on; whoever says it to a proxy has a loop, or says it to the wrong one.
    private const int LeastTtl = 2;

    /// <summary>Null: the session has the client that was named. Otherwise why it ends. Whoever calls has asked <see cref="SessionContext.IsTrusted"/>.</summary>
    public static ProxyFailure? Accept(DialogueSettings settings, Xclient said)
    {
        var session = settings.Session;
        if (said.TimeToLive < LeastTtl)
        {
            session.Fail(
                ProxyFailure.ProxyLoop,
                $"{session.Client} hands on a session of {said.Address?.ToString() ?? "somebody"} (its session {said.Session}) with TTL {said.TimeToLive}: proxies point at each other, look at its routes and ours");
            return ProxyFailure.ProxyLoop;
        }

        session.SpeaksFor(
            EndPointOf(said.Address, said.Port),
            new ClientWord(null, EndPointOf(said.DestinationAddress, said.DestinationPort), null, said.TimeToLive, said.Session, said.Helo));
        SessionLog.SpokenFor(
            settings.Logger, session.Listener.Name, session.Id, session.Word?.Peer?.ToString() ?? "-", session.Client?.ToString() ?? "-", said.Session, said.TimeToLive ?? -1);
        if (settings.Served.TrySpeakFor(session.Client))
        {
            return null;
        }

        session.Fail(ProxyFailure.TooManySessions, "of the client's address");
        return ProxyFailure.TooManySessions;
    }

    private static IPEndPoint? EndPointOf(IPAddress? address, int? port) => address is null ? null : new IPEndPoint(address, port ?? 0);
}
