namespace MailProxy.Transport.Connections;

/// <summary>
/// Receives what stands in front of the protocol (a PROXY header) without touching what comes behind it: that may be a ClientHello, and octets that
/// were received in clear must never be taken for encrypted ones. Before anything was read from the connection's Transport, and never while it is read.
/// </summary>
public interface IPrefaceFeature
{
    /// <summary>Octets received, at most as many as <paramref name="target"/> holds; 0: the peer has ended. Errors: those of a read.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> target, CancellationToken cancellationToken);
}
