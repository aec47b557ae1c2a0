using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Serving;

/// <summary>Bounds of a <see cref="ConnectionServer"/>.</summary>
public sealed record ConnectionServerOptions
{
    /// <summary>Connections served at once; the default is about what a process with the usual 65,536 descriptors can splice.</summary>
    public int MaxConnections { get; init; } = 30_000;

    /// <summary>TLS from the first octet; null: the connection is served in clear.</summary>
    public ServerTls? ImplicitTls { get; init; }

    /// <summary>For the implicit handshake. 30 s: a slow mobile link needs seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tells a client that is one too many so, in its protocol; null: it is closed without a word. Not called for implicit TLS, whose
    /// handshake costs what the limit is to save.
    /// </summary>
    public Func<ConnectionContext, Task>? OnRefused { get; init; }
}
