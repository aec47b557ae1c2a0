using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.ProxyHeader;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Serving;

namespace MailProxy.Proxy.Accept;

/// <summary>
/// The PROXY header of a listener that requires one (HAProxy's proxy-protocol.txt): before TLS, from trusted peers only, and octet for octet, so that
/// what follows it is the protocol's.
/// </summary>
internal static class ProxyHeaderReading
{
    // Version 2 is bounded by its reader at 4,096; version 1 has 107.
    private const int Longest = 4_096;

    /// <summary>Null: the session knows its client now. Otherwise why it ends; nobody is told, because whoever sent no header speaks no protocol yet.</summary>
    public static async ValueTask<ProxyFailure?> RunAsync(SessionContext session, ServedConnection served, LimitOptions limits, SessionDeadline deadline)
    {
        if (!session.Listener.Trusted.Contains(session.Client))
        {
            return Failed(session, ProxyFailure.PeerNotTrusted, $"{session.Client} is in none of this listener's TrustedPeers");
        }

        using var limit = deadline.Within(limits.ProxyHeader);
        try
        {
            var (status, forwarded, received) = await ReadAsync(session.Connection.Features.Get<IPrefaceFeature>()!, deadline.Token);
            if (status != ReadStatus.Done)
            {
                return received == 0
                    ? Failed(session, ProxyFailure.ClientLeft, "closed")
                    : Failed(session, ProxyFailure.ProxyHeaderMissing, $"{session.Client} sent {received} octets that are no PROXY header ({status}): configure it to send one, or this listener not to require it");
            }

            // LOCAL and UNKNOWN: the balancer speaks for itself, most often to see whether we are well.
            if (forwarded!.Source is not null)
            {
                session.SpeaksFor(forwarded.Source, new ClientWord(null, forwarded.Destination, forwarded.Tls, null, "", ""));
            }

            return served.TrySpeakFor(session.Client) ? null : Failed(session, ProxyFailure.TooManySessions, "of the client's address");
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            return Failed(session, ProxyFailure.ProxyHeaderMissing, $"{session.Client} sent no PROXY header within {limits.ProxyHeader.TotalSeconds:0.#} s");
        }
    }

    private static async ValueTask<(ReadStatus Status, ForwardedConnection? Forwarded, int Received)> ReadAsync(IPrefaceFeature connection, CancellationToken cancellationToken)
    {
        var octets = ArrayPool<byte>.Shared.Rent(Longest);
        try
        {
            for (var length = 0; ;)
            {
                var status = ProxyHeaderReader.TryRead(new ReadOnlySequence<byte>(octets, 0, length), out var forwarded, out _);
                if (status != ReadStatus.NeedMore)
                {
                    return (status, forwarded, length);
                }

                var received = await connection.ReceiveAsync(octets.AsMemory(length, ProxyHeaderReader.Missing(octets.AsSpan(0, length))), cancellationToken);
                if (received == 0)
                {
                    return (status, null, length);
                }

                length += received;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    private static ProxyFailure Failed(SessionContext session, ProxyFailure failure, string detail)
    {
        session.Fail(failure, detail);
        session.EndedBy = failure.ToString();
        return failure;
    }
}
