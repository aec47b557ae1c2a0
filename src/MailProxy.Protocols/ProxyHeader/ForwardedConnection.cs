using System.Net;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>What a PROXY header says of the connection that the sender accepted (HAProxy's proxy-protocol.txt, 2.1 and 2.2).</summary>
public sealed record ForwardedConnection
{
    /// <summary>The sender speaks for itself (a health check): keep the real endpoints.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The client, or null when it is local, unknown or not of TCP over IP.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>Where the client connected to; null together with <see cref="Source"/>.</summary>
    public IPEndPoint? Destination { get; init; }

    /// <summary>PP2_TYPE_ALPN, or null.</summary>
    public string? ApplicationProtocol { get; init; }

    /// <summary>PP2_TYPE_AUTHORITY: the host name the client asked for (SNI), or null.</summary>
    public string? Authority { get; init; }

    /// <summary>PP2_TYPE_UNIQUE_ID, at most 128 octets; empty when there is none.</summary>
    public ReadOnlyMemory<byte> UniqueId { get; init; }

    /// <summary>PP2_TYPE_SSL: the client's TLS with the sender; null when the client came in clear or nothing was said.</summary>
    public ForwardedTls? Tls { get; init; }
}
