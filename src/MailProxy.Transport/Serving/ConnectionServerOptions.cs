using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Serving;

/// <summary>Bounds of a <see cref="ConnectionServer"/>.</summary>
public sealed record ConnectionServerOptions
{
    /// <summary>Connections served at once; the default is about what a process with the usual 65,536 descriptors can splice.</summary>
    public int MaxConnections { get; init; } = 30_000;

    /// <summary>Bounds that this server shares with others; null: none.</summary>
    public ConnectionLimits? Limits { get; init; }

    /// <summary>
    /// Peers speak for clients whose address comes later: they are counted in all, and the client by its own network once
    /// <see cref="ServedConnection.TrySpeakFor"/> has told it.
    /// </summary>
    public bool PeersSpeakForClients { get; init; }

    /// <summary>TLS from the first octet; null: the connection is served in clear.</summary>
    public ServerTls? ImplicitTls { get; init; }

    /// <summary>For the implicit handshake. 30 s: a slow mobile link needs seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tells a client that is one too many so, in its protocol; null: it is cut without a word. Not called for implicit TLS, whose
    /// handshake costs what the limit is to save, nor when too many are being told already.
    /// </summary>
    public Func<ConnectionContext, Task>? OnRefused { get; init; }

    /// <summary>Hears of every connection that was not served, told or not; for metrics. Whoever serves one and counts it anew knows himself what comes of it.</summary>
    public Action<LimitReached>? Refused { get; init; }
}
